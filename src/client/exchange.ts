// Requests over UDP: sent again until they are answered or too late.
import type { ClientRequest, ClientResponse } from "../replica/requests.ts";
import { type DatagramSocket, receiveAll } from "../runtime/datagram_socket.ts";
import type { Seal } from "../runtime/secret.ts";
import { decodeDatagram, encodeRequests } from "../wire/datagram.ts";

/** The first wait before a request is sent again, in milliseconds; it doubles up to `MAX_PAUSE_MS`. */
export const MIN_PAUSE_MS = 50;
/** The longest wait before a request is sent again, in milliseconds. */
export const MAX_PAUSE_MS = 500;

/** What is to be asked, but for the request's ID. */
export type Question = ClientRequest extends infer R ? R extends ClientRequest ? Omit<R, "requestId"> : never : never;

/** When to ask. */
export interface AskOptions {
  /** How long to wait for an answer, in milliseconds from now. */
  readonly timeoutMs: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

/** A node and where it is. */
export type NodeAt = readonly [uid: string, address: Deno.NetAddr];

interface Pending {
  readonly node: NodeAt;
  readonly request: ClientRequest;
  readonly finish: (response: ClientResponse | null) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Matches answers with questions: by the ID of the request, and only from where it was asked. With a shared secret both bear its
 * tag, and what does not is no answer.
 */
export class Exchange {
  #pending = new Map<string, Pending>();
  /** What is to be sent before anything else happens, by the node that is asked. */
  #outbox = new Map<string, Pending[]>();
  #closed = false;

  /** Uses the socket until `close`; `seal` proves datagrams in this client's name, where there is a secret. */
  constructor(readonly socket: DatagramSocket, readonly seal: Seal | null = null) {
    receiveAll(socket, (bytes, from) => this.#received(bytes, from)).catch(() => this.close());
  }

  /** Asks a node; `null` if no answer comes in time. All copies of the request bear one ID, by which the node knows them. */
  ask(node: NodeAt, question: Question, options: AskOptions): Promise<ClientResponse | null> {
    const { timeoutMs, signal } = options;
    if (signal?.aborted || this.#closed) return Promise.resolve(null);
    const requestId = crypto.randomUUID();
    const deadlineMs = performance.now() + timeoutMs;
    const { promise, resolve, reject } = Promise.withResolvers<ClientResponse | null>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let pauseMs = MIN_PAUSE_MS;
    const send = () => {
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0) return finish(null);
      this.#sendSoon(pending);
      timer = setTimeout(send, Math.min(pauseMs, leftMs));
      pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
    };
    const finish = (response: ClientResponse | null) => {
      clearTimeout(timer);
      this.#pending.delete(requestId);
      signal?.removeEventListener("abort", giveUp);
      resolve(response);
    };
    const giveUp = () => finish(null);
    signal?.addEventListener("abort", giveUp);
    const pending: Pending = { node, request: { ...question, requestId }, finish, fail: reject };
    this.#pending.set(requestId, pending);
    send();
    return promise;
  }

  /** Whether it is at its end. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Ends all waits, and closes the socket. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.socket.close();
    for (const { finish } of [...this.#pending.values()]) finish(null);
  }

  /** What is asked of one node in one go travels together. */
  #sendSoon(pending: Pending): void {
    const [uid] = pending.node;
    const others = this.#outbox.get(uid);
    if (others !== undefined) return void others.push(pending);
    if (this.#outbox.size === 0) queueMicrotask(() => this.#sendAll());
    this.#outbox.set(uid, [pending]);
  }

  #sendAll(): void {
    for (const [uid, all] of this.#outbox) {
      const [, address] = all[0]!.node;
      for (const datagram of encodeRequests(all.map(({ request }) => request))) {
        const bytes = this.seal === null ? datagram : this.seal.seal(uid, datagram);
        this.socket.send(bytes, address).catch((error) => {
          // A datagram that cannot be sent now is one of those that are lost, unless this program may not send at all.
          if (error instanceof Deno.errors.NotCapable) { for (const { fail } of all) fail(error); }
        });
      }
    }
    this.#outbox.clear();
  }

  #received(bytes: Uint8Array, from: Deno.NetAddr): void {
    const opened = this.seal === null ? { sender: null, payload: bytes } : this.seal.open(bytes);
    if ("refused" in opened) return;
    const decoded = decodeDatagram(opened.payload);
    if (decoded.kind !== "responses") return;
    for (const response of decoded.responses) {
      const pending = this.#pending.get(response.requestId);
      if (pending === undefined) continue;
      const [uid, { hostname, port }] = pending.node;
      if (opened.sender !== null && opened.sender !== uid) continue;
      if (hostname === from.hostname && port === from.port) pending.finish(response);
    }
  }
}
