// The sessions of a client: each carries one update at a time, so as many are open as updates are outstanding.
import type { SessionTag } from "../replica/link.ts";
import type { SessionName } from "../replica/register.ts";

/** How many updates of one client may be outstanding. The nodes remember 512 sessions in all: no client should use them up. */
export const MAX_OUTSTANDING = 64;

/**
 * A session that was idle for longer is not used again, in milliseconds: where other clients were busy meanwhile, the nodes may not
 * know it any more, and could not say of its next update whether it was applied.
 */
export const MAX_IDLE_MS = 10_000;

interface Session {
  readonly name: SessionName;
  readonly sequence: number;
  readonly usedAtMs: number;
}

/** The leave to have one update outstanding, and a session for it, if one was idle. */
export interface Loan {
  /** Marks the update: the same for all copies of it. `null`: a session has to be opened. */
  readonly tag: SessionTag | null;
}

/** Lends sessions. */
export class SessionPool {
  /** The one used last is at the end. */
  #idle: Session[] = [];
  #outstanding = 0;
  #waiting = new Set<(granted: boolean) => void>();

  /** Lends, as soon as there is room; `null` if there is none in time. */
  async take(timeoutMs: number): Promise<Loan | null> {
    if (this.#outstanding < MAX_OUTSTANDING) this.#outstanding++;
    else if (!await this.#room(timeoutMs)) return null;
    const session = this.#idle.pop();
    if (session === undefined || performance.now() - session.usedAtMs > MAX_IDLE_MS) {
      // The others were idle for even longer.
      this.#idle = [];
      return { tag: null };
    }
    return { tag: { ...session.name, sequence: session.sequence + 1 } };
  }

  /** Takes back what `take` has lent, with the session if it is good for another update. */
  giveBack(session: SessionTag | null): void {
    if (session !== null) {
      const { openedAt, id, sequence } = session;
      this.#idle.push({ name: { openedAt, id }, sequence, usedAtMs: performance.now() });
    }
    const [next] = this.#waiting;
    if (next === undefined) this.#outstanding--;
    else next(true);
  }

  #room(timeoutMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const finish = (granted: boolean) => {
      clearTimeout(timer);
      this.#waiting.delete(finish);
      resolve(granted);
    };
    const timer = setTimeout(() => finish(false), timeoutMs);
    this.#waiting.add(finish);
    return promise;
  }
}
