// Schedules made by hand: short to write, since a replay takes a datagram by its type where the text is not the same.
import type { Violation, WorldEvent } from "../../src/sim/events.ts";
import type { Act, Schedule, ScheduledEvent } from "../../src/sim/schedule.ts";

/**
 * `A>B prepare` is a delivery, with ` again` if it is to arrive once more later; `A:election` is a timer that goes off; a number is
 * so many milliseconds that pass. Anything else is an event as it is.
 */
export type Step = string | number | Exclude<WorldEvent, { readonly datagram: number }>;

/** A client sets a value: client 0, 1 and so on in the order of the calls. */
export function write(client: number, uid: string, value: string): Step {
  return { kind: "call", client, uid, operation: { type: "write", value } };
}

/** The clocks and the chance of A, B and C. */
export interface Machines {
  /** How many milliseconds each clock counts in a true one. */
  readonly rates?: readonly number[];
  /** The seeds of their chance. */
  readonly seeds?: readonly number[];
}

/** A schedule of a cluster of three, with all shortcuts; from one event to the next it takes so many milliseconds. */
export function scheduleOf(
  steps: readonly Step[],
  judge: Violation["kind"] = "agreement",
  stepMs = 100,
  { rates = [1, 1, 1], seeds = [0, 1, 2] }: Machines = {},
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
