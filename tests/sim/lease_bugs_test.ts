// Bugs of the lease, each pinned by a run made by hand: it breaks something with the rule off, and nothing with the rule in place.
import { SLOW_MASTER } from "./lease_steps.ts";
import { scheduleOf } from "./by_hand.ts";
import { clocksBeyondBound } from "../../src/sim/bugs/clocks_beyond_bound.ts";
import { BUGS } from "../../src/sim/bugs/index.ts";
import { Replay, replay } from "../../src/sim/replay.ts";
import { assert, assertEquals } from "../assert.ts";
import { HEARS_AGAIN, LEASE_RUNS, STALE_READ } from "./lease_runs.ts";

/** What they show comes of clocks that differ. */
const NEEDS_SLOW_MASTER = ["clocks-beyond-bound", "master-without-margin"];

const BY_HAND = BUGS.flatMap((bug) => {
  const steps = LEASE_RUNS[bug.name];
  if (steps === undefined) return [];
  return [{
    bug,
    schedule: scheduleOf(steps, bug.kinds[0]!, 1, NEEDS_SLOW_MASTER.includes(bug.name) ? SLOW_MASTER : {}),
  }];
});

for (const { bug: { name, subject, control, kinds, maxEvents }, schedule } of BY_HAND) {
  Deno.test(`a run by hand shows ${name}, and breaks nothing with the rule in place`, () => {
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

Deno.test("each run by hand is of a bug that there is", () => {
  assertEquals(BY_HAND.map(({ bug: { name } }) => name), Object.keys(LEASE_RUNS).sort());
});

Deno.test("with clocks beyond the bound a master reads what is old by then, and the chains agree all the same", () => {
  const schedule = scheduleOf([...STALE_READ, ...HEARS_AGAIN], "linearizability", 1, SLOW_MASTER);
  // Two masters come before an old read; that chains disagree is never let pass.
  const tolerates = ["mastership"] as const;
  const run = new Replay(schedule, { ...clocksBeyondBound.subject, tolerates });
  for (const event of schedule.events) assert(run.step(event) !== null, `event ${event.id} does not happen`);
  const nodes = [...run.world.hosts.values()].map(({ node }) => node!);
  assertEquals(nodes.map(({ instanceNumber }) => instanceNumber), [3, 3, 2]);
  assertEquals([nodes[0]!.register.value, nodes[1]!.register.value], ["x", "x"]);
  assertEquals(run.world.violation, null, "nobody disagrees");
  const violation = run.finish();
  assertEquals(violation?.kind, "linearizability");
  assert(violation?.message.includes("read"), violation?.message);
  assertEquals(replay(schedule, { ...clocksBeyondBound.control, tolerates }).violation, null);
});
