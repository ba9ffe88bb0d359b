// The sessions of a client: each carries one update at a time, so as many are open as updates are outstanding.
import type { SessionTag } from "../replica/link.ts";
import type { SessionName } from "../replica/register.ts";

/** How many idle sessions a client keeps. The nodes remember 512 in all, so no client should hoard them. */
const MAX_IDLE = 64;

interface Session {
  readonly name: SessionName;
  sequence: number;
}

/** A session that was lent for one update. */
export interface Loan {
  /** Marks the update: the same for all copies of it. */
  readonly tag: SessionTag;
  /** Gives the session back for the next update. One that has expired must not be given back. */
  giveBack(): void;
}

/** Lends sessions, and opens new ones where none is idle. */
export class SessionPool {
  #idle: Session[] = [];

  /** An idle session; `null` if there is none. */
  take(): Loan | null {
    const session = this.#idle.pop();
    return session === undefined ? null : this.#lend(session);
  }

  /** A session that was opened just now. */
  open(name: SessionName): Loan {
    return this.#lend({ name, sequence: 0 });
  }

  #lend(session: Session): Loan {
    const tag = { ...session.name, sequence: ++session.sequence };
    return {
      tag,
      giveBack: () => {
        if (this.#idle.length < MAX_IDLE) this.#idle.push(session);
      },
    };
  }
}
