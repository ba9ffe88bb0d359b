/**
 * The client: asks nodes over UDP, and says of every value honestly what became of it.
 *
 * @module
 */
import { tooLarge } from "../replica/limits.ts";
import type { ClientResponse, StatusResult, ValueResult } from "../replica/requests.ts";
import { isIpv6, isLoopback, type NodeAddress, resolveNodes } from "../runtime/addresses.ts";
import { openSocket } from "../runtime/datagram_socket.ts";
import { ConfigurationError } from "../runtime/errors.ts";
import { encodePropose } from "../wire/datagram.ts";
import { Exchange, type Question } from "./exchange.ts";
import type { GetOutcome, ProposeOutcome } from "./outcomes.ts";

export type { GetOutcome, NodeAddress, ProposeOutcome, StatusResult };

/** What a client is opened with. */
export interface ClientOptions {
  /** The address of each node of the cluster by its uid, as in `paxos.json`. */
  readonly nodes: Readonly<Record<string, NodeAddress>>;
}

/** How long a call may take. */
export interface CallOptions {
  /** From the call to its outcome, in milliseconds: more than 0, at most 86,400,000 (a day). 5000 if it is not given. */
  readonly timeoutMs?: number;
}

/** How a value is read. */
export interface GetOptions extends CallOptions {
  /** Whether what the node has is enough, though it may be old. If not, the value is one that stood at some time during the call. */
  readonly local?: boolean;
}

const DEFAULT_TIMEOUT_MS = 5000;
/** The node gives up earlier than its client, so that the client hears why; by at most this, in milliseconds. */
const MAX_ANSWER_MARGIN_MS = 100;
/** The wait before another node is asked the same, in milliseconds. */
const NEXT_NODE_MS = 100;

/**
 * Talks to the nodes of one cluster.
 *
 * Every call ends by its deadline. Requests are sent again until they are answered; a node does each of them once.
 *
 * ```ts
 * import { PaxosClient } from "./client.ts";
 *
 * const client = await PaxosClient.open({
 *   nodes: {
 *     A: { host: "127.0.0.1", port: 1234 },
 *     B: { host: "127.0.0.1", port: 1235 },
 *     C: { host: "127.0.0.1", port: 1236 },
 *   },
 * });
 * const result = await client.propose("A", "hello", { timeoutMs: 200 });
 * // Without running nodes: unknown no answer from A in 0.2 s; the value may still be chosen
 * console.log(result.outcome, result.outcome === "chosen" ? result.instanceNumber : result.reason);
 * client.close();
 * ```
 */
export class PaxosClient {
  readonly #addresses: ReadonlyMap<string, Deno.NetAddr>;
  readonly #exchange: Exchange;

  /** Finds the nodes' addresses and opens a socket. Rejects where a host name cannot be resolved or UDP is not to be had. */
  static async open(options: ClientOptions): Promise<PaxosClient> {
    const addresses = await resolveNodes(Object.entries(options.nodes));
    return new PaxosClient(addresses, new Exchange(openSocket({ hostname: localAddress(addresses), port: 0 })));
  }

  private constructor(addresses: ReadonlyMap<string, Deno.NetAddr>, exchange: Exchange) {
    this.#addresses = addresses;
    this.#exchange = exchange;
  }

  /** The nodes of the cluster. */
  get uids(): readonly string[] {
    return [...this.#addresses.keys()];
  }

  /**
   * Asks a node to get the value chosen, and waits for what becomes of it. Throws a `ConfigurationError` for an unknown uid.
   *
   * The node's life is asked for first and named by the proposal: a node that was restarted in between cannot know what it did
   * before, and says so instead of doing it twice.
   */
  async propose(uid: string, value: string, options: CallOptions = {}): Promise<ProposeOutcome> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const address = this.#address(uid);
    const trouble = tooLarge(value);
    if (trouble !== null) return { outcome: "not_chosen", reason: trouble, node: uid };
    const untilMs = performance.now() + timeoutMs;
    const opened = await this.#exchange.ask(address, { operation: "open" }, { timeoutMs });
    if (opened?.result !== "opened") return proposeOutcome(uid, opened, timeoutMs);
    const leftMs = untilMs - performance.now();
    const proposal = { operation: "propose", life: opened.life, value, timeoutMs: nodeTimeoutMs(leftMs) } as const;
    return proposeOutcome(uid, await this.#exchange.ask(address, proposal, { timeoutMs: leftMs }), timeoutMs);
  }

  /** Sends the ancestor's proposal: nobody answers it, and it may be lost. Throws a `RangeError` for a value over the limit. */
  async proposeWithoutAnswer(uid: string, value: string): Promise<void> {
    const trouble = tooLarge(value);
    if (trouble !== null) throw new RangeError(trouble);
    await this.#exchange.socket.send(encodePropose(value), this.#address(uid));
  }

  /**
   * Reads the value from the node, or from the first one that answers where none is named. Throws a `ConfigurationError` for an
   * unknown uid.
   */
  async get(uid: string | null = null, options: GetOptions = {}): Promise<GetOutcome> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, local = false } = options;
    const uids = uid === null ? this.uids : [uid];
    const question: Question = { operation: "get", local, timeoutMs: nodeTimeoutMs(timeoutMs) };
    const { promise: outcome, resolve, reject } = Promise.withResolvers<GetOutcome>();
    const found = new AbortController();
    let waiting = uids.length;
    let otherwise: GetOutcome = { outcome: "unknown", reason: noAnswer(uids, timeoutMs) };
    for (const [index, uid] of uids.entries()) {
      const options = { timeoutMs, delayMs: index * NEXT_NODE_MS, signal: found.signal };
      this.#exchange.ask(this.#address(uid), question, options).then((answer) => {
        if (answer?.result === "value") resolve(valueOutcome(answer));
        if (answer?.result === "refused") otherwise = { outcome: "refused", reason: answer.reason };
        if (--waiting === 0) resolve(otherwise);
      }, reject);
    }
    try {
      return await outcome;
    } finally {
      found.abort();
    }
  }

  /** How a node is; `null` if it does not answer in time. Throws a `ConfigurationError` for an unknown uid. */
  async status(uid: string, options: CallOptions = {}): Promise<StatusResult | null> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const answer = await this.#exchange.ask(this.#address(uid), { operation: "status" }, { timeoutMs });
    return answer?.result === "status" ? answer : null;
  }

  /** Closes the socket; calls that still wait end with what is known, which is nothing. */
  close(): void {
    this.#exchange.close();
  }

  #address(uid: string): Deno.NetAddr {
    const address = this.#addresses.get(uid);
    if (address !== undefined) return address;
    throw new ConfigurationError(`There is no node ${JSON.stringify(uid)}: the nodes are ${this.uids.join(", ")}.`);
  }
}

/** What the node's answer, or its silence, says about a proposal. */
function proposeOutcome(node: string, answer: ClientResponse | null, timeoutMs: number): ProposeOutcome {
  if (answer?.result === "refused") return { outcome: "not_chosen", reason: answer.reason, node };
  if (answer?.result === "proposed") {
    const { outcome, instanceNumber, reason } = answer;
    if (outcome === "chosen" && instanceNumber !== null) return { outcome, instanceNumber, node };
    if (outcome !== "chosen" && reason !== null) return { outcome, reason, node };
  }
  return { outcome: "unknown", reason: `${noAnswer([node], timeoutMs)}; the value may still be chosen`, node };
}

function valueOutcome(answer: ValueResult & Pick<ClientResponse, "node">): GetOutcome {
  const { value, valueInstanceNumber, instanceNumber, node, read } = answer;
  return {
    outcome: "value",
    value,
    instanceNumber: valueInstanceNumber,
    nodeInstanceNumber: instanceNumber,
    node,
    read,
  };
}

function noAnswer(uids: readonly string[], timeoutMs: number): string {
  return `no answer from ${uids.join(", ")} in ${timeoutMs / 1000} s`;
}

/** How long the node shall try: a little less than its client waits, so that the client hears the outcome from the node. */
function nodeTimeoutMs(clientTimeoutMs: number): number {
  return Math.max(Math.floor(clientTimeoutMs - Math.min(MAX_ANSWER_MARGIN_MS, clientTimeoutMs / 4)), 1);
}

/** Where to listen for answers: on loopback alone, if the nodes are there. */
function localAddress(addresses: ReadonlyMap<string, Deno.NetAddr>): string {
  const ips = [...addresses.values()].map(({ hostname }) => hostname);
  const local = ips.every(isLoopback);
  if (ips.some(isIpv6)) return local ? "::1" : "::";
  return local ? "127.0.0.1" : "0.0.0.0";
}
