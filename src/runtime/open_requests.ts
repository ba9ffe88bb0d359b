import type { ClientAddress, Input } from "../replica/ports.ts";

/** Beyond so many, those whose time is over are forgotten. */
const MANY = 1000;

/** The questions of clients that a node has taken and not answered yet, so that it can end when it has answered them. */
export class OpenRequests {
  /** By client and request, until when its client waits for it. */
  readonly #untilMs = new Map<string, number>();

  /** A question has come. Those who watch wait for whatever comes, and are no reason to stay. */
  came(input: Input, nowMs: number): void {
    if (input.kind !== "request") return;
    const { from, request } = input;
    if (request.operation !== "propose" && request.operation !== "get") return;
    if (this.#untilMs.size >= MANY) this.#forgetLate(nowMs);
    this.#untilMs.set(`${from} ${request.requestId}`, nowMs + request.timeoutMs);
  }

  /** An answer has left. */
  answered(to: ClientAddress, requestId: string): void {
    this.#untilMs.delete(`${to} ${requestId}`);
  }

  /** Whether somebody waits still. */
  hasAny(nowMs: number): boolean {
    this.#forgetLate(nowMs);
    return this.#untilMs.size > 0;
  }

  #forgetLate(nowMs: number): void {
    for (const [key, untilMs] of this.#untilMs) if (untilMs <= nowMs) this.#untilMs.delete(key);
  }
}
