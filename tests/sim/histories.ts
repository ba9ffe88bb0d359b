// Histories for the tests of the checkers: made by hand, by chance, and by a register that is as it should be.

import type { History, OperationOutcome, RecordedOperation, RegisterValue } from "../../src/sim/checkers/history.ts";

type Told = "chosen" | "not_chosen" | "unknown";

/** An operation of client 0; the checkers do not look at who asked. */
export function record(call: number, end: number | null, rest: Pick<RecordedOperation, "operation" | "outcome">) {
  return { client: 0, call, return: end, ...rest };
}

export function write(call: number, end: number | null, value: string, told: Told = "chosen"): RecordedOperation {
  return record(call, end, { operation: { type: "write", value }, outcome: { type: told } });
}

export function read(call: number, end: number, value: RegisterValue): RecordedOperation {
  return record(call, end, { operation: { type: "read" }, outcome: { type: "ok", value } });
}

export function compareAndSet(
  call: number,
  end: number | null,
  expected: RegisterValue,
  value: string,
  told: Told = "chosen",
) {
  return record(call, end, { operation: { type: "compareAndSet", expected, value }, outcome: { type: told } });
}

export function inInstance(operation: RecordedOperation, instanceNumber: number): RecordedOperation {
  return { ...operation, outcome: { ...operation.outcome, instanceNumber } as OperationOutcome };
}

/** mulberry32: a small generator of numbers in [0, 1), so that every run has the same histories. */
export function randomFrom(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** When the operation has surely taken effect, if ever. */
export const endOf = ({ return: end, outcome }: RecordedOperation) =>
  outcome.type === "unknown" ? Infinity : end ?? Infinity;

/** Linearizability by its definition: tries every order of every subset that leaves out only updates of unknown outcome. */
export function isLinearizable(history: History): boolean {
  const that = history.filter(({ operation, outcome }) =>
    operation.type === "read"
      ? outcome.type === "ok"
      : operation.type === "compareAndSet" || outcome.type !== "not_chosen"
  );
  const extend = (order: RecordedOperation[], held: RegisterValue): boolean =>
    that.every((one) => order.includes(one) || one.outcome.type === "unknown") ||
    that.some((one) => {
      if (order.includes(one) || order.some((earlier) => endOf(one) < earlier.call)) return false;
      const { operation, outcome } = one;
      let next = held;
      if (operation.type === "read") {
        if (outcome.type === "ok" && outcome.value !== held) return false;
      } else if (operation.type === "write") {
        next = operation.value;
      } else {
        const holds = operation.expected === held;
        if (outcome.type !== "unknown" && holds !== (outcome.type === "chosen")) return false;
        if (holds) next = operation.value;
      }
      return extend([...order, one], next);
    });
  return extend([], null);
}

/** At most 6 operations with answers by chance, right or wrong. */
export function randomHistory(random: () => number): History {
  const pick = <T>(...from: T[]): T => from[Math.floor(random() * from.length)]!;
  return Array.from({ length: 1 + Math.floor(random() * 6) }, () => {
    const call = Math.floor(random() * 12);
    const end = call + Math.floor(random() * 8);
    const told = pick<Told>("chosen", "chosen", "chosen", "not_chosen", "unknown");
    const untilWhen = told === "unknown" ? pick(null, end) : end;
    switch (pick("write", "read", "compareAndSet")) {
      case "write":
        return write(call, untilWhen, pick("a", "b"), told);
      case "read":
        return told === "unknown"
          ? record(call, untilWhen, { operation: { type: "read" }, outcome: { type: "unknown" } })
          : read(call, end, pick(null, "a", "a", "b", "b"));
      default:
        return compareAndSet(call, untilWhen, pick(null, "a", "b"), pick("a", "b"), told);
    }
  });
}

/** What clients see of a register that is as it should be, with up to `width` operations at a time. */
export function correctHistory(random: () => number, length: number, width: number): History {
  const free = Array.from({ length: width }, () => random() * 10);
  const planned = Array.from({ length }, (_, i) => {
    const client = free.indexOf(Math.min(...free));
    const call = free[client]!;
    const end = call + 1 + random() * 20;
    free[client] = end + random();
    const kind = random();
    const isAnswered = kind < 0.5 || random() < 0.9;
    const late = random() < 0.5 ? Infinity : call + random() * 200;
    return { call, end, effect: isAnswered ? call + random() * (end - call) : late, isAnswered, kind, value: `v${i}` };
  });
  let held: RegisterValue = null;
  return planned.toSorted((a, b) => a.effect - b.effect).map(({ call, end, effect, isAnswered, kind, value }) => {
    if (kind < 0.4) return read(call, end, held);
    if (kind < 0.5) return compareAndSet(call, end, "never written", value, "not_chosen");
    const before = held;
    if (effect < Infinity) held = value;
    const told = isAnswered ? "chosen" : "unknown";
    return kind < 0.75 ? write(call, end, value, told) : compareAndSet(call, end, before, value, told);
  });
}
