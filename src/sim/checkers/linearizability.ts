/**
 * Linearizability of what clients saw of one replicated register: whether all operations can be put in one order, each
 * taking effect at a moment between its call and its return, in which every answer is the right one (Herlihy and Wing,
 * "Linearizability: A Correctness Condition for Concurrent Objects", 1990).
 *
 * @module
 */

import { describeOperation, type History, type RecordedOperation } from "./history.ts";
import { couldExplain, precedes, search, seesOneValue, type Step, toSteps } from "./linearizability_search.ts";

/** An order of the operations explains every answer. */
export interface Linearizable {
  /** Tells the verdicts apart. */
  readonly verdict: "LINEARIZABLE";
}

/** No order of the operations explains every answer. */
export interface LinearizabilityViolation {
  /** Tells the verdicts apart. */
  readonly verdict: "VIOLATION";
  /**
   * What contradicts itself. `order`: no order of the operations gives every one its answer. `instances`: of two
   * operations one after the other, the later names an instance that is too early.
   */
  readonly rule: "order" | "instances";
  /**
   * The smallest offending part: records of the history in the order of their calls, such that
   *
   * - they are a violation by themselves, and remain one whatever else of the history is put back;
   * - an update that could have written what one of them saw is among them, unless another of them lies wholly between
   *   the two; and whoever saw a value that was written has one of its writers beside it. (A stale read without the write
   *   that it saw would look like a value from nowhere.)
   * - no single one can be left out: the rest would be linearizable, or break the rule above. (A refused
   *   compare-and-set stands here for one of two facts: that its condition did not hold, or that it took no effect.)
   *
   * Another part may have fewer operations; and where the search for the part reaches its bound, some remain that could
   * be left out. For the rule `instances` the part is the two operations.
   */
  readonly part: History;
}

/** The bound was reached before an answer was found. */
export interface LinearizabilityUnknown {
  /** Tells the verdicts apart. */
  readonly verdict: "UNKNOWN";
  /** The number of states that were visited: the bound. */
  readonly states: number;
}

/** The judgement of a history. */
export type LinearizabilityVerdict = Linearizable | LinearizabilityViolation | LinearizabilityUnknown;

/**
 * Judges a history of a register that starts without a value. An update of unknown outcome may take effect at any time
 * after its call, or never. Instance numbers, where they are known, have to grow with time as well.
 *
 * @param history What the clients saw, in any order.
 * @param maxStates Bounds time and memory: the number of states to visit; each takes some microseconds and at
 * most some hundred bytes. The search for the smallest offending part may visit ten times as many.
 * @throws {RangeError} If a record contradicts itself: it returns before its call, has an outcome but no time of return,
 * or an outcome of another kind of operation.
 */
export function checkLinearizability(history: History, maxStates: number = 100_000): LinearizabilityVerdict {
  const steps = toSteps(history);
  const pair = findInstanceViolation(steps);
  if (pair !== undefined) return { verdict: "VIOLATION", rule: "instances", part: pair };
  const { found, states } = search(steps, maxStates);
  if (found === "yes") return { verdict: "LINEARIZABLE" };
  if (found === "unknown") return { verdict: "UNKNOWN", states };
  const part = smallestPart(steps, 10 * maxStates).map((step) => step.source);
  return { verdict: "VIOLATION", rule: "order", part: [...new Set(part)] };
}

/** The verdict in a sentence for the user; values are escaped as JSON does. */
export function explainLinearizability(judged: LinearizabilityVerdict): string {
  if (judged.verdict === "LINEARIZABLE") {
    return "linearizable: the operations have an order, true to their calls and returns, in which every answer is right";
  }
  if (judged.verdict === "UNKNOWN") {
    return `unknown whether linearizable: gave up after ${judged.states} states; a higher bound may decide it`;
  }
  const why = judged.rule === "order"
    ? "these operations have no order, true to their calls and returns, in which every answer is right"
    : "the second of these operations was called when the first was over, but names too early an instance";
  return `not linearizable: ${why}: ${judged.part.map(describeOperation).join("; ")}`;
}

/** Leaves out ever smaller runs of steps, latest first, as long as the rest is an offending part. */
function smallestPart(steps: readonly Step[], maxStates: number): readonly Step[] {
  const writers = new Map(steps.map((reader) => [reader, steps.filter((update) => couldExplain(update, reader))]));
  let part = steps;
  let statesLeft = maxStates;
  for (let size = Math.ceil(steps.length / 2);; size = Math.ceil(size / 2)) {
    const lengthBefore = part.length;
    for (let end = part.length; end > 0; end -= size) {
      const rest = part.filter((_, i) => i < end - size || i >= end);
      if (!isClosed(rest, writers)) continue;
      const { found, states } = search(rest, statesLeft);
      statesLeft -= states;
      if (found === "no") part = rest;
    }
    if (size === 1 && part.length === lengthBefore) return part;
  }
}

/**
 * Whether the part holds every update that could have written what somebody in the part saw; `writers` has these for each
 * step of the history. Then a linearization of the whole, cut down to the part, is one of the part: so if the part has
 * none, the whole has none. An update need not be held if a step that is held lies wholly between it and the one that
 * saw: that step saw or set another value, or else needs the update held itself. But a value that was written is never
 * seen without any of its writers, lest it look like one that came from nowhere.
 */
function isClosed(part: readonly Step[], writers: ReadonlyMap<Step, readonly Step[]>): boolean {
  const held = new Set(part);
  const isHeldOrOver = (update: Step, reader: Step) =>
    held.has(update) || part.some((between) => precedes(update, between) && precedes(between, reader));
  return part.every((reader) => {
    const itsWriters = writers.get(reader) ?? [];
    return itsWriters.every((update) => isHeldOrOver(update, reader)) &&
      (!seesOneValue(reader) || itsWriters.length === 0 || itsWriters.some((update) => held.has(update)));
  });
}

/**
 * Two operations, the first answered before the second was called, whose instance numbers say otherwise: an update is
 * decided by a later instance than all that was seen before its call, and a read sees no earlier one.
 */
function findInstanceViolation(steps: readonly Step[]): [RecordedOperation, RecordedOperation] | undefined {
  const numbered = steps.flatMap((step) => {
    const { outcome } = step.source;
    const instance = outcome.type === "chosen" || outcome.type === "ok" ? outcome.instanceNumber ?? null : null;
    return instance === null ? [] : [{ step, instance }];
  });
  const byReturn = numbered.toSorted((a, b) => a.step.return - b.step.return).values();
  let answered = byReturn.next().value;
  let latest: typeof answered;
  for (const { step, instance } of numbered) {
    for (; answered !== undefined && precedes(answered.step, step); answered = byReturn.next().value) {
      if (latest === undefined || answered.instance > latest.instance) latest = answered;
    }
    if (latest === undefined) continue;
    if (latest.instance > instance || (latest.instance === instance && step.source.operation.type !== "read")) {
      return [latest.step.source, step.source];
    }
  }
  return undefined;
}
