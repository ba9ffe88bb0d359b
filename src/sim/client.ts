import type { ClientRequest, ClientResponse } from "../replica/requests.ts";
import type { OperationOutcome, RecordedOperation } from "./checkers/history.ts";
import type { ClientOperation } from "./events.ts";

/** How long a node shall try for a simulated client, in milliseconds. */
export const NODE_TIMEOUT_MS = 5000;

interface Pending {
  readonly operation: ClientOperation;
  readonly uid: string;
  readonly call: number;
  request: ClientRequest;
}

/** A client: asks one thing at a time, of one node, and writes down what it asked and was answered. */
export class SimClient {
  #finished: RecordedOperation[] = [];
  #pending: Pending | null = null;
  #requests = 0;
  #calls = 0;

  /** `number` names the client. */
  constructor(readonly number: number) {}

  /** Its address. */
  get address(): string {
    return `client${this.number}`;
  }

  /** What it has asked and been answered so far; what it waits for is still open. */
  get history(): readonly RecordedOperation[] {
    if (this.#pending === null) return this.#finished;
    const { operation, call } = this.#pending;
    return [...this.#finished, { client: this.number, call, return: null, operation, outcome: { type: "unknown" } }];
  }

  /** How often it has asked. */
  get calls(): number {
    return this.#calls;
  }

  /** Whether it waits for an answer. */
  get busy(): boolean {
    return this.#pending !== null;
  }

  /** Asks; answers with the request to send to the node. A write first asks for the node's life. */
  call(operation: ClientOperation, uid: string, now: number): ClientRequest {
    const requestId = this.#newRequestId();
    const request: ClientRequest = operation.type === "write"
      ? { operation: "open", requestId }
      : { operation: "get", requestId, local: false, timeoutMs: NODE_TIMEOUT_MS };
    this.#pending = { operation, uid, call: now, request };
    this.#calls++;
    return request;
  }

  /** The request to send again, and the node that it is for. */
  retry(): { readonly uid: string; readonly request: ClientRequest } | null {
    return this.#pending;
  }

  /** Takes a response; answers with a further request if there is more to ask. */
  receive(response: ClientResponse, now: number): ClientRequest | null {
    const pending = this.#pending;
    if (pending === null || response.requestId !== pending.request.requestId) return null;
    const { operation } = pending;
    switch (response.result) {
      case "opened":
        if (operation.type !== "write") return null;
        return pending.request = {
          operation: "propose",
          requestId: this.#newRequestId(),
          life: response.life,
          value: operation.value,
          timeoutMs: NODE_TIMEOUT_MS,
        };
      case "proposed":
        if (response.outcome === "unknown") this.#finish({ type: "unknown" }, null);
        else this.#finish({ type: response.outcome, instanceNumber: response.instanceNumber }, now);
        return null;
      case "value":
        this.#finish({ type: "ok", value: response.value, instanceNumber: response.valueInstanceNumber }, now);
        return null;
      case "refused":
        if (operation.type === "write") this.#finish({ type: "not_chosen" }, now);
        else this.#finish({ type: "unknown" }, null);
        return null;
      case "status":
        return null;
    }
  }

  /** Waits no longer: the outcome stays open for ever. */
  giveUp(): void {
    if (this.#pending !== null) this.#finish({ type: "unknown" }, null);
  }

  #finish(outcome: OperationOutcome, end: number | null): void {
    const { operation, call } = this.#pending!;
    this.#finished.push({ client: this.number, call, return: end, operation, outcome });
    this.#pending = null;
  }

  #newRequestId(): string {
    return `${this.number}.${++this.#requests}`;
  }
}
