// What the chain amounts to: the replicated value, and who has changed it up to where.
import { jsonBytes } from "./limits.ts";
import type { Condition, Link, Update } from "./link.ts";
import { sessionToJson } from "./register_json.ts";

/** What a session is called. */
export interface SessionName {
  /** The instance at which it was opened. */
  readonly openedAt: number;
  /** A random part, at most 16 characters. */
  readonly id: string;
}

/** The last update of one session that reached the chain. */
export interface SessionState extends SessionName {
  /** Of its last update. */
  readonly sequence: number;
  /** Whether that update's condition held. */
  readonly applied: boolean;
  /** The instance of that update. */
  readonly instanceNumber: number;
}

/** The register as plain data. */
export interface RegisterState {
  /** The replicated value; `null` if there was none yet. */
  readonly value: string | null;
  /** The instance that decided it; `null` where nobody has told. */
  readonly valueInstanceNumber: number | null;
  /** The sessions, the one idle longest first; `null` where a node of the ancestor has told the value and could not tell these. */
  readonly sessions: readonly SessionState[] | null;
  /** The highest instance at which a session that was dropped since was last used; -1 if none was. */
  readonly watermark: number;
}

/** What became of one update when its link was applied. */
export interface UpdateResult {
  /** The update. */
  readonly update: Update;
  /** `expired`: its session is not known any more, so nobody can tell whether it was applied before. */
  readonly outcome: "applied" | "condition_failed" | "expired";
  /** The instance at which it got this outcome. */
  readonly instanceNumber: number;
  /** Whether it has got this outcome just now, not in an earlier link. */
  readonly isNew: boolean;
}

/** A register before the first link. */
export const EMPTY_REGISTER: RegisterState = { value: null, valueInstanceNumber: null, sessions: [], watermark: -1 };

/** Whether nothing in the register was decided by this link or by a later one. */
export function isBefore({ valueInstanceNumber, sessions, watermark }: RegisterState, instanceNumber: number): boolean {
  const latest = Math.max(
    valueInstanceNumber ?? -1,
    watermark,
    ...(sessions ?? []).map((session) => session.instanceNumber),
  );
  return latest < instanceNumber;
}

/** How many sessions are kept. */
export const MAX_SESSIONS = 512;
/** How many bytes they may have in a snapshot. */
export const MAX_SESSION_BYTES = 20_000;

/** The replicated value. Every node applies the same links in the same order, so all of them see the same values. */
export class Register {
  #state: RegisterState = EMPTY_REGISTER;

  /** `maxSessions` is how many sessions are kept: the same for all nodes, and smaller only in simulations. */
  constructor(readonly maxSessions: number = MAX_SESSIONS) {}

  /** The replicated value; `null` if there was none yet. */
  get value(): string | null {
    return this.#state.value;
  }

  /** The instance that decided it; `null` where nobody has told. */
  get valueInstanceNumber(): number | null {
    return this.#state.valueInstanceNumber;
  }

  /** Whether the sessions are known. Until they are, this node can say of no update whether it was applied. */
  get isComplete(): boolean {
    return this.#state.sessions !== null;
  }

  /** Applies a chosen link; conditions are judged here and nowhere else. */
  apply(link: Link, instanceNumber: number): UpdateResult[] {
    return link.updates.map((update) => this.applyUpdate(update, instanceNumber));
  }

  /** What is known by now of an update that bears a session; `null` if it has not been applied and may still be. */
  resultOf(update: Update, instanceNumber: number): UpdateResult | null {
    const { session } = update;
    const { sessions, watermark } = this.#state;
    if (session === undefined || sessions === null) return null;
    const known = this.#find(session);
    const expired = { update, outcome: "expired", instanceNumber, isNew: false } as const;
    if (known === undefined) return session.openedAt <= watermark ? expired : null;
    if (session.sequence < known.sequence) return expired;
    if (session.sequence > known.sequence) return null;
    const outcome = known.applied ? "applied" : "condition_failed";
    return { update, outcome, instanceNumber: known.instanceNumber, isNew: false };
  }

  /** Applies one update of the link: exactly once, if it bears a session. */
  protected applyUpdate(update: Update, instanceNumber: number): UpdateResult {
    const known = this.resultOf(update, instanceNumber);
    if (known !== null) return known;
    const { session } = update;
    // Without the table nobody can tell whether a tagged update was applied before; nor may a session be from the future.
    const isOpen = session === undefined || (this.isComplete && session.openedAt <= instanceNumber);
    if (!isOpen) return { update, outcome: "expired", instanceNumber, isNew: true };
    const applied = this.holds(update.condition);
    if (applied) this.#state = { ...this.#state, value: update.value, valueInstanceNumber: instanceNumber };
    if (session) this.#remember({ ...session, applied, instanceNumber });
    return { update, outcome: applied ? "applied" : "condition_failed", instanceNumber, isNew: true };
  }

  /** Whether the condition holds for the value that stands. */
  protected holds(condition: Condition | undefined): boolean {
    if (condition === undefined) return true;
    if (condition.kind === "instance") return condition.instanceNumber === this.valueInstanceNumber;
    return condition.value === this.value;
  }

  /** The instance at which a dropped session was last used raises the watermark. */
  protected raise(watermark: number, dropped: SessionState): number {
    return Math.max(watermark, dropped.instanceNumber);
  }

  #find({ openedAt, id }: SessionName): SessionState | undefined {
    return this.#state.sessions?.find((session) => session.id === id && session.openedAt === openedAt);
  }

  #remember(session: SessionState): void {
    const known = this.#find(session);
    const sessions = [...(this.#state.sessions ?? []).filter((other) => other !== known), session];
    let { watermark } = this.#state;
    while (sessions.length > this.maxSessions || jsonBytes(sessions.map(sessionToJson)) > MAX_SESSION_BYTES) {
      watermark = this.raise(watermark, sessions.shift()!);
    }
    this.#state = { ...this.#state, sessions, watermark };
  }

  /** All of it; never changed in place, so that two saves can be compared by identity. */
  save(): RegisterState {
    return this.#state;
  }

  /** Takes over what `save` gave. */
  restore(state: RegisterState): void {
    this.#state = state;
  }
}
