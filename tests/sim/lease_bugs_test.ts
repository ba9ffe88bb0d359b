// Bugs of the lease, each pinned by a run made by hand: it breaks something with the rule off, and nothing with the rule in place.
import { BUGS } from "../../src/sim/bugs/index.ts";
import { replay } from "../../src/sim/replay.ts";
import { assert, assertEquals } from "../assert.ts";
import { LEASE_RUNS } from "./lease_runs.ts";
import { scheduleOf } from "./schedules.ts";

/** A's clock is as slow as it may be, those of the others are as fast; chance has B stand for election at once. */
const SLOW_MASTER = { rates: [0.975, 1.025, 1.025], seeds: [0, 2, 1] };

const CLOCKS: Readonly<Record<string, typeof SLOW_MASTER>> = {
  "clocks-beyond-bound": SLOW_MASTER,
  "master-without-margin": SLOW_MASTER,
};

for (const [name, steps] of Object.entries(LEASE_RUNS)) {
  Deno.test(`a run by hand shows ${name}, and breaks nothing with the rule in place`, () => {
    const { subject, control, kinds, maxEvents } = BUGS.find((bug) => bug.name === name)!;
    const schedule = scheduleOf(steps, kinds[0]!, 1, CLOCKS[name]);
    const { violation, schedule: { events } } = replay(schedule, subject);
    assertEquals(violation?.kind, kinds[0]);
    assertEquals(
      events.length,
      schedule.events.length,
      "all of it happens, and the last event is what breaks the rule",
    );
    assert(events.length <= (maxEvents?.events ?? 20), `${events.length} events`);
    assert(control !== undefined);
    assertEquals(replay(schedule, control).violation, null);
  });
}
