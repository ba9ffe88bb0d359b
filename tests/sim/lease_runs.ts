// Runs made by hand that show the bugs of the lease, each with what happens in it and nothing else.
import { bringsAndElects, elects, restarts } from "./lease_steps.ts";
import { type Step, write } from "./by_hand.ts";
import { STORM_SETTINGS } from "../../src/sim/weather.ts";

const WINDOW_MS = STORM_SETTINGS.leaseWindowMs;

const reads = (client: number, uid: string): Step => ({ kind: "call", client, uid, operation: { type: "read" } });

/** A is master, and hears of nothing any more; when B's window is over, it is elected by C. */
const OUTLIVED: readonly Step[] = [
  ...elects("A", "B"),
  "A>B accepted",
  WINDOW_MS,
  "B:lease",
  ...bringsAndElects("B", "C"),
];

/** B gets x chosen, its client hears of it, and A answers a read with what it has. */
export const STALE_READ: readonly Step[] = [
  ...OUTLIVED,
  "B>C accepted",
  write(0, "B", "x"),
  "B>C accept",
  "C>B accepted",
  reads(1, "A"),
];

/** A hears of the others again, and is brought to where they are. */
export const HEARS_AGAIN: readonly Step[] = ["A>B sync_request", "B>A snapshot"];

// A node that has learned a link saves that when it next says something: here the answer to a sync request, which is lost.
export const LEASE_RUNS: Readonly<Record<string, readonly Step[]>> = {
  "clocks-beyond-bound": OUTLIVED,
  "lease-outlives-master": OUTLIVED,
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
    "C>A sync_request",
    "A>C snapshot",
    "B>C sync_request",
    ...restarts("C"),
    ...bringsAndElects("C", "B"),
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
  "master-without-margin": [
    ...elects("A", "B"),
    "A>B accepted",
    "A>C accept",
    "B>C accepted",
    WINDOW_MS,
    "B:lease",
    ...elects("B", "C"),
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
};
