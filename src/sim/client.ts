import type { SessionTag } from "../replica/link.ts";
import type { SessionName } from "../replica/register.ts";
import type { ClientRequest, ClientResponse, ProposedResult } from "../replica/requests.ts";
import type { OperationOutcome, RecordedOperation } from "./checkers/history.ts";
import type { ClientOperation } from "./events.ts";

/** How long a node shall try for a simulated client, in milliseconds. */
export const NODE_TIMEOUT_MS = 5000;

/** After so many updates a client opens another session: the table of the nodes has to drop one. */
const UPDATES_A_SESSION = 3;

interface Pending {
  readonly operation: ClientOperation;
  readonly call: number;
  request: ClientRequest;
}

/**
 * A client: asks one thing at a time, and writes down what it asked and was answered. It may ask again at any node, at any time:
 * an update bears a session, and is applied once.
 */
export class SimClient {
  #finished: RecordedOperation[] = [];
  #pending: Pending | null = null;
  #session: SessionName | null = null;
  #sequence = 0;
  #lastSeen: string | null = null;
  #requests = 0;
  #calls = 0;
  /** Whether it has asked whom it was redirected to. */
  #followed = false;

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

  /** The value that it knew last. */
  get lastSeen(): string | null {
    return this.#lastSeen;
  }

  /** Asks; answers with the request to send. An update needs a session, which may have to be opened first. */
  call(operation: ClientOperation, now: number): ClientRequest {
    this.#calls++;
    this.#followed = false;
    const request: ClientRequest = operation.type === "read"
      ? { operation: "get", requestId: this.#newRequestId(), local: false, timeoutMs: NODE_TIMEOUT_MS }
      : this.#session === null
      ? { operation: "open", requestId: this.#newRequestId() }
      : this.#update(operation, this.#session);
    this.#pending = { operation, call: now, request };
    return request;
  }

  /** The request to send again; only while it is busy. */
  retry(): ClientRequest {
    this.#followed = false;
    return this.#pending!.request;
  }

  /** Takes a response; answers with a further request, and whom to ask, if there is more to ask. */
  receive(response: ClientResponse, now: number): { readonly to: string; readonly request: ClientRequest } | null {
    if (response.result === "redirected") return this.#follow(response, response.masterUid);
    const request = this.#next(response, now);
    return request && { to: response.node, request };
  }

  /** Asks the master, once a question: two nodes may take each other for it. */
  #follow({ requestId }: ClientResponse, to: string): { readonly to: string; readonly request: ClientRequest } | null {
    const pending = this.#pending;
    if (pending === null || pending.request.requestId !== requestId || this.#followed) return null;
    this.#followed = true;
    const { request } = pending;
    // What is meant for the life of one node, which will not do it, is asked of the other anew.
    const isOfOneLife = request.operation === "propose" && request.life !== null;
    if (isOfOneLife) pending.request = { operation: "open", requestId: this.#newRequestId() };
    return { to, request: pending.request };
  }

  #next(response: ClientResponse, now: number): ClientRequest | null {
    const pending = this.#pending;
    if (pending === null || response.requestId !== pending.request.requestId) return null;
    const { operation } = pending;
    switch (response.result) {
      case "opened":
        if (operation.type === "read") return null;
        if (response.session === null) return this.#plainly(operation, response.life);
        this.#session = response.session;
        this.#sequence = 0;
        return pending.request = this.#update(operation, response.session);
      case "proposed":
        this.#proposed(operation, response, now);
        return null;
      case "value":
        this.#lastSeen = response.value;
        this.#finish({ type: "ok", value: response.value, instanceNumber: response.valueInstanceNumber }, now);
        return null;
      default:
        return null;
    }
  }

  /** Waits no longer: the outcome stays open for ever. */
  giveUp(): void {
    if (this.#pending !== null) this.#finish({ type: "unknown" }, null);
  }

  /** A node that takes a silent peer for one of the ancestor gives no session: then a write is for this node in its present life. */
  #plainly(operation: ClientOperation, life: string): ClientRequest | null {
    if (operation.type !== "write") return null;
    const update = { value: operation.value };
    const request = {
      operation: "propose",
      requestId: this.#newRequestId(),
      life,
      update,
      timeoutMs: NODE_TIMEOUT_MS,
    } as const;
    return this.#pending!.request = request;
  }

  #update(operation: Exclude<ClientOperation, { type: "read" }>, session: SessionName): ClientRequest {
    const tag: SessionTag = { ...session, sequence: ++this.#sequence };
    const condition = operation.type === "compareAndSet"
      ? { condition: { kind: "value", value: operation.expected } as const }
      : {};
    const update = { value: operation.value, session: tag, ...condition };
    return { operation: "propose", requestId: this.#newRequestId(), life: null, update, timeoutMs: NODE_TIMEOUT_MS };
  }

  #proposed(operation: ClientOperation, { outcome, instanceNumber }: ProposedResult, now: number): void {
    if (outcome === "unknown") {
      this.#session = null;
      return this.#finish({ type: "unknown" }, null);
    }
    if (outcome === "chosen" && operation.type !== "read") this.#lastSeen = operation.value;
    if (this.#sequence >= UPDATES_A_SESSION) this.#session = null;
    this.#finish(outcome === "chosen" ? { type: "chosen", instanceNumber } : { type: "not_chosen" }, now);
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
