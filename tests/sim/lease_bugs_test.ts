// Bugs of the lease that storms find seldom, each pinned by a run made by hand: with the rule off two nodes are master at one moment,
// with the rule in place they are not.
import { BUGS } from "../../src/sim/bugs/index.ts";
import { replay } from "../../src/sim/replay.ts";
import { assert, assertEquals } from "../assert.ts";
import { scheduleOf, type Step } from "./schedules.ts";

const restarts = (uid: string): Step[] => [{ kind: "crash", uid }, { kind: "restart", uid }];

/** Candidate and voter are a quorum, and both are at the link that is to be decided. */
const elects = (candidate: string, voter: string): Step[] => [
  `${candidate}:election`,
  `${candidate}>${voter} prepare`,
  `${voter}>${candidate} promise`,
  `${candidate}>${voter} accept`,
  `${voter}>${candidate} accepted`,
];

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
  "adopts-own-grant": [
    ...elects("A", "B").slice(0, -1),
    "A>C accept",
    "C>B accepted",
    ...restarts("A"),
    1000,
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
    1100,
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
  Deno.test(`${name}: two masters with the rule off, and one by the same acts with the rule in place`, () => {
    const { subject, control } = BUGS.find((bug) => bug.name === name)!;
    const schedule = scheduleOf(steps, "mastership", 5);
    const { violation, schedule: { events } } = replay(schedule, subject);
    assertEquals(violation?.kind, "mastership");
    assertEquals(
      events.length,
      schedule.events.length,
      "all of it happens, and the last event is what breaks the rule",
    );
    assert(control !== undefined);
    assertEquals(replay(schedule, control).violation, null);
  });
}
