/** What the system offers. */
export interface SystemTimers {
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  /** Calls `fire` after the delay. */
  set(fire: () => void, delayMs: number): unknown;
  /** Forgets that. */
  clear(id: unknown): void;
}

const SYSTEM: SystemTimers = {
  now: () => performance.now(),
  set: (fire, delayMs) => setTimeout(fire, delayMs),
  clear: (id) => clearTimeout(id as ReturnType<typeof setTimeout>),
};

interface Timer {
  /** What is to be called; `null` after a cancel. */
  fire: (() => void) | null;
  /** When, on the system's clock. */
  dueMs: number;
  /** When the system's timer goes off: not later than that. */
  readonly wakesMs: number;
  readonly id: unknown;
}

/**
 * Timers with names: to set one again is to replace it.
 *
 * A node sets and cancels its timers with each link, and nearly none of them ever goes off. So the system's timer is left alone where
 * it goes off early enough, and then set anew if need be.
 */
export class Timers {
  #timers = new Map<string, Timer>();

  /** Uses the real clock unless another is given. */
  constructor(readonly system: SystemTimers = SYSTEM) {}

  /** Calls `fire` after the delay, unless the timer of that name is set again or cancelled before. */
  set(name: string, delayMs: number, fire: () => void): void {
    const dueMs = this.system.now() + delayMs;
    const timer = this.#timers.get(name);
    if (timer !== undefined && timer.wakesMs <= dueMs) {
      timer.dueMs = dueMs;
      timer.fire = fire;
      return;
    }
    if (timer !== undefined) this.system.clear(timer.id);
    const id = this.system.set(() => this.#wake(name), delayMs);
    this.#timers.set(name, { fire, dueMs, wakesMs: dueMs, id });
  }

  /** Forgets the timer, if there is one. */
  cancel(name: string): void {
    const timer = this.#timers.get(name);
    if (timer !== undefined) timer.fire = null;
  }

  /** Forgets all of them, and leaves nothing behind for the system to wait for. */
  clear(): void {
    for (const { id } of this.#timers.values()) this.system.clear(id);
    this.#timers.clear();
  }

  #wake(name: string): void {
    const timer = this.#timers.get(name);
    this.#timers.delete(name);
    if (timer === undefined || timer.fire === null) return;
    const leftMs = timer.dueMs - this.system.now();
    // The system counts whole milliseconds.
    if (leftMs < 1) timer.fire();
    else this.set(name, leftMs, timer.fire);
  }
}
