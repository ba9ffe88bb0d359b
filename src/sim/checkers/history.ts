/**
 * What clients of one replicated register asked and were answered, as plain data: the input of the checkers that judge a
 * run from the clients' side alone.
 *
 * @module
 */

/** What a register holds: a value, or null before the first one. */
export type RegisterValue = string | null;

/** A client asks that the register hold `value`, whatever it holds now. */
export interface WriteOperation {
  /** Tells the operations apart. */
  readonly type: "write";
  /** The value to set. */
  readonly value: string;
}

/** A client asks what the register holds. */
export interface ReadOperation {
  /** Tells the operations apart. */
  readonly type: "read";
}

/** A client asks that the register hold `value` if it holds `expected` at that moment. */
export interface CompareAndSetOperation {
  /** Tells the operations apart. */
  readonly type: "compareAndSet";
  /** The condition: what must stand; null means that no value was chosen yet. */
  readonly expected: RegisterValue;
  /** The value to set. */
  readonly value: string;
}

/** What a client can ask of the register. */
export type RegisterOperation = WriteOperation | ReadOperation | CompareAndSetOperation;

/** The answer to a write or a compare-and-set that took effect. */
export interface ChosenOutcome {
  /** Tells the outcomes apart. */
  readonly type: "chosen";
  /** The instance that decided the update; absent or null where it is not known. */
  readonly instanceNumber?: number | null;
}

/**
 * The answer to an update that did not and never will take effect. For a compare-and-set it means that the condition did
 * not hold; one that was refused for another reason (too large a value) says nothing of the register: leave it out.
 */
export interface NotChosenOutcome {
  /** Tells the outcomes apart. */
  readonly type: "not_chosen";
}

/** The answer to a read. */
export interface ReadOutcome {
  /** Tells the outcomes apart. */
  readonly type: "ok";
  /** What the register held. */
  readonly value: RegisterValue;
  /** The instance that decided the value; absent or null where it is not known, or no value was chosen yet. */
  readonly instanceNumber?: number | null;
}

/** No answer: an update may take effect at any time after its call, or never; a read tells nothing. */
export interface UnknownOutcome {
  /** Tells the outcomes apart. */
  readonly type: "unknown";
}

/** How an operation ended: `ok` and `unknown` for a read, `chosen`, `not_chosen` and `unknown` for the others. */
export type OperationOutcome = ChosenOutcome | NotChosenOutcome | ReadOutcome | UnknownOutcome;

/**
 * One operation of one client. The two times are on one scale for all clients: virtual milliseconds, or, better, the
 * numbers of the events, since operations that meet at one and the same time count as concurrent.
 */
export interface RecordedOperation {
  /** Who asked; for the reader only. */
  readonly client: number;
  /** When the client asked. */
  readonly call: number;
  /** When the client was answered or stopped waiting, not before `call`; null: it still waits. */
  readonly return: number | null;
  /** What was asked. */
  readonly operation: RegisterOperation;
  /** What came of it; `unknown` as long as `return` is null. */
  readonly outcome: OperationOutcome;
}

/** All operations of a run, in any order. */
export type History = readonly RecordedOperation[];

/**
 * One operation in words, after the times of its call and its return: `client 2 [30, 41] write "x": chosen`. Values are
 * escaped as JSON does.
 */
export function describeOperation({ client, call, return: end, operation, outcome }: RecordedOperation): string {
  const asked = operation.type === "read"
    ? "read"
    : operation.type === "write"
    ? `write ${describeValue(operation.value)}`
    : `compare-and-set ${describeValue(operation.expected)} to ${describeValue(operation.value)}`;
  const told = outcome.type === "ok" ? describeValue(outcome.value) : outcome.type.replace("_", " ");
  const instance = "instanceNumber" in outcome ? outcome.instanceNumber ?? null : null;
  const where = instance === null ? "" : ` (instance ${instance})`;
  return `client ${client} [${call}, ${end ?? "..."}] ${asked}: ${told}${where}`;
}

function describeValue(value: RegisterValue): string {
  return value === null ? "no value" : JSON.stringify(value);
}
