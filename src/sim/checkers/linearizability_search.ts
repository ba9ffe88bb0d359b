/**
 * The search for a linearization: Wing and Gong, "Testing and Verifying Concurrent Objects" (1993), with the memory of
 * dead ends of Lowe, "Testing for Linearizability" (2017).
 *
 * @module
 */

import type { History, RecordedOperation, RegisterValue } from "./history.ts";

/** `sets` of a step that leaves the register as it is; `needs` and `avoids` of a step without that condition. */
const NONE = -1;
/** `needs` of an update that was answered "not chosen": no state of the register lets it take effect. */
const IMPOSSIBLE = -2;

/** An operation as the search sees it, with small numbers for the values of the register. */
export interface Step {
  /** When it was called. */
  readonly call: number;
  /** When it was answered; Infinity: its outcome is open, it may take effect late or never. */
  readonly return: number;
  /** The value that must stand where it takes effect. */
  readonly needs: number;
  /** The value that must not stand there. */
  readonly avoids: number;
  /** The value that stands afterwards. */
  readonly sets: number;
  /** What was recorded. A refused compare-and-set gives two steps: what it saw, and the update that must not happen. */
  readonly source: RecordedOperation;
}

/** Whether step `a` was over before step `b` began: then every linearization has `a` first. */
export function precedes(a: Step, b: Step): boolean {
  return a.return < b.call;
}

/** Whether the value that `update` sets could be what `reader` saw: it fits, and was not called too late. */
export function couldExplain(update: Step, reader: Step): boolean {
  if (update.sets === NONE || precedes(reader, update)) return false;
  if (reader.needs !== NONE) return reader.needs === update.sets;
  return reader.avoids !== NONE && reader.avoids !== update.sets && update.needs !== IMPOSSIBLE;
}

/** Whether the step can take effect under one value only. */
export function seesOneValue(step: Step): boolean {
  return step.needs >= 0;
}

/**
 * The steps of a history in the order of their calls. A read without answer gives none.
 *
 * @throws {RangeError} on a record that contradicts itself: it returns before its call, has an answer but no time of
 * return, or an answer to another kind of operation.
 */
export function toSteps(history: History): Step[] {
  const numbers = new Map<RegisterValue, number>([[null, 0]]);
  const numberOf = (value: RegisterValue): number => {
    let number = numbers.get(value);
    if (number === undefined) numbers.set(value, number = numbers.size);
    return number;
  };
  const steps: Step[] = [];
  for (const source of history) {
    const { call, operation, outcome } = source;
    refuseNonsense(source);
    const add = (end: number | null, needs: number, avoids: number, sets: number) =>
      steps.push({ call, return: end ?? Infinity, needs, avoids, sets, source });
    if (operation.type === "read") {
      if (outcome.type === "ok") add(source.return, numberOf(outcome.value), NONE, NONE);
      continue;
    }
    const expected = operation.type === "compareAndSet" ? numberOf(operation.expected) : NONE;
    const value = numberOf(operation.value);
    if (outcome.type === "not_chosen") {
      if (expected !== NONE) add(source.return, NONE, expected, NONE);
      add(null, IMPOSSIBLE, NONE, value);
    } else {
      add(outcome.type === "chosen" ? source.return : null, expected, NONE, value);
    }
  }
  return steps.sort((a, b) => a.call - b.call);
}

function refuseNonsense(record: RecordedOperation): void {
  const why = nonsenseOf(record);
  if (why === null) return;
  const { client, call, return: end, operation, outcome } = record;
  throw new RangeError(
    `Cannot check the history: client ${client}, ${operation.type}, called at ${call}, returned at ${end}, outcome ` +
      `"${outcome.type}": ${why}. Correct what recorded it.`,
  );
}

function nonsenseOf({ call, return: end, operation, outcome }: RecordedOperation): string | null {
  if (end !== null && !(end >= call)) return "it returns before its call";
  if (outcome.type === "unknown") return null;
  if (end === null) return "it has an outcome but no time of return";
  if ((operation.type === "read") === (outcome.type === "ok")) return null;
  return 'a read ends with "ok" or "unknown", an update with "chosen", "not_chosen" or "unknown"';
}

/** How a search ended, and how many states it visited. */
export interface SearchResult {
  /** Whether a linearization was found, none exists, or the bound was reached first. */
  readonly found: "yes" | "no" | "unknown";
  /** The states of (operations that took effect, value of the register) that were visited. */
  readonly states: number;
}

/** A step in the list of those that have not taken effect. */
interface Entry {
  readonly step: Step;
  readonly index: number;
  next: Entry;
  previous: Entry;
  /** The value of the register before this step took effect. */
  before: number;
}

/** Looks for a linearization of the steps, which are in the order of their calls; gives up after `maxStates` states. */
export function search(steps: readonly Step[], maxStates: number): SearchResult {
  // Of the steps left: how many have to see each value, how many could write it, how many have to take effect.
  const readersLeft: number[] = [];
  const writersLeft: number[] = [];
  let unanswered = 0;
  const count = ({ needs, sets, return: end }: Step, change: 1 | -1): void => {
    if (end < Infinity) {
      unanswered += change;
      if (needs >= 0) readersLeft[needs] = (readersLeft[needs] ?? 0) + change;
    }
    if (sets >= 0) writersLeft[sets] = (writersLeft[sets] ?? 0) + change;
  };

  // The list is a ring that its head, an entry without a step, closes.
  const head = { index: -1, before: NONE } as Entry;
  let last = head;
  for (const step of steps) {
    last = last.next = { step, index: last.index + 1, next: head, previous: last, before: NONE };
    count(step, 1);
  }
  last.next = head;
  head.previous = last;

  let value = 0;
  let states = 0;
  const taken: Entry[] = [];
  const deadEnds = new Set<string>();

  const take = (entry: Entry): void => {
    entry.previous.next = entry.next;
    entry.next.previous = entry.previous;
    entry.before = value;
    if (entry.step.sets !== NONE) value = entry.step.sets;
    count(entry.step, -1);
    taken.push(entry);
  };

  /** Undoes everything from the last update on, and returns that update. */
  const undo = (): Entry | undefined => {
    for (let entry = taken.pop(); entry !== undefined; entry = taken.pop()) {
      entry.previous.next = entry.next.previous = entry;
      count(entry.step, 1);
      value = entry.before;
      if (entry.step.sets !== NONE) return entry;
    }
    return undefined;
  };

  /** The steps that may take effect next: those called before any step of the list was answered. */
  const open: Entry[] = [];
  const findOpen = (): void => {
    open.length = 0;
    let firstReturn = Infinity;
    for (let entry = head.next; entry !== head && entry.step.call <= firstReturn; entry = entry.next) {
      open.push(entry);
      if (entry.step.return < firstReturn) firstReturn = entry.step.return;
    }
  };

  // A read that fits can take effect at once: it was possible now, it hinders nothing, so no other order need be tried.
  const takeReads = (): void => {
    for (let again = true; again;) {
      findOpen();
      again = false;
      for (const entry of open) {
        if (entry.step.sets === NONE && fits(entry.step, value)) {
          take(entry);
          again = true;
        }
      }
    }
  };

  // An open update is worth a try only if a step that is possible now depends on its value. If in some linearization
  // nothing, or a write without condition, comes right after it, then that linearization is as good without it.
  const isWorthTrying = ({ step }: Entry): boolean =>
    step.return < Infinity || open.some((other) => isConditional(other.step) && fits(other.step, step.sets));

  // A value that some step left has to see must not go if no step left could write it again.
  const losesValue = ({ step }: Entry): boolean => {
    if (step.sets === value || writersLeft[value]) return false;
    const readsItself = step.needs === value && step.return < Infinity;
    return (readersLeft[value] ?? 0) > (readsItself ? 1 : 0);
  };

  const nextUpdate = (after: number): Entry | undefined =>
    open.find((entry) =>
      entry.index > after && entry.step.sets !== NONE && fits(entry.step, value) && !losesValue(entry) &&
      isWorthTrying(entry)
    );

  // The open steps tell the whole state apart: what was called up to the first return among them and is not open has
  // taken effect, what was called later has not, since the first return only ever moves on.
  const stateKey = (): string => {
    let key = `${value}`;
    for (const { index } of open) key += `,${index}`;
    return key;
  };

  if (readersLeft.some((readers, seen) => readers > 0 && seen !== value && !writersLeft[seen])) {
    return { found: "no", states };
  }
  takeReads();
  let after = -1;
  while (unanswered > 0) {
    const update = nextUpdate(after);
    if (update !== undefined) {
      if (states === maxStates) return { found: "unknown", states };
      states++;
      take(update);
      takeReads();
      after = -1;
      if (deadEnds.size === 0 || !deadEnds.has(stateKey())) continue;
    } else {
      deadEnds.add(stateKey());
    }
    const undone = undo();
    if (undone === undefined) return { found: "no", states };
    after = undone.index;
    findOpen();
  }
  return { found: "yes", states };
}

function fits(step: Step, value: number): boolean {
  return (step.needs === NONE || step.needs === value) && step.avoids !== value;
}

function isConditional(step: Step): boolean {
  return step.needs !== NONE || step.avoids !== NONE;
}
