// What the chain amounts to: the replicated value, and who has changed it up to where.
import { utf8Bytes } from "./limits.ts";
import type { Condition, Link, Update } from "./link.ts";
import { keepTexts, sessionText } from "./register_json.ts";

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
  let latest = Math.max(valueInstanceNumber ?? -1, watermark);
  for (const session of sessions ?? []) latest = Math.max(latest, session.instanceNumber);
  return latest < instanceNumber;
}

/** How many sessions are kept. */
export const MAX_SESSIONS = 512;
/** How many bytes they may have in a snapshot. */
export const MAX_SESSION_BYTES = 20_000;

/** The replicated value. Every node applies the same links in the same order, so all of them see the same values. */
export class Register {
  #state: RegisterState = EMPTY_REGISTER;
  /** The sessions by name, the one idle longest first; `null` where they are not known. */
  #sessions: Map<string, Entry> | null = new Map();
  /** Of their JSON texts, the commas after them included, in bytes. */
  #sessionBytes = 0;
  /** Whether the state has other sessions than these. */
  #isBehind = false;

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
    return this.#sessions !== null;
  }

  /** Applies a chosen link; conditions are judged here and nowhere else. */
  apply(link: Link, instanceNumber: number): UpdateResult[] {
    return link.updates.map((update) => this.applyUpdate(update, instanceNumber));
  }

  /** What is known by now of an update that bears a session; `null` if it has not been applied and may still be. */
  resultOf(update: Update, instanceNumber: number): UpdateResult | null {
    const { session } = update;
    if (session === undefined || this.#sessions === null) return null;
    const known = this.#sessions.get(nameOf(session))?.session;
    const expired = { update, outcome: "expired", instanceNumber, isNew: false } as const;
    if (known === undefined) return session.openedAt <= this.#state.watermark ? expired : null;
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
    if (session) {
      const { openedAt, id, sequence } = session;
      this.#remember({ openedAt, id, sequence, applied, instanceNumber });
    }
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

  #remember(session: SessionState): void {
    const sessions = this.#sessions ??= new Map();
    const name = nameOf(session);
    this.#forget(sessions, name);
    this.#put(sessions, name, session);
    this.#isBehind = true;
    // Brackets around them, and no comma after the last.
    while (sessions.size > this.maxSessions || this.#sessionBytes + 1 > MAX_SESSION_BYTES) {
      const [oldest] = sessions.keys();
      const dropped = this.#forget(sessions, oldest!)!;
      this.#state = { ...this.#state, watermark: this.raise(this.#state.watermark, dropped) };
    }
  }

  #put(sessions: Map<string, Entry>, name: string, session: SessionState): void {
    const text = sessionText(session);
    const bytes = utf8Bytes(text) + 1;
    sessions.set(name, { session, text, bytes });
    this.#sessionBytes += bytes;
  }

  #forget(sessions: Map<string, Entry>, name: string): SessionState | undefined {
    const entry = sessions.get(name);
    if (entry === undefined) return undefined;
    sessions.delete(name);
    this.#sessionBytes -= entry.bytes;
    return entry.session;
  }

  /** All of it; never changed in place, so that two saves can be compared by identity. */
  save(): RegisterState {
    if (!this.#isBehind || this.#sessions === null) return this.#state;
    this.#isBehind = false;
    const entries = [...this.#sessions.values()];
    const sessions = entries.map(({ session }) => session);
    keepTexts(sessions, entries.map(({ text }) => text));
    return this.#state = { ...this.#state, sessions };
  }

  /** Takes over what `save` gave. */
  restore(state: RegisterState): void {
    this.#state = state;
    this.#isBehind = false;
    this.#sessionBytes = 0;
    const sessions = new Map<string, Entry>();
    for (const session of state.sessions ?? []) this.#put(sessions, nameOf(session), session);
    this.#sessions = state.sessions && sessions;
  }
}

/** A session, and its JSON text, with its length in bytes and a comma. */
interface Entry {
  readonly session: SessionState;
  readonly text: string;
  readonly bytes: number;
}

/** What tells sessions apart: the number first, since an ID may be any text. */
function nameOf({ openedAt, id }: SessionName): string {
  return `${openedAt}.${id}`;
}
