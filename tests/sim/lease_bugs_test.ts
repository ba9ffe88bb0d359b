// Bugs of the lease, each pinned by a run made by hand, for storms find some of them seldom: the run breaks something with the rule
// off, and nothing with the rule in place.
import { BUGS } from "../../src/sim/bugs/index.ts";
import { replay } from "../../src/sim/replay.ts";
import { STORM_SETTINGS } from "../../src/sim/weather.ts";
import { assert, assertEquals } from "../assert.ts";
import { scheduleOf, type Step, write } from "./schedules.ts";

const WINDOW_MS = STORM_SETTINGS.leaseWindowMs;

const restarts = (uid: string): Step[] => [{ kind: "crash", uid }, { kind: "restart", uid }];

/** Candidate and voter are a quorum, and both are at the link that is to be decided. */
const elects = (candidate: string, voter: string): Step[] => [
  `${candidate}:election`,
  `${candidate}>${voter} prepare`,
  `${voter}>${candidate} promise`,
  `${candidate}>${voter} accept`,
  `${voter}>${candidate} accepted`,
];

const reads = (client: number, uid: string): Step => ({ kind: "call", client, uid, operation: { type: "read" } });

/** The same with a voter that is a link behind, and is brought up to date by the candidate. */
const bringsAndElects = (candidate: string, voter: string): Step[] => [
  `${candidate}:election`,
  `${candidate}>${voter} prepare`,
  `${voter}>${candidate} sync_request`,
  `${candidate}>${voter} snapshot`,
  `${candidate}:retransmit`,
  ...elects(candidate, voter).slice(1),
];

// A node that has learned a link saves that when it next says something: here the answer to a sync request, which is lost.
const STORIES: Readonly<Record<string, readonly Step[]>> = {
  "lease-outlives-master": [
    ...elects("A", "B"),
    "A>B accepted",
    WINDOW_MS,
    "B:lease",
    ...bringsAndElects("B", "C"),
  ],
  "master-counts-from-learning": [
    ...elects("A", "B").slice(0, -1),
    "A>B accepted",
    0.6 * WINDOW_MS,
    "B>A accepted",
    "B:lease",
    ...bringsAndElects("B", "C"),
  ],
  "snapshot-makes-master": [
    ...elects("A", "B"),
    0.6 * WINDOW_MS,
    "A>B accepted",
    ...restarts("A"),
    0.9 * WINDOW_MS,
    "A>B sync_request",
    "B>A snapshot",
    "B:lease",
    ...bringsAndElects("B", "C"),
  ],
  "restart-forgets-lease": [
    ...elects("A", "B"),
    "A>B accepted",
    "C>B sync_request",
    ...restarts("B"),
    ...bringsAndElects("B", "C"),
  ],
  "catchup-forgets-lease": [
    ...elects("A", "B"),
    "B>A sync_request",
    "A>B snapshot",
    ...bringsAndElects("B", "C"),
  ],
  "reads-over-own-flight": [
    ...elects("A", "B"),
    "A>B accepted",
    write(0, "A", "x"),
    "A>B accept",
    "A>B accepted",
    { kind: "retry", client: 0, uid: "B" },
    reads(1, "A"),
  ],
  "leader-reads-early": [
    ...elects("A", "B"),
    "A>B accepted",
    write(0, "A", "x"),
    "A>B accept",
    "B>A accepted",
    { kind: "crash", uid: "A" },
    WINDOW_MS,
    "B:lease",
    ...bringsAndElects("B", "C").slice(0, -2),
    reads(1, "B"),
  ],
  "adopts-own-grant": [
    ...elects("A", "B").slice(0, -1),
    "A>C accept",
    "C>B accepted",
    ...restarts("A"),
    WINDOW_MS,
    "A:lease",
    "A:election",
    "A>C prepare",
    "C>A promise",
    "A>C accept",
    "C>A accepted",
    "B:lease",
    ...bringsAndElects("B", "C"),
  ],
  "never-voted-need-not-wait": [
    ...elects("A", "B"),
    "A>C accepted",
    "B>C accepted",
    "B>C sync_request",
    ...restarts("C"),
    ...bringsAndElects("C", "B"),
  ],
  "view-while-waiting": [
    ...elects("A", "B"),
    "A>B accepted",
    "C>B sync_request",
    ...restarts("B"),
    "C:election",
    "C>B prepare",
    "B>C snapshot",
    "B>C sync_request",
    "C>B snapshot",
    ...elects("B", "C"),
  ],
  "old-view": [
    ...elects("A", "B"),
    "A>B accepted",
    1.5 * WINDOW_MS,
    "C:election",
    "C>B prepare",
    "B>C snapshot again",
    "A:lease",
    ...elects("A", "C"),
    "A>C accepted",
    "A>C sync_request",
    ...restarts("C"),
    "B>C snapshot",
    ...bringsAndElects("C", "B"),
  ],
};

for (const [name, steps] of Object.entries(STORIES)) {
  Deno.test(`a run by hand shows ${name}, and breaks nothing with the rule in place`, () => {
    const { subject, control, kinds } = BUGS.find((bug) => bug.name === name)!;
    const schedule = scheduleOf(steps, kinds[0]!, 5);
    const { violation, schedule: { events } } = replay(schedule, subject);
    assertEquals(violation?.kind, kinds[0]);
    assertEquals(
      events.length,
      schedule.events.length,
      "all of it happens, and the last event is what breaks the rule",
    );
    assert(control !== undefined);
    assertEquals(replay(schedule, control).violation, null);
  });
}
