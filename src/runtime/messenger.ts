import type { PeerMessage } from "../replica/messages.ts";
import type { ClientAddress, Input } from "../replica/ports.ts";
import type { ClientResponse } from "../replica/requests.ts";
import { type Decoded, decodeDatagram, encodePeerMessage, encodeResponses } from "../wire/datagram.ts";
import { formatAddress } from "./addresses.ts";
import { type DatagramSocket, openSocket, receiveAll } from "./datagram_socket.ts";
import type { Drops } from "./drops.ts";
import { osCode } from "./errors.ts";
import type { NodeLog } from "./log.ts";
import { isClientName, type Seal } from "./secret.ts";
import { Quickest } from "./quickest.ts";
import { Thrift } from "./thrift.ts";
import type { Timers } from "./timers.ts";
import type { Watchman } from "./watchman.ts";
import { WholeVotes } from "./whole_votes.ts";

/** Datagrams and their bytes, counted from the start of the process. */
export interface Traffic {
  /** Datagrams that left. */
  sent: number;
  /** Their payloads, in bytes. */
  sentBytes: number;
  /** Datagrams that came, whatever they were. */
  received: number;
  /** Their payloads, in bytes. */
  receivedBytes: number;
}

/**
 * Carries a node's messages over UDP. A peer is known by the address that its datagrams come from; whatever is not understood,
 * or comes from a stranger and is not a client's business, is counted and forgotten. With a shared secret a datagram has to bear
 * its tag besides.
 */
export class Messenger {
  /** What came and left so far. */
  readonly traffic: Traffic = { sent: 0, sentBytes: 0, received: 0, receivedBytes: 0 };
  /** Is told what does not come from the nodes of this cluster, though it looks so. */
  watchman: Pick<Watchman, "unproved" | "strange"> | null = null;
  readonly #addresses: ReadonlyMap<string, Deno.NetAddr>;
  readonly #uids: ReadonlyMap<string, string>;
  readonly #quickest: Quickest;
  readonly #thrift: Thrift;
  readonly #votes: WholeVotes = new WholeVotes();
  #decided = -1;
  #flushes = false;
  readonly #responses = new Map<ClientAddress, ClientResponse[]>();
  #lastSent: { readonly message: PeerMessage; readonly bytes: Uint8Array } | null = null;

  /** Listens where node `uid` shall. A `ReportedError` where that cannot be. */
  static open(
    uid: string,
    nodes: ReadonlyMap<string, Deno.NetAddr>,
    drops: Drops,
    timers: Pick<Timers, "set" | "cancel">,
    log: NodeLog,
    seal: Seal | null,
  ): Messenger {
    const own = nodes.get(uid);
    if (own === undefined) throw new RangeError(`There is no address of node ${uid}`);
    // What claims to come from this node itself over the network comes from a stranger.
    return new Messenger(
      openSocket(own),
      new Map([...nodes].filter(([other]) => other !== uid)),
      drops,
      timers,
      log,
      seal,
    );
  }

  /** `peers` are the other nodes; `seal` proves datagrams in this node's name, where there is a secret. */
  constructor(
    readonly socket: DatagramSocket,
    peers: ReadonlyMap<string, Deno.NetAddr>,
    readonly drops: Drops,
    timers: Pick<Timers, "set" | "cancel">,
    readonly log: NodeLog,
    readonly seal: Seal | null = null,
  ) {
    this.#addresses = peers;
    this.#uids = new Map([...peers].map(([uid, address]) => [key(address), uid]));
    this.#quickest = new Quickest(Math.floor((peers.size + 1) / 2));
    this.#thrift = new Thrift(this.#quickest, timers, (toUid, message) => this.#sendNow(toUid, message));
  }

  /** Where it listens. */
  get address(): string {
    return formatAddress(this.socket.addr as Deno.NetAddr);
  }

  /** Hands what comes in to the node, a burst at a time, until `close`. `openRequests` says how many clients' questions wait. */
  run(received: (inputs: readonly Input[]) => void, openRequests: () => number = () => Infinity): Promise<void> {
    let burst: Input[] = [];
    return receiveAll(this.socket, (bytes, from) => {
      this.traffic.received++;
      this.traffic.receivedBytes += bytes.length;
      this.#understand(bytes, from, burst);
    }, () => {
      const inputs = burst;
      burst = [];
      received(inputs);
    }, () => needsNoCompany(burst, openRequests()));
  }

  /** Sends a message to a peer. It may be lost, and be late where others are asked first. */
  send(toUid: string, message: PeerMessage): void {
    this.#thrift.send(toUid, message);
  }

  /** The link of this instance is decided: who was not asked for it is told, after the answers that leave now. */
  decided(instanceNumber: number): void {
    this.#decided = instanceNumber;
    this.#flushSoon();
  }

  #sendNow(toUid: string, message: PeerMessage): void {
    const address = this.#addresses.get(toUid);
    if (address === undefined) return this.drops.count("a message to a node that is not configured");
    // A message to every node is one object, and one text serves them all.
    if (this.#lastSent?.message !== message) this.#lastSent = { message, bytes: encodePeerMessage(message) };
    this.#send(address, toUid, toUid, this.#lastSent.bytes);
  }

  /** Answers a client, together with all else that it is answered in the same burst. It may be lost. */
  respond(to: ClientAddress, response: ClientResponse): void {
    const others = this.#responses.get(to);
    if (others !== undefined) return void others.push(response);
    this.#responses.set(to, [response]);
    this.#flushSoon();
  }

  /** Sends what it has been given, and then sends and receives no more. */
  close(): void {
    this.#flush();
    this.socket.close();
  }

  #flushSoon(): void {
    if (!this.#flushes) queueMicrotask(() => this.#flush());
    this.#flushes = true;
  }

  #flush(): void {
    this.#flushes = false;
    this.#sendResponses();
    this.#thrift.decided(this.#decided);
  }

  #sendResponses(): void {
    for (const [to, responses] of this.#responses) {
      const { name, address } = parseClient(to);
      for (const bytes of encodeResponses(responses)) this.#send(address, name, formatAddress(address), bytes);
    }
    this.#responses.clear();
  }

  #send(address: Deno.NetAddr, receiver: string, shownAs: string, bytes: Uint8Array): void {
    if (this.log.showsDatagrams) this.log.sent(shownAs, bytes);
    const datagram = this.seal === null ? bytes : this.seal.seal(receiver, bytes);
    this.traffic.sent++;
    this.traffic.sentBytes += datagram.length;
    // Nothing waits for it: a datagram that cannot be sent is one of those that are lost on the way.
    this.socket.send(datagram, address).catch(this.#sendFailed);
  }

  #sendFailed = (error: unknown): void => {
    if (error instanceof Deno.errors.BadResource) return;
    const reason = osCode(error) ?? (error instanceof Error ? error.name : "error");
    this.drops.count(`could not be sent (${reason})`);
  };

  #understand(bytes: Uint8Array, from: Deno.NetAddr, burst: Input[]): void {
    const client = key(from);
    const fromUid = this.#uids.get(client);
    if (this.seal === null) return this.#take(bytes, fromUid, client, burst);
    const opened = this.seal.open(bytes);
    if ("refused" in opened) {
      if (fromUid !== undefined) this.watchman?.unproved(fromUid, opened.hasTag);
      return this.drops.count(opened.refused);
    }
    const { sender, payload } = opened;
    if (isClientName(sender)) return this.#take(payload, undefined, `${sender} ${client}`, burst);
    if (sender !== fromUid) return this.#dropStrange(from);
    this.#take(payload, fromUid, client, burst);
  }

  #take(bytes: Uint8Array, fromUid: string | undefined, client: ClientAddress, burst: Input[]): void {
    const decoded = decodeDatagram(bytes);
    if (decoded.kind === "peer" && fromUid === undefined) return this.#dropStrange(parseClient(client).address);
    const inputs = toInputs(decoded, fromUid, client);
    if (typeof inputs === "string") return this.drops.count(inputs);
    // Whoever has seen it could send it again, and the value would be set again: with a secret, values are set in sessions.
    if (this.seal !== null && inputs[0]?.kind === "propose") return this.drops.count("a proposal without a session");
    if (this.log.showsDatagrams) this.log.received(fromUid ?? formatAddress(parseClient(client).address), bytes);
    for (const input of inputs) this.#hear(input, burst);
  }

  #hear(input: Input, burst: Input[]): void {
    if (input.kind !== "message" || input.message.type !== "accepted") return void burst.push(input);
    this.#quickest.voted(input.fromUid, input.message.instanceNumber);
    for (const [fromUid, message] of this.#votes.take(input.fromUid, input.message)) {
      burst.push({ kind: "message", fromUid, message });
    }
  }

  #dropStrange(from: Deno.NetAddr): void {
    this.watchman?.strange(formatAddress(from));
    this.drops.count("a node's message from an unknown address");
  }
}

/**
 * Whether a burst of one datagram is done at once, and not when it is known that no more has come: nobody else gains by the wait,
 * neither where one client is served alone nor at a node that is asked for its vote.
 */
function needsNoCompany(burst: readonly Input[], openRequests: number): boolean {
  const [input] = burst;
  if (input === undefined || burst.length > 1) return false;
  if (input.kind === "request") return openRequests === 0;
  if (input.kind !== "message") return false;
  return input.message.type === "accept" || (input.message.type === "accepted" && openRequests === 1);
}

/** What the datagram means to the node, or why it means nothing. */
function toInputs(decoded: Decoded, fromUid: string | undefined, from: ClientAddress): Input[] | string {
  switch (decoded.kind) {
    case "peer":
      if (fromUid === undefined) return "a node's message from an unknown address";
      return [{ kind: "message", fromUid, message: decoded.message }];
    case "propose":
      return [{ kind: "propose", value: decoded.value, isForwarded: fromUid !== undefined }];
    case "requests":
      return decoded.requests.map((request) => ({ kind: "request", from, request }));
    case "responses":
      return "a response, which is for clients";
    case "bad":
      return decoded.reason;
  }
}

/** A client as `key` writes it, with its name before that and a space where there is a secret. */
function parseClient(client: ClientAddress): { name: string; address: Deno.NetAddr } {
  const space = client.indexOf(" ");
  const colon = client.lastIndexOf(":");
  const [hostname, port] = [client.slice(space + 1, colon), Number(client.slice(colon + 1))];
  return { name: client.slice(0, Math.max(space, 0)), address: { transport: "udp", hostname, port } };
}

/** An address as a text: the port comes after the last colon. */
function key({ hostname, port }: Deno.NetAddr): string {
  return `${hostname}:${port}`;
}
