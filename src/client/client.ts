/**
 * The client: asks nodes over UDP, and says of every value honestly what became of it.
 *
 * @module
 */
import { tooLarge } from "../replica/limits.ts";
import type { Condition, SessionTag, Update } from "../replica/link.ts";
import type { ClientResponse, ExplainedResult, StatusResult, UpdatesResult } from "../replica/requests.ts";
import { type NodeAddress, resolveNodes } from "../runtime/addresses.ts";
import { openSocket } from "../runtime/datagram_socket.ts";
import { ConfigurationError, type ReportedError } from "../runtime/errors.ts";
import { randomClientName, readSecret, Seal } from "../runtime/secret.ts";
import {
  judgeOpened,
  judgeProposed,
  judgeUpdates,
  judgeValue,
  localAddress,
  noAnswer,
  nodeTimeoutMs,
} from "./answers.ts";
import { Exchange, type NodeAt, type Question } from "./exchange.ts";
import { type GetOutcome, type ProposeOutcome, type WatchEvent, WatchRefusedError } from "./outcomes.ts";
import { NodeList } from "./node_list.ts";
import { sendOneWay } from "./one_way.ts";
import type { CallOptions, ClientOptions, GetOptions, ProposeOptions, StatusOptions, WatchOptions } from "./options.ts";
import { MAX_OUTSTANDING, SessionPool } from "./sessions.ts";
import { askInTurn, type Found, type Judgement } from "./turns.ts";

export type { CallOptions, ClientOptions, GetOptions, ProposeOptions, StatusOptions, WatchOptions } from "./options.ts";
export type { Condition, ExplainedResult, GetOutcome, NodeAddress, ProposeOutcome, StatusResult, WatchEvent };
export type * from "../replica/link_record.ts";
export { ConfigurationError, WatchRefusedError };
export type { ReportedError };

const DEFAULT_TIMEOUT_MS = 5000;
/** For so long a question of a watcher stands, in milliseconds; then it is asked anew, so that nodes can forget who is gone. */
const WATCH_MS = 60_000;

/** What became of one proposal. */
interface Attempt {
  /** The session that it bore. */
  readonly session: SessionTag | null;
  /** The node that was asked; `null` if several were. */
  readonly node: string | null;
  /** `null` if nobody has said. */
  readonly outcome: ProposeOutcome | null;
}

/**
 * Talks to the nodes of one cluster.
 *
 * Every call ends by its deadline. Requests are sent again until they are answered. Where a call names no node, any may answer:
 * the one that answered last is asked first, and while it is silent the others too, one after the other. An update bears a session
 * of this client and a number in it, so it is applied once, however often and wherever it arrives. Up to 64 updates may be
 * outstanding at a time, each in a session of its own; more wait for their turn.
 *
 * In a cluster with a node of the ancestor there are no sessions: an update is then sent to one node alone, and a condition is
 * refused.
 *
 * A feature flag, turned on unless somebody has changed it meanwhile, and watched:
 *
 * ```ts
 * import { ConfigurationError, PaxosClient, WatchRefusedError } from "@paxos/paxos/client";
 *
 * const at = (port: number) => ({ host: "127.0.0.1", port });
 * const client = await PaxosClient.open({ nodes: { A: at(1234), B: at(1235), C: at(1236) } });
 * const turned = await client.compareAndSet(null, "dark-mode=off", "dark-mode=on", { timeoutMs: 200 });
 * // Without running nodes: unknown no answer from A, B, C in 0.2 s; the value may still be chosen
 * console.log(turned.outcome, turned.outcome === "chosen" ? turned.instanceNumber : turned.reason);
 *
 * try {
 *   for await (const event of client.watch(null, { signal: AbortSignal.timeout(200) })) {
 *     if (event.kind === "update") console.log("the flag is now", event.value);
 *     else console.log("missed some changes, and reads:", await client.get());
 *   }
 * } catch (error) {
 *   if (!(error instanceof WatchRefusedError)) throw error;
 * }
 * const mistake = await client.get("nobody").catch((error) => error);
 * console.log(mistake instanceof ConfigurationError); // true: there is no such node
 * client.close();
 * ```
 */
export class PaxosClient {
  readonly #nodes: NodeList;
  readonly #exchange: Exchange;
  readonly #sessions: SessionPool = new SessionPool();

  /**
   * Finds the nodes' addresses and opens a socket. Rejects where a host name cannot be resolved, the secret cannot be used or UDP
   * is not to be had.
   */
  static async open({ nodes, secretFile }: ClientOptions): Promise<PaxosClient> {
    const addresses = await resolveNodes(Object.entries(nodes));
    const seal = secretFile === undefined ? null : await Seal.create(randomClientName(), readSecret(secretFile));
    return new PaxosClient(addresses, new Exchange(openSocket({ hostname: localAddress(addresses), port: 0 }), seal));
  }

  private constructor(addresses: ReadonlyMap<string, Deno.NetAddr>, exchange: Exchange) {
    this.#nodes = new NodeList(addresses);
    this.#exchange = exchange;
  }

  /** The nodes of the cluster. */
  get uids(): readonly string[] {
    return this.#nodes.uids;
  }

  /**
   * Asks the node, or any where it is `null`, to get the value chosen, and waits for what becomes of it. Throws a
   * `ConfigurationError` for an unknown uid.
   */
  async propose(uid: string | null, value: string, options: ProposeOptions = {}): Promise<ProposeOutcome> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, condition } = options;
    const untilMs = performance.now() + timeoutMs;
    // Throws for an unknown uid, whatever else is wrong.
    this.#nodes.inTurn(uid);
    const update: Update = { value, ...(condition && { condition }) };
    const trouble = tooLarge(update);
    if (trouble !== null) return { outcome: "not_chosen", reason: trouble, node: null };
    const loan = await this.#sessions.take(timeoutMs);
    if (loan === null) {
      const reason = `${MAX_OUTSTANDING} proposals of this client wait for their outcomes: wait for some of them`;
      return { outcome: "not_chosen", reason, node: null };
    }
    let reusable: SessionTag | null = null;
    try {
      const { session, node, outcome } = await this.#attempt(uid, update, loan.tag, untilMs);
      if (outcome === null) {
        const reason = `${noAnswer(this.#nodes.inTurn(node), timeoutMs)}; the value may still be chosen`;
        return { outcome: "unknown", reason, node };
      }
      // After an unknown outcome it may be that the session has expired.
      if (outcome.outcome !== "unknown") reusable = session;
      return outcome;
    } finally {
      this.#sessions.giveBack(reusable);
    }
  }

  /** Sets the value if this one stands (`null`: if none does): `propose` with that condition. */
  compareAndSet(
    uid: string | null,
    expected: string | null,
    value: string,
    options: CallOptions = {},
  ): Promise<ProposeOutcome> {
    return this.propose(uid, value, { ...options, condition: { kind: "value", value: expected } });
  }

  /** Sends a value once: nobody tells its outcome, and it may be lost. Throws a `RangeError` for a value over the limit. */
  async proposeWithoutAnswer(uid: string, value: string): Promise<void> {
    const trouble = tooLarge({ value });
    if (trouble !== null) throw new RangeError(trouble);
    await sendOneWay(this.#exchange, this.#nodes.at(uid), value, DEFAULT_TIMEOUT_MS);
  }

  /**
   * Reads the value from the node, or from the first one that answers where none is named. Throws a `ConfigurationError` for an
   * unknown uid.
   */
  async get(uid: string | null = null, options: GetOptions = {}): Promise<GetOutcome> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, local = false } = options;
    const silence = noAnswer(this.#nodes.inTurn(uid), timeoutMs);
    const question: Question = { operation: "get", local, timeoutMs: nodeTimeoutMs(timeoutMs) };
    const found = await this.#ask(uid, question, performance.now() + timeoutMs, judgeValue);
    return found?.says ?? { outcome: "unknown", reason: silence };
  }

  /**
   * Tells each update that is applied, once and in order, as soon as the node has it, or any node where none is named. What is not
   * to be had any more is told as a gap: a node keeps the last 1,024 links, and none of before it was started.
   *
   * Ends by `signal`, by `close`, or by leaving the loop; not by itself. Throws a `ConfigurationError` for an unknown uid, and a
   * `WatchRefusedError` where no node lets itself be watched.
   */
  async *watch(uid: string | null = null, options: WatchOptions = {}): AsyncGenerator<WatchEvent, void, void> {
    const { signal } = options;
    let from = options.from ?? null;
    while (!signal?.aborted && !this.#exchange.closed) {
      const question: Question = { operation: "watch", from, timeoutMs: WATCH_MS };
      const judge = (answer: ClientResponse): Judgement<UpdatesResult | string> => judgeUpdates(answer, from);
      const turns = { nodes: this.#nodes.inTurn(uid), timeoutMs: WATCH_MS, ...(signal && { signal }) };
      const found = await askInTurn(this.#exchange, question, turns, judge);
      if (found === null) continue;
      const { says } = found;
      if (typeof says === "string") throw new WatchRefusedError(`The value cannot be watched: ${says}.`);
      if (from !== null && says.from > from) yield { kind: "gap", from, to: says.from - 1 };
      for (const [instanceNumber, value] of says.updates) yield { kind: "update", instanceNumber, value };
      from = says.next;
    }
  }

  /** How a node is; `null` if it does not answer in time. Throws a `ConfigurationError` for an unknown uid. */
  async status(uid: string, options: StatusOptions = {}): Promise<StatusResult | null> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, reach = false } = options;
    const answer = await this.#exchange.ask(this.#nodes.at(uid), { operation: "status", reach }, { timeoutMs });
    return answer?.result === "status" ? answer : null;
  }

  /**
   * How an instance was decided, as a node has seen it; `null` if the node does not answer in time, or cannot say. Throws a
   * `ConfigurationError` for an unknown uid.
   */
  async explain(uid: string, instanceNumber: number, options: CallOptions = {}): Promise<ExplainedResult | null> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const question: Question = { operation: "explain", instanceNumber };
    const answer = await this.#exchange.ask(this.#nodes.at(uid), question, { timeoutMs });
    return answer?.result === "explained" ? answer : null;
  }

  /** Closes the socket; calls that still wait end with what is known, which is nothing. */
  close(): void {
    this.#exchange.close();
  }

  /** Opens a session if there is none, and proposes in it. */
  async #attempt(uid: string | null, update: Update, idle: SessionTag | null, untilMs: number): Promise<Attempt> {
    let session = idle;
    if (session === null) {
      const opened = await this.#ask(uid, { operation: "open" }, untilMs, judgeOpened);
      if (opened === null) return { session, node: uid, outcome: null };
      const { says, uid: node } = opened;
      if (typeof says === "string") return { session, node, outcome: { outcome: "not_chosen", reason: says, node } };
      if (says.session === null) {
        return { session, node, outcome: await this.#proposeInLife(node, says.life, update, untilMs) };
      }
      session = { ...says.session, sequence: 1 };
    }
    const timeoutMs = nodeTimeoutMs(untilMs - performance.now());
    const question: Question = { operation: "propose", life: null, update: { ...update, session }, timeoutMs };
    const found = await this.#ask(uid, question, untilMs, judgeProposed);
    // What one node has refused another one may have taken up that was asked too and is silent.
    const isOpen = found === null || (found.weight === "refusal" && found.isAnyoneSilent);
    return { session, node: uid, outcome: isOpen ? null : found.says };
  }

  /** In a cluster with a node of the ancestor an update is plain, and meant for one node in its present life. */
  async #proposeInLife(uid: string, life: string, update: Update, untilMs: number): Promise<ProposeOutcome | null> {
    if (update.condition !== undefined) {
      const reason = "a node of the ancestor is in the cluster, which knows neither sessions nor conditions";
      return { outcome: "not_chosen", reason, node: uid };
    }
    const timeoutMs = nodeTimeoutMs(untilMs - performance.now());
    const question: Question = { operation: "propose", life, update, timeoutMs };
    const answer = await this.#exchange.ask(this.#nodes.at(uid), question, { timeoutMs: untilMs - performance.now() });
    // It is meant for the life of that node, so the master is asked anew.
    if (answer?.result === "redirected" && this.#nodes.find(answer.masterUid) !== undefined) {
      return (await this.#attempt(answer.masterUid, update, null, untilMs)).outcome;
    }
    return answer && judgeProposed(answer).says;
  }

  async #ask<T>(
    uid: string | null,
    question: Question,
    untilMs: number,
    judge: (answer: ClientResponse) => Judgement<T>,
  ): Promise<Found<T> | null> {
    const find = (master: string): NodeAt | undefined => this.#nodes.find(master);
    const turns = { nodes: this.#nodes.inTurn(uid), timeoutMs: untilMs - performance.now(), find };
    const found = await askInTurn(this.#exchange, question, turns, judge);
    if (found?.weight === "final") this.#nodes.preferred = found.uid;
    return found;
  }
}
