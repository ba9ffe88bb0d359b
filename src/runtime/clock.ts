import type { Env } from "../replica/ports.ts";

/** What tells the time: two clocks, as the system has them. */
export interface Clocks {
  /** Milliseconds that pass while the machine runs; they may stand still while it is suspended. */
  readonly monotonicMs: () => number;
  /** Milliseconds of the wall clock, which also runs while the machine is suspended, and jumps when somebody sets it. */
  readonly wallMs: () => number;
}

const SYSTEM: Clocks = { monotonicMs: () => performance.now(), wallMs: () => Date.now() };

/** The wall clock is read in whole milliseconds and is adjusted all the time: less than this is no jump, in milliseconds. */
const JUMP_MS = 20;

/** Time and chance of a real machine. `clocks` are the system's, unless a test has others. */
export function systemEnv({ monotonicMs, wallMs }: Clocks = SYSTEM): Required<Env> {
  // What the wall clock is ahead of the other one: followed while it changes slowly, and then a jump stands out.
  let aheadMs = wallMs() - monotonicMs();
  let sleptMs = 0;
  return {
    now: monotonicMs,
    nowAtLatest() {
      const nowMs = monotonicMs();
      const jumpMs = wallMs() - nowMs - aheadMs;
      if (Math.abs(jumpMs) > JUMP_MS) {
        // Back: somebody has set the clock, and nobody has slept.
        sleptMs += Math.max(jumpMs, 0);
        aheadMs += jumpMs;
      }
      return nowMs + sleptMs;
    },
    random: Math.random,
  };
}
