// Who runs the command: decided from what was read, what became of tries, and one's own clock; nothing else.
import type { ProposeOutcome } from "../client/client.ts";
import type { Condition } from "../replica/link.ts";

// All of it is measured on the holder's clock from before it sent the write that last succeeded. A contender measures a whole ttl
// on its own clock from having read that write, which is later. With clocks that are each off by up to 2.5 % it takes the value
// no earlier than 1 / 1.025 = 0.975 ttl after that sending, and the command was killed no later than 0.8 / 0.975 = 0.82 ttl after
// it. The 0.15 ttl in between are for a machine that is slow to wake a process, or to end one.

/** After this part of the ttl the holder writes again. What is left until it has to stop is for retries. */
const RENEW = 1 / 3;
/** After this part of the ttl without another write the command is asked to end. */
const STOP = 0.6;
/** After this part of the ttl it is killed. What is in between is for the command to end in order. */
const KILL = 0.8;
/** So often a contender reads, as a part of the ttl: by so much later than a ttl it takes over. */
const LOOK = 0.1;

/** How long a lease lasts, in milliseconds from before its write was sent. */
export function leaseMs(ttlMs: number): { readonly stopMs: number; readonly killMs: number } {
  return { stopMs: STOP * ttlMs, killMs: KILL * ttlMs };
}

/** The right to run the command. */
export interface Lease {
  /** The instance that gave the right: higher than that of any holder before. Renewals do not change it. */
  readonly fence: number;
  /** The instance of the last renewal. */
  readonly instanceNumber: number;
  /** When the command has to be asked to end, on the local clock. */
  readonly stopAtMs: number;
  /** When it has to be killed, on the local clock. */
  readonly killAtMs: number;
}

/** What to do next. */
export type Step =
  /** Nothing until then, on the local clock. */
  | { readonly kind: "wait"; readonly untilMs: number }
  /** Read the value, and tell `observed` or `notObserved`. */
  | { readonly kind: "look" }
  /** Write the value under this condition, and tell `tried`. */
  | { readonly kind: "try"; readonly condition: Condition; readonly timeoutMs: number };

/**
 * One machine's part in an election: it contends, or it holds the lease. Times are milliseconds on any clock that never goes back
 * and whose rate is off by 2.5 % at most; every contender has the same ttl.
 */
export class Election {
  #lease: Lease | null = null;
  /** What stands, and when it may be taken if it still stands then. */
  #seen: { readonly instanceNumber: number | null; readonly takeAtMs: number } | null = null;
  #nextAtMs = -Infinity;

  /** `ttlMs`: after so long without a change a contender takes the value. */
  constructor(readonly ttlMs: number) {}

  /** The right to run the command, if `next` has found it to be there still; else `null`. */
  get lease(): Lease | null {
    return this.#lease;
  }

  /** What to do now. */
  next(nowMs: number): Step {
    const { stopMs } = leaseMs(this.ttlMs);
    if (this.#lease !== null && nowMs >= this.#lease.stopAtMs) this.lose();
    const lease = this.#lease;
    if (nowMs < this.#nextAtMs) {
      return { kind: "wait", untilMs: Math.min(this.#nextAtMs, lease?.stopAtMs ?? Infinity) };
    }
    if (lease !== null) return attempt(lease.instanceNumber, lease.stopAtMs - nowMs);
    if (this.#seen !== null && nowMs >= this.#seen.takeAtMs) return attempt(this.#seen.instanceNumber, stopMs);
    return { kind: "look" };
  }

  /** The value that stands was decided by this instance; `null` if there is none, which nobody can hold. */
  observed(instanceNumber: number | null, nowMs: number): void {
    if (this.#seen === null || this.#seen.instanceNumber !== instanceNumber) {
      this.#seen = { instanceNumber, takeAtMs: instanceNumber === null ? nowMs : nowMs + this.ttlMs };
    }
    this.#nextAtMs = Math.min(nowMs + LOOK * this.ttlMs, Math.max(nowMs, this.#seen.takeAtMs));
  }

  /** The value could not be read. What was seen before may stand still; the condition of a try finds out. */
  notObserved(nowMs: number): void {
    this.#nextAtMs = nowMs + LOOK * this.ttlMs;
  }

  /** What became of a try; `sentAtMs` is a moment before it was begun. */
  tried(outcome: ProposeOutcome, sentAtMs: number, nowMs: number): void {
    const { stopMs, killMs } = leaseMs(this.ttlMs);
    const isOver = this.#lease !== null && nowMs >= this.#lease.stopAtMs;
    switch (outcome.outcome) {
      case "chosen": {
        const { instanceNumber } = outcome;
        if (isOver || nowMs >= sentAtMs + stopMs) return this.lose();
        const fence = this.#lease?.fence ?? instanceNumber;
        this.#lease = { fence, instanceNumber, stopAtMs: sentAtMs + stopMs, killAtMs: sentAtMs + killMs };
        this.#nextAtMs = sentAtMs + RENEW * this.ttlMs;
        return;
      }
      case "not_chosen":
        this.lose();
        this.#nextAtMs = nowMs + LOOK * this.ttlMs;
        return;
      case "unknown":
        // It may be chosen yet. Another try has the same condition, and of all of them one can succeed at most.
        this.#nextAtMs = nowMs + LOOK * this.ttlMs;
    }
  }

  /** The lease, if there was one, is over; what stands has to be read anew. */
  lose(): void {
    this.#lease = null;
    this.#seen = null;
    this.#nextAtMs = -Infinity;
  }
}

function attempt(instanceNumber: number | null, timeoutMs: number): Step {
  const condition: Condition = instanceNumber === null
    ? { kind: "value", value: null }
    : { kind: "instance", instanceNumber };
  return { kind: "try", condition, timeoutMs };
}
