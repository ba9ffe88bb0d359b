// Schedules made by hand that tests of several files use.
import { type Step, write } from "./by_hand.ts";

/** x is chosen by A and B; B restarts; y is chosen by B and C, if B has forgotten. */
export const FORGETTING: readonly Step[] = [
  write(0, "A", "x"),
  "A>B prepare",
  "B>A promise",
  "A>B accept",
  { kind: "crash", uid: "B" },
  { kind: "restart", uid: "B" },
  write(1, "C", "y"),
  "C>B prepare",
  "B>C promise",
  "C>B accept",
];

/** The same among things that do not matter. */
export const NOISY: readonly Step[] = [
  { kind: "cut", from: "A", to: "C" },
  { kind: "timer", uid: "C", name: "sync" },
  FORGETTING[0]!,
  "A>C prepare",
  ...FORGETTING.slice(1, 4),
  { kind: "timer", uid: "A", name: "retransmit" },
  { kind: "hang_disk", uid: "A" },
  { kind: "mend_disk", uid: "A" },
  "A>B accept",
  { kind: "pause", uid: "C" },
  ...FORGETTING.slice(4, 6),
  { kind: "resume", uid: "C" },
  { kind: "mend", from: "A", to: "C" },
  { kind: "call", client: 2, uid: "C", operation: { type: "read" } },
  ...FORGETTING.slice(6),
  { kind: "crash", uid: "A" },
];
