// Schedules made by hand: short to write, since a replay takes a datagram by its type where the text is not the same.
import type { Violation, WorldEvent } from "../../src/sim/events.ts";
import type { Act, Schedule, ScheduledEvent } from "../../src/sim/schedule.ts";

/**
 * `A>B prepare` is a delivery, with ` again` if it is to arrive once more later; `A:election` is a timer that goes off; a number is
 * so many milliseconds that pass. Anything else is an event as it is.
 */
export type Step = string | number | Exclude<WorldEvent, { readonly datagram: number }>;

/** Client 0, 1 and so on in the order of the calls. */
export function write(client: number, uid: string, value: string): Step {
  return { kind: "call", client, uid, operation: { type: "write", value } };
}

/** A schedule of a cluster of three, with all shortcuts; from one event to the next it takes so many milliseconds. */
export function scheduleOf(
  steps: readonly Step[],
  judge: Violation["kind"] = "agreement",
  stepMs = 100,
  { rates = [1, 1, 1], seeds = [0, 1, 2] }: { readonly rates?: readonly number[]; readonly seeds?: readonly number[] } =
    {},
): Schedule {
  const events: ScheduledEvent[] = [];
  let atMs = 0;
  for (const step of steps) {
    if (typeof step === "number") atMs += step;
    else {
      events.push({ id: events.length + 1, atMs, act: actOf(step) });
      atMs += stepMs;
    }
  }
  return {
    maxSessions: 512,
    hosts: ["A", "B", "C"].map((uid, at) => ({ uid, clock: { rate: rates[at]!, offsetMs: 0 }, seed: seeds[at]! })),
    clients: 3,
    shortcuts: ["saves", "hellos", "clients"],
    judge,
    calmFromMs: 0,
    events,
  };
}

function actOf(step: Exclude<Step, number>): Act {
  if (typeof step !== "string") return step;
  const timer = /^(\w+):(\w+)$/.exec(step);
  if (timer !== null) return { kind: "timer", uid: timer[1]!, name: timer[2]! };
  const [, from, to, type, again] = /^(\w+)>(\w+) (\w+)( again)?$/.exec(step)!;
  const letter = { from: from!, to: to!, text: `${type} `, sentBy: -1 };
  return { kind: "deliver", letter, again: again !== undefined };
}

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
