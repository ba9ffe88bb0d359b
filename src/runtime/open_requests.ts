import type { ClientAddress, Input } from "../replica/ports.ts";

/** So many are remembered; more than a node has open at a time, for its queues are shorter. One more, and the oldest is forgotten. */
export const MAX_OPEN = 4096;

/** The questions of clients that a node has taken and not answered yet, so that it can end when it has answered them. */
export class OpenRequests {
  /** By client and request, until when its client waits for it. */
  readonly #untilMs = new Map<string, number>();

  /** A question has come. Those who watch wait for whatever comes, and are no reason to stay. */
  came(input: Input, nowMs: number): void {
    if (input.kind !== "request") return;
    const { from, request } = input;
    if (request.operation !== "propose" && request.operation !== "get") return;
    this.#untilMs.set(`${from} ${request.requestId}`, nowMs + request.timeoutMs);
    const [oldest] = this.#untilMs.keys();
    if (this.#untilMs.size > MAX_OPEN && oldest !== undefined) this.#untilMs.delete(oldest);
  }

  /** How many are remembered, late ones too until `forgetLate`. */
  get size(): number {
    return this.#untilMs.size;
  }

  /** An answer has left. */
  answered(to: ClientAddress, requestId: string): void {
    this.#untilMs.delete(`${to} ${requestId}`);
  }

  /** Whether somebody waits still. */
  hasAny(nowMs: number): boolean {
    this.forgetLate(nowMs);
    return this.#untilMs.size > 0;
  }

  /** Forgets the questions for whose answers nobody waits any more. */
  forgetLate(nowMs: number): void {
    for (const [key, untilMs] of this.#untilMs) if (untilMs <= nowMs) this.#untilMs.delete(key);
  }
}
