/**
 * The client: asks nodes over UDP, and says of every value honestly what became of it.
 *
 * @module
 */
import { tooLarge } from "../replica/limits.ts";
import type { Condition, Update } from "../replica/link.ts";
import type { ClientResponse, OpenedResult, StatusResult } from "../replica/requests.ts";
import { type NodeAddress, resolveNodes } from "../runtime/addresses.ts";
import { openSocket } from "../runtime/datagram_socket.ts";
import { ConfigurationError } from "../runtime/errors.ts";
import { encodePropose } from "../wire/datagram.ts";
import { localAddress, noAnswer, nodeTimeoutMs, proposeOutcome, valueOutcome } from "./answers.ts";
import { Exchange, type Question } from "./exchange.ts";
import type { GetOutcome, ProposeOutcome, WatchEvent } from "./outcomes.ts";
import { type Loan, SessionPool } from "./sessions.ts";

export type { Condition, GetOutcome, NodeAddress, ProposeOutcome, StatusResult, WatchEvent };

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

/** How a value is set. */
export interface ProposeOptions extends CallOptions {
  /** What must hold when the value is set, not only when the question is asked. */
  readonly condition?: Condition;
}

/** What is watched, and for how long. */
export interface WatchOptions {
  /** The first instance that is wanted; what comes next, if it is not given. */
  readonly from?: number;
  /** Ends the watching. */
  readonly signal?: AbortSignal;
}

/** How a value is read. */
export interface GetOptions extends CallOptions {
  /** Whether what the node has is enough, though it may be old. If not, the value is one that stood at some time during the call. */
  readonly local?: boolean;
}

const DEFAULT_TIMEOUT_MS = 5000;
/** The wait before another node is asked the same, in milliseconds. */
const NEXT_NODE_MS = 150;
/** After so long without an update a watcher asks anew, the next node if any will do, in milliseconds. */
const WATCH_MS = 3000;

/** What an answer amounts to: final, or a reason that stands if nobody has a better answer. */
type Judgement<T> = { readonly final: T } | { readonly reason: string };

/**
 * Talks to the nodes of one cluster. Where a call names no node, any may answer: the next one is asked when one keeps silent.
 *
 * Every call ends by its deadline. Requests are sent again until they are answered. An update bears a session of this client, so it
 * is applied once, however often and wherever it arrives.
 *
 * A feature flag:
 *
 * ```ts
 * import { PaxosClient } from "./client.ts";
 *
 * const nodes = {
 *   A: { host: "127.0.0.1", port: 1234 },
 *   B: { host: "127.0.0.1", port: 1235 },
 *   C: { host: "127.0.0.1", port: 1236 },
 * };
 * const client = await PaxosClient.open({ nodes });
 * const written = await client.propose(null, "dark-mode=on", { timeoutMs: 200 });
 * // Where no node runs: unknown
 * console.log(written.outcome, written.outcome === "chosen" ? written.instanceNumber : written.reason);
 * const flag = await client.get(null, { timeoutMs: 200 });
 * console.log(flag.outcome === "value" ? flag.value : flag.reason);
 * client.close();
 * ```
 *
 * A leader lock with fencing: whoever sets its name where none stood is the leader, and the instance is its token. Storage that
 * remembers the highest token it has seen refuses an old leader that has not noticed yet.
 *
 * ```ts
 * import { PaxosClient } from "./client.ts";
 *
 * const client = await PaxosClient.open({ nodes: { A: { host: "127.0.0.1", port: 1234 }, B: { host: "127.0.0.1", port: 1235 } } });
 * const lock = await client.compareAndSet(null, null, "leader: me", { timeoutMs: 200 });
 * if (lock.outcome === "chosen") console.log("leads with token", lock.instanceNumber);
 * client.close();
 * ```
 */
export class PaxosClient {
  readonly #addresses: ReadonlyMap<string, Deno.NetAddr>;
  readonly #exchange: Exchange;
  readonly #sessions: SessionPool = new SessionPool();
  /** The node that has answered last: the first to be asked where any will do. */
  #preferred: string;

  /** Finds the nodes' addresses and opens a socket. Rejects where a host name cannot be resolved or UDP is not to be had. */
  static async open(options: ClientOptions): Promise<PaxosClient> {
    const addresses = await resolveNodes(Object.entries(options.nodes));
    return new PaxosClient(addresses, new Exchange(openSocket({ hostname: localAddress(addresses), port: 0 })));
  }

  private constructor(addresses: ReadonlyMap<string, Deno.NetAddr>, exchange: Exchange) {
    this.#addresses = addresses;
    this.#exchange = exchange;
    this.#preferred = this.uids[Math.floor(Math.random() * addresses.size)] ?? "";
  }

  /** The nodes of the cluster. */
  get uids(): readonly string[] {
    return [...this.#addresses.keys()];
  }

  /**
   * Asks a node, or any, to get the value chosen, and waits for what becomes of it. Throws a `ConfigurationError` for an unknown
   * uid.
   */
  async propose(uid: string | null, value: string, options: ProposeOptions = {}): Promise<ProposeOutcome> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, condition } = options;
    const untilMs = performance.now() + timeoutMs;
    const update: Update = { value, ...(condition && { condition }) };
    const trouble = tooLarge(update);
    if (trouble !== null) return { outcome: "not_chosen", reason: trouble, node: null };
    const silence = `${noAnswer(this.#order(uid), timeoutMs)}; the value may still be chosen`;
    const opened = this.#sessions.take() ?? await this.#open(uid, timeoutMs);
    if (opened === null) return { outcome: "unknown", reason: silence, node: uid };
    const leftMs = untilMs - performance.now();
    if ("tag" in opened) return await this.#proposeInSession(uid, update, opened, leftMs, silence);
    return await this.#proposeInLife(update, opened, leftMs, silence);
  }

  /** Sets the value if this one stands (`null`: none). A convenience for `propose` with a condition. */
  compareAndSet(
    uid: string | null,
    expected: string | null,
    value: string,
    options: CallOptions = {},
  ): Promise<ProposeOutcome> {
    return this.propose(uid, value, { ...options, condition: { kind: "value", value: expected } });
  }

  /** Sends the ancestor's proposal: nobody answers it, and it may be lost. Throws a `RangeError` for a value over the limit. */
  async proposeWithoutAnswer(uid: string, value: string): Promise<void> {
    const trouble = tooLarge({ value });
    if (trouble !== null) throw new RangeError(trouble);
    await this.#exchange.socket.send(encodePropose(value), this.#address(uid));
  }

  /** Reads the value from the node, or from the first one that answers. Throws a `ConfigurationError` for an unknown uid. */
  async get(uid: string | null = null, options: GetOptions = {}): Promise<GetOutcome> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, local = false } = options;
    const question: Question = { operation: "get", local, timeoutMs: nodeTimeoutMs(timeoutMs) };
    let refused: string | null = null;
    const { final } = await this.#first<GetOutcome>(uid, question, timeoutMs, (answer) => {
      if (answer.result === "refused") refused = answer.reason;
      return answer.result === "value" ? { final: valueOutcome(answer) } : { reason: "" };
    });
    if (final !== null) return final;
    if (refused !== null) return { outcome: "refused", reason: refused };
    return { outcome: "unknown", reason: noAnswer(this.#order(uid), timeoutMs) };
  }

  /**
   * Tells each update that is applied, in order, as soon as it is. What a node does not have any more is told as a gap.
   *
   * Ends by `signal`, by `close`, or when nobody listens any more; never by itself.
   */
  async *watch(uid: string | null = null, options: WatchOptions = {}): AsyncGenerator<WatchEvent, void, void> {
    let from = options.from ?? null;
    const signal = options.signal ? { signal: options.signal } : {};
    while (!options.signal?.aborted && !this.#exchange.closed) {
      const uids = this.#order(uid);
      const question: Question = { operation: "watch", from, timeoutMs: WATCH_MS };
      const answer = await this.#exchange.ask(this.#address(uids[0]!), question, { timeoutMs: WATCH_MS, ...signal });
      if (answer?.result !== "updates") {
        // Nothing has happened, or the node is gone: where any node will do, the next one is asked.
        if (uid === null && uids.length > 1) this.#preferred = uids[1]!;
        continue;
      }
      if (from !== null && answer.from > from) yield { kind: "gap", from, to: answer.from - 1 };
      for (const [instanceNumber, value] of answer.updates) yield { kind: "update", instanceNumber, value };
      from = answer.next;
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

  /** A session; or the life of one node, in a cluster that has no sessions; `null` if nobody answers in time. */
  async #open(
    uid: string | null,
    timeoutMs: number,
  ): Promise<Loan | (OpenedResult & { readonly node: string }) | null> {
    const { final } = await this.#first(uid, { operation: "open" }, timeoutMs, (answer) => {
      return answer.result === "opened" ? { final: answer } : { reason: "" };
    });
    if (final === null) return null;
    return final.session === null ? final : this.#sessions.open(final.session);
  }

  async #proposeInSession(
    uid: string | null,
    update: Update,
    loan: Loan,
    leftMs: number,
    silence: string,
  ): Promise<ProposeOutcome> {
    const tagged = { ...update, session: loan.tag };
    const question = { operation: "propose", life: null, update: tagged, timeoutMs: nodeTimeoutMs(leftMs) } as const;
    // One node may not know what another one can still tell, so "unknown" is final only when nobody is left to ask.
    const { final, reason } = await this.#first<ProposeOutcome>(uid, question, leftMs, (answer) => {
      const outcome = proposeOutcome(answer);
      return outcome.outcome === "unknown" ? { reason: outcome.reason } : { final: outcome };
    });
    if (final === null) return { outcome: "unknown", reason: reason ?? silence, node: uid };
    loan.giveBack();
    return final;
  }

  /** In a cluster with a node of the ancestor an update is plain, and meant for one node in its present life. */
  async #proposeInLife(
    update: Update,
    { life, node }: OpenedResult & { readonly node: string },
    leftMs: number,
    silence: string,
  ): Promise<ProposeOutcome> {
    if (update.condition !== undefined) {
      const reason = "a node of the ancestor is in the cluster, which knows neither sessions nor conditions";
      return { outcome: "not_chosen", reason, node };
    }
    const question = { operation: "propose", life, update, timeoutMs: nodeTimeoutMs(leftMs) } as const;
    const answer = await this.#exchange.ask(this.#address(node), question, { timeoutMs: leftMs });
    return answer === null ? { outcome: "unknown", reason: silence, node } : proposeOutcome(answer);
  }

  /** Asks one node after the other until an answer is final; copies of the question go to all who have not answered. */
  async #first<T>(
    uid: string | null,
    question: Question,
    timeoutMs: number,
    judge: (answer: ClientResponse) => Judgement<T>,
  ): Promise<{ readonly final: T | null; readonly reason: string | null }> {
    const found = new AbortController();
    let final: T | null = null;
    let reason: string | null = null;
    await Promise.all(
      this.#order(uid).map(async (uid, index) => {
        const options = { timeoutMs, delayMs: index * NEXT_NODE_MS, signal: found.signal };
        const answer = await this.#exchange.ask(this.#address(uid), question, options);
        if (answer === null || found.signal.aborted) return;
        const judgement = judge(answer);
        if ("reason" in judgement) return void (reason ??= judgement.reason);
        final = judgement.final;
        this.#preferred = uid;
        found.abort();
      }),
    );
    return { final, reason };
  }

  /** Who is to be asked, one after the other. */
  #order(uid: string | null): readonly string[] {
    if (uid !== null) return [uid];
    const first = Math.max(this.uids.indexOf(this.#preferred), 0);
    return [...this.uids.slice(first), ...this.uids.slice(0, first)];
  }

  #address(uid: string): Deno.NetAddr {
    const address = this.#addresses.get(uid);
    if (address !== undefined) return address;
    throw new ConfigurationError(`There is no node ${JSON.stringify(uid)}: the nodes are ${this.uids.join(", ")}.`);
  }
}
