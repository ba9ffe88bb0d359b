import { PaxosClient } from "../../src/client/client.ts";
import type { ClientRequest, ClientResponse, ClientResult } from "../../src/replica/requests.ts";
import { type DatagramSocket, openSocket, receiveAll } from "../../src/runtime/datagram_socket.ts";
import { decodeDatagram, encodeResponse } from "../../src/wire/datagram.ts";
import { assert } from "../assert.ts";

/** What a fake node answers to a request that was sent so many times before. */
export type Script = (request: ClientRequest, copy: number) => readonly ClientResult[];

/** A node of the test's making: answers as it is told, and remembers what it was asked. */
export class FakeNode implements Disposable {
  readonly asked: ClientRequest[] = [];
  readonly raw: string[] = [];
  readonly socket: DatagramSocket = openSocket({ hostname: "127.0.0.1", port: 0 });
  /** Where the last request came from. */
  client: Deno.NetAddr | null = null;

  constructor(public answer: Script, readonly uid = "A") {
    receiveAll(this.socket, (bytes, from) => {
      const decoded = decodeDatagram(bytes);
      if (decoded.kind === "propose") this.raw.push(decoded.value);
      if (decoded.kind !== "requests") return;
      this.client = from;
      for (const request of decoded.requests) this.#take(request);
    });
  }

  #take(request: ClientRequest): void {
    const copy = this.asked.filter(({ requestId }) => requestId === request.requestId).length;
    this.asked.push(request);
    for (const result of this.answer(request, copy)) {
      this.respond({ ...result, requestId: request.requestId, node: this.uid });
    }
  }

  /** Sends an answer, by another socket if one is given. */
  respond(response: ClientResponse, from: DatagramSocket = this.socket): void {
    if (this.client !== null) from.send(encodeResponse(response), this.client);
  }

  /** The sessions and sequence numbers of the updates that it was asked to propose, each once. */
  get tags(): string[] {
    const tags = this.asked.flatMap((request) => {
      if (request.operation !== "propose") return [];
      const { session } = request.update;
      assert(session !== undefined && request.life === null);
      return [`${session.id} ${session.sequence}`];
    });
    return [...new Set(tags)];
  }

  get address(): { host: string; port: number } {
    return { host: "127.0.0.1", port: (this.socket.addr as Deno.NetAddr).port };
  }

  [Symbol.dispose](): void {
    this.socket.close();
  }
}

/** A client of these nodes alone. */
export async function clientOf(...nodes: FakeNode[]): Promise<PaxosClient> {
  return await PaxosClient.open({ nodes: Object.fromEntries(nodes.map((node) => [node.uid, node.address])) });
}

/** The same, that asks the first of them first where any will do: it has answered last. */
export async function clientThatPrefers(...nodes: [FakeNode, ...FakeNode[]]): Promise<PaxosClient> {
  const client = await clientOf(...nodes);
  const [{ answer, uid }] = nodes;
  nodes[0].answer = () => [value(null)];
  assert((await client.get(uid)).outcome === "value");
  nodes[0].answer = answer;
  nodes[0].asked.length = 0;
  return client;
}

/** The life of a node in a cluster without sessions. */
export const LIFE: ClientResult = { result: "opened", life: "l", session: null };
export const CHOSEN: ClientResult = { result: "proposed", outcome: "chosen", instanceNumber: 7, reason: null };
export const REFUSED: ClientResult = { result: "refused", reason: "busy" };
export const FAILED: ClientResult = { result: "proposed", outcome: "not_chosen", instanceNumber: 7, reason: "no" };
export const DOUBT: ClientResult = { result: "proposed", outcome: "unknown", instanceNumber: null, reason: "expired" };

export const session = (id: string): ClientResult => ({ result: "opened", life: "l", session: { openedAt: 3, id } });

export const value = (text: string | null): ClientResult => ({
  result: "value",
  value: text,
  valueInstanceNumber: text === null ? null : 2,
  instanceNumber: 3,
  read: "linearizable",
});

export const updates = (from: number, ...values: string[]): ClientResult => ({
  result: "updates",
  from,
  next: from + values.length,
  updates: values.map((value, index) => [from + index, value]),
});

/** Opens session after session, and answers each proposal so. */
export function withSessions(answer: Script): Script {
  let opened = 0;
  const open = new Map<string, ClientResult>();
  return (request, copy) => {
    if (request.operation !== "open") return answer(request, copy);
    const known = open.get(request.requestId) ?? session(`s${++opened}`);
    open.set(request.requestId, known);
    return [known];
  };
}
