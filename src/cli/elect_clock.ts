/**
 * Counts what has passed, in milliseconds: by the monotonic clock or by the wall clock, whichever went further. The monotonic one
 * may stand still while a machine sleeps; a wall clock that is set forward ends a lease early, which is harmless.
 */
export class EagerClock {
  #monotonicMs: number;
  #wallMs: number;
  #nowMs = 0;

  /** The two clocks, in milliseconds. */
  constructor(
    readonly monotonic: () => number = () => performance.now(),
    readonly wall: () => number = () => Date.now(),
  ) {
    this.#monotonicMs = monotonic();
    this.#wallMs = wall();
  }

  /** Since the clock was made, in milliseconds; jumps of the wall clock are seen at each reading, and never taken back. */
  now(): number {
    const [monotonicMs, wallMs] = [this.monotonic(), this.wall()];
    this.#nowMs += Math.max(monotonicMs - this.#monotonicMs, wallMs - this.#wallMs);
    [this.#monotonicMs, this.#wallMs] = [monotonicMs, wallMs];
    return this.#nowMs;
  }
}
