// What the chain amounts to: the replicated value, and who has changed it up to where.
import { jsonBytes } from "./limits.ts";
import type { Condition, Link, Update } from "./link.ts";
import { sessionToJson } from "./register_json.ts";

/** The last update of one session that reached the chain. */
export interface SessionState {
  /** The session's name: the instance at which it was opened and a random part. */
  readonly openedAt: number;
  /** The random part. */
  readonly id: string;
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
  /** The sessions, the one idle longest first. */
  readonly sessions: readonly SessionState[];
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
}

/** A register before the first link. */
export const EMPTY_REGISTER: RegisterState = { value: null, valueInstanceNumber: null, sessions: [], watermark: -1 };

const MAX_SESSIONS = 512;
const MAX_SESSION_BYTES = 20_000;

/** The replicated value. Every node applies the same links in the same order, so all of them see the same values. */
export class Register {
  #state: RegisterState = EMPTY_REGISTER;

  /** The replicated value; `null` if there was none yet. */
  get value(): string | null {
    return this.#state.value;
  }

  /** The instance that decided it; `null` where nobody has told. */
  get valueInstanceNumber(): number | null {
    return this.#state.valueInstanceNumber;
  }

  /** Applies a chosen link; conditions are judged here and nowhere else. */
  apply(link: Link, instanceNumber: number): UpdateResult[] {
    return link.updates.map((update) => this.applyUpdate(update, instanceNumber));
  }

  /** Applies one update of the link: exactly once, if it bears a session. */
  protected applyUpdate(update: Update, instanceNumber: number): UpdateResult {
    const { session } = update;
    const known = session && this.#state.sessions.find((s) => s.id === session.id && s.openedAt === session.openedAt);
    if (session && known) {
      if (session.sequence < known.sequence) return { update, outcome: "expired", instanceNumber };
      if (session.sequence === known.sequence) return { update, ...storedResult(known) };
    } else if (session && !(this.#state.watermark < session.openedAt && session.openedAt <= instanceNumber)) {
      return { update, outcome: "expired", instanceNumber };
    }
    const applied = this.holds(update.condition);
    if (applied) this.#state = { ...this.#state, value: update.value, valueInstanceNumber: instanceNumber };
    if (session) this.#remember({ ...session, applied, instanceNumber });
    return { update, outcome: applied ? "applied" : "condition_failed", instanceNumber };
  }

  /** Whether the condition holds for the value that stands. */
  protected holds(condition: Condition | undefined): boolean {
    if (condition === undefined) return true;
    if (condition.kind === "instance") return condition.instanceNumber === this.valueInstanceNumber;
    return condition.value === this.value;
  }

  #remember(session: SessionState): void {
    const others = this.#state.sessions.filter((s) => s.id !== session.id || s.openedAt !== session.openedAt);
    const sessions = [...others, session];
    let { watermark } = this.#state;
    while (sessions.length > MAX_SESSIONS || jsonBytes(sessions.map(sessionToJson)) > MAX_SESSION_BYTES) {
      watermark = Math.max(watermark, sessions.shift()?.instanceNumber ?? -1);
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

function storedResult(session: SessionState): Pick<UpdateResult, "outcome" | "instanceNumber"> {
  return {
    outcome: session.applied ? "applied" : "condition_failed",
    instanceNumber: session.instanceNumber,
  };
}
