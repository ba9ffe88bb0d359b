// A load on a cluster: a closed loop of many clients in one process, as cheap as may be, so that what is measured is the cluster.
import type { ClientRequest, ClientResponse } from "../replica/requests.ts";
import type { SessionName } from "../replica/register.ts";
import { type DatagramSocket, receiveAll } from "../runtime/datagram_socket.ts";
import { decodeDatagram, encodeRequests } from "../wire/datagram.ts";
import type { NodeAt } from "./exchange.ts";

/** The waits before a request is sent again, in milliseconds: the first, and the longest. */
const [MIN_PAUSE_MS, MAX_PAUSE_MS] = [50, 500];
/** How often it is looked what has to be sent again, in milliseconds. */
const SWEEP_MS = 10;
/** After so many copies without an answer the next node is asked. */
const COPIES = 3;
/** How long a node shall try, in milliseconds. */
const NODE_TIMEOUT_MS = 5000;

/** What the clients do. */
export type LoadOperation = "write" | "read";

/** What came of a load. */
export interface LoadResult {
  /** How long it took, in milliseconds. */
  readonly elapsedMs: number;
  /** How long each operation took, in milliseconds, ascending. */
  readonly latenciesMs: Float64Array;
  /** How many were refused, or had an outcome that nobody knows. */
  readonly errors: number;
}

/** One client: it asks one thing at a time. */
interface LoadClient {
  session: SessionName | null;
  sequence: number;
  request: ClientRequest | null;
  beganMs: number;
  dueMs: number;
  pauseMs: number;
  copies: number;
}

/** Many clients behind one socket: what they ask in one go shares datagrams. */
export class Load {
  readonly #clients: LoadClient[];
  readonly #waiting = new Map<string, LoadClient>();
  readonly #name = crypto.randomUUID().slice(0, 8);
  readonly #outbox: ClientRequest[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  #operation: LoadOperation = "write";
  #target = 0;
  #requests = 0;
  #running = false;
  #latenciesMs: number[] = [];
  #errors = 0;

  /** `value` is what is written; the clients ask the first of the nodes, and another one where it is silent. */
  constructor(
    readonly socket: DatagramSocket,
    readonly nodes: readonly NodeAt[],
    clients: number,
    readonly value: string,
  ) {
    this.#clients = Array.from({ length: clients }, () => ({
      ...{ session: null, sequence: 0, request: null, beganMs: 0, dueMs: 0, pauseMs: 0, copies: 0 },
    }));
    // The end of the socket ends the load.
    receiveAll(socket, (bytes) => this.#received(bytes), () => this.#flush()).catch(() => this.close());
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /** How many operations have come to an end since the load began. */
  get done(): number {
    return this.#latenciesMs.length;
  }

  /** Lets all clients do this, one thing after the other, for so long; what is under way then is waited for. */
  async run(operation: LoadOperation, forMs: number): Promise<LoadResult> {
    this.#operation = operation;
    this.#latenciesMs = [];
    this.#errors = 0;
    this.#running = true;
    const beganMs = performance.now();
    for (const client of this.#clients) this.#next(client);
    this.#flush();
    await new Promise((resolve) => setTimeout(resolve, forMs));
    const elapsedMs = performance.now() - beganMs;
    const latenciesMs = Float64Array.from(this.#latenciesMs).sort();
    this.#running = false;
    this.#waiting.clear();
    return { elapsedMs, latenciesMs, errors: this.#errors };
  }

  /** Ends all of it, and closes the socket. */
  close(): void {
    clearInterval(this.#timer);
    this.#running = false;
    this.socket.close();
  }

  #next(client: LoadClient): void {
    const requestId = `${this.#name}.${this.#requests++}`;
    const { session } = client;
    if (this.#operation === "read") {
      client.request = { operation: "get", requestId, local: false, timeoutMs: NODE_TIMEOUT_MS };
    } else if (session === null) client.request = { operation: "open", requestId };
    else {
      const update = { value: this.value, session: { ...session, sequence: ++client.sequence } };
      client.request = { operation: "propose", requestId, life: null, update, timeoutMs: NODE_TIMEOUT_MS };
    }
    client.beganMs = performance.now();
    client.copies = 0;
    client.pauseMs = MIN_PAUSE_MS;
    this.#waiting.set(requestId, client);
    this.#send(client, client.request);
  }

  #send(client: LoadClient, request: ClientRequest): void {
    client.dueMs = performance.now() + client.pauseMs;
    client.pauseMs = Math.min(client.pauseMs * 2, MAX_PAUSE_MS);
    client.copies++;
    this.#outbox.push(request);
  }

  #flush(): void {
    if (this.#outbox.length === 0) return;
    const [, address] = this.nodes[this.#target]!;
    // What cannot be sent is lost on the way, and sent again.
    for (const bytes of encodeRequests(this.#outbox)) this.socket.send(bytes, address).catch(() => {});
    this.#outbox.length = 0;
  }

  #sweep(): void {
    const nowMs = performance.now();
    for (const client of this.#waiting.values()) {
      if (client.dueMs > nowMs) continue;
      if (client.request === null) this.#next(client);
      else {
        if (client.copies % COPIES === 0) this.#target = (this.#target + 1) % this.nodes.length;
        this.#send(client, client.request);
      }
    }
    this.#flush();
  }

  #received(bytes: Uint8Array): void {
    const decoded = decodeDatagram(bytes);
    if (decoded.kind !== "responses" || !this.#running) return;
    for (const response of decoded.responses) {
      const client = this.#waiting.get(response.requestId);
      if (client === undefined) continue;
      this.#waiting.delete(response.requestId);
      this.#answered(client, response);
    }
  }

  #answered(client: LoadClient, response: ClientResponse): void {
    if (response.result === "opened" && response.session !== null) {
      client.session = response.session;
      client.sequence = 0;
      return this.#next(client);
    }
    if (response.result === "value" || (response.result === "proposed" && response.outcome === "chosen")) {
      this.#latenciesMs.push(performance.now() - client.beganMs);
      return this.#next(client);
    }
    if (response.result === "redirected" && client.request !== null) {
      const master = this.nodes.findIndex(([uid]) => uid === response.masterUid);
      if (master >= 0) this.#target = master;
      this.#waiting.set(response.requestId, client);
      return this.#send(client, client.request);
    }
    this.#errors++;
    // Nobody can say what became of the update, so the session may be of no more use; and whoever is refused waits a little.
    client.session = null;
    client.request = null;
    client.dueMs = performance.now() + MIN_PAUSE_MS;
    this.#waiting.set(response.requestId, client);
  }
}

/** The latency that so many of a hundred operations did not exceed, in milliseconds; `null` where there was none. */
export function percentile(latenciesMs: Float64Array, percent: number): number | null {
  return latenciesMs[Math.min(Math.floor(latenciesMs.length * percent / 100), latenciesMs.length - 1)] ?? null;
}
