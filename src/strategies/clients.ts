import type { ClientAddress, ClientInput } from "../replica/ports.ts";
import { tooLarge } from "../replica/limits.ts";
import { isRaw, type SessionTag, type Update } from "../replica/link.ts";
import { toOutcome, unknownBecause } from "../replica/outcome.ts";
import { type AnySettled, type Asker, MAX_PROPOSALS } from "../replica/proposals.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type {
  ClientRequest,
  ClientResult,
  GetRequest,
  OpenedResult,
  ProposedResult,
  ProposeRequest,
  RedirectedResult,
  StatusResult,
  ValueResult,
  WatchRequest,
} from "../replica/requests.ts";
import type { Constructor } from "./constructor.ts";
import type { Introducing } from "./introduction.ts";
import type { Synchronizing } from "./synchronization.ts";

/** What `Clients` adds. */
export interface Answering {
  /** Answers a client. */
  respond(asker: Asker, result: ClientResult): void;
  /** Reads the value for a client, no older than the question. */
  readLinearizable(asker: Asker, deadlineMs: number): void;
  /** Has another node see to the update, where this one is not to propose it: what the client is told then; `null` where it is. */
  elsewhere(update: Update): RedirectedResult | ProposedResult | null;
  /** Tells a client which updates are applied. */
  watch(asker: Asker, request: WatchRequest): void;
  /** Tells a client how an instance was decided. */
  explain(asker: Asker, instanceNumber: number): void;
  /** The value as this node has it. */
  value(read: ValueResult["read"]): ValueResult;
  /** How this node is. */
  status(): StatusResult;
}

/** How many answers to proposals are kept, for clients that ask again. */
export const MAX_REMEMBERED = 4096;

/** Answers clients: each request once, and each proposal with what became of it. */
export function Clients<B extends Constructor<ReplicatedValue & Introducing & Synchronizing>>(
  Base: B,
): B & Constructor<Answering> {
  return class Clients extends Base implements Answering {
    #startedAtMs = 0;
    /** By request ID; `null` while the outcome is open. */
    #outcomes = new Map<string, ClientResult | null>();

    protected override start(): void {
      super.start();
      this.#startedAtMs = this.env.now();
    }

    protected override receiveFromClient(input: ClientInput): void {
      if (input.kind === "propose") this.#proposeRaw(input.value);
      else this.#receiveRequest(input.from, input.request);
    }

    #receiveRequest(from: ClientAddress, request: ClientRequest): void {
      const asker = { address: from, requestId: request.requestId };
      if (request.operation === "status") return this.respond(asker, this.status());
      // A node that was told the value alone cannot say what became of an update, nor judge the next one.
      if (!this.isInformed) return this.drop("a request before a snapshot");
      switch (request.operation) {
        case "open":
          return this.respond(asker, this.#open());
        case "propose":
          return this.#propose(asker, request);
        case "get":
          return this.#get(asker, request);
        case "watch":
          return this.watch(asker, request);
        case "explain":
          return this.explain(asker, request.instanceNumber);
      }
    }

    #proposeRaw(value: string): void {
      if (tooLarge({ value }) !== null) return this.drop("a value over the limit");
      if (this.#strange({ value }) !== null) return this.drop("a value that the ancestor would show otherwise");
      const proposal = { update: { value }, asker: null, deadlineMs: null };
      if (!this.proposeUpdate(proposal)) this.drop("too many proposals wait");
    }

    elsewhere(_update: Update): RedirectedResult | ProposedResult | null {
      return null;
    }

    watch(asker: Asker, _request: WatchRequest): void {
      this.respond(asker, {
        result: "refused",
        reason: `node ${this.uid} is composed without a strategy for watching`,
      });
    }

    explain(asker: Asker, _instanceNumber: number): void {
      this.respond(asker, {
        result: "refused",
        reason: `node ${this.uid} is composed without a memory of its decisions`,
      });
    }

    respond(asker: Asker, result: ClientResult): void {
      if (!this.isInformed && result.result !== "status") return this.drop("an answer before a snapshot");
      const response = { ...result, requestId: asker.requestId, node: this.uid };
      // Where one is of the ancestor, a node that forgets what it knew might get the value back, but not the sessions.
      this.answer(asker.address, response, this.#ancestor() === undefined);
    }

    readLinearizable(asker: Asker, _deadlineMs: number): void {
      const reason = `node ${this.uid} is composed without a strategy for linearizable reads: ask for its local value`;
      this.respond(asker, { result: "refused", reason });
    }

    value(read: ValueResult["read"]): ValueResult {
      const { value, valueInstanceNumber } = this.register;
      return { result: "value", value, valueInstanceNumber, instanceNumber: this.instanceNumber, read };
    }

    status(): StatusResult {
      const { promisedId, acceptedId } = this.paxos.acceptor;
      return {
        result: "status",
        instanceNumber: this.instanceNumber,
        value: this.register.value,
        promisedId,
        acceptedId,
        masterUid: null,
        leaseRemainingMs: null,
        leaseWaitMs: 0,
        mode: this.configuration.mode,
        pid: this.options.pid,
        uptimeMs: this.env.now() - this.#startedAtMs,
        peers: [],
        troubles: this.troubles(),
      };
    }

    protected override settle(settled: readonly AnySettled[]): void {
      super.settle(settled);
      for (const { proposal, result } of settled) {
        if (proposal.asker === null) continue;
        if (proposal.update.session === undefined) this.#outcomes.set(proposal.asker.requestId, result);
        this.respond(proposal.asker, result);
      }
    }

    /** What waits since before the node of the ancestor was known as such, and was not meant for it. */
    override ancestorFound(uid: string): void {
      super.ancestorFound(uid);
      const strange = this.proposals.all.filter(({ update }) => this.#strange(update) !== null);
      const reason = `node ${uid} has turned out to be of the ancestor, and may have been shown the value otherwise`;
      const withdraw = () => this.paxos.proposer.withdraw();
      this.settle(this.proposals.giveUp(strange, reason, withdraw));
      this.proposals.takeBack(withdraw);
      this.offerSoon();
    }

    /** A link of several updates would read strange there. */
    protected override maxUpdates(): number {
      return this.#ancestor() === undefined ? super.maxUpdates() : 1;
    }

    /** A session, unless a node is in the cluster that could neither show a link with one nor hand it over. */
    #open(): OpenedResult {
      const ancestor = this.#ancestor();
      const session = ancestor === undefined ? { openedAt: this.instanceNumber, id: this.#randomText() } : null;
      return { result: "opened", life: this.life, session };
    }

    #propose(asker: Asker, request: ProposeRequest): void {
      const { update, timeoutMs } = request;
      const trouble = tooLarge(update);
      if (trouble !== null) return this.respond(asker, { result: "refused", reason: trouble });
      const deadlineMs = this.env.now() + timeoutMs;
      if (update.session === undefined) this.#proposeInLife(asker, request, deadlineMs);
      else this.#proposeInSession(asker, request, update.session, deadlineMs);
    }

    #proposeInSession(asker: Asker, { update }: ProposeRequest, tag: SessionTag, deadlineMs: number): void {
      const result = this.register.resultOf(update, this.instanceNumber);
      if (result !== null) return this.respond(asker, toOutcome(result));
      const waiting = this.proposals.find(tag);
      // The same datagram once more is no reason to wait longer.
      if (waiting?.asker?.requestId === asker.requestId) return;
      if (waiting !== undefined) return this.proposals.askAgain(tag, asker, deadlineMs);
      const reason = this.#strange(update);
      // It may have been proposed by another node before, so this says nothing of what becomes of it.
      const instead = reason === null ? this.elsewhere(update) : unknownBecause(reason);
      if (instead !== null) return this.respond(asker, instead);
      if (this.proposeUpdate({ update, asker, deadlineMs })) return;
      // No refusal, for a copy of the request may come when there is room again.
      this.respond(asker, unknownBecause(this.#tooBusy()));
    }

    /** Without sessions a request is done once in the life of one node, and in no other. */
    #proposeInLife(asker: Asker, { requestId, life, update }: ProposeRequest, deadlineMs: number): void {
      const outcome = this.#outcomes.get(requestId);
      if (outcome !== undefined) {
        if (outcome !== null) this.respond(asker, outcome);
        return;
      }
      if (life !== this.life) {
        const reason = `node ${this.uid} was restarted and cannot know what became of the value before`;
        return this.respond(asker, unknownBecause(reason));
      }
      const strange = this.#strange(update);
      if (strange !== null) return this.respond(asker, { result: "refused", reason: strange });
      this.#remember(requestId);
      const instead = this.elsewhere(update);
      if (instead !== null) {
        this.#outcomes.set(requestId, instead);
        return this.respond(asker, instead);
      }
      if (this.proposeUpdate({ update, asker, deadlineMs })) return;
      // Kept, since a copy of the request may come when there is room again: what was refused stays refused.
      const refusal: ClientResult = { result: "refused", reason: this.#tooBusy() };
      this.#outcomes.set(requestId, refusal);
      this.respond(asker, refusal);
    }

    /**
     * Why a link with the update would not be read alike by all nodes: a node of the ancestor takes the text of every link for its
     * value. So while one is in the cluster links are raw, and what cannot be raw is refused. What is left is a client that gives
     * such a value to the ancestor's node itself.
     */
    #strange(update: Update): string | null {
      const ancestor = this.#ancestor();
      if (ancestor === undefined || isRaw(update)) return null;
      return update.session || update.condition
        ? `node ${ancestor} is of the ancestor, which knows neither sessions nor conditions`
        : `node ${ancestor} is of the ancestor, and would show another value than our nodes: this one reads like a link of ours`;
    }

    #tooBusy(): string {
      return `node ${this.uid} has too many values waiting (${MAX_PROPOSALS}): try again later, or another node`;
    }

    #ancestor(): string | undefined {
      return this.peers.find((uid) => this.acquaintance(uid) === "ancestor");
    }

    #randomText(): string {
      return Math.floor(this.env.random() * 2 ** 52).toString(16).padStart(13, "0");
    }

    #get(asker: Asker, { local, timeoutMs }: GetRequest): void {
      if (local) this.respond(asker, this.value("local"));
      else this.readLinearizable(asker, this.env.now() + timeoutMs);
    }

    #remember(requestId: string): void {
      if (this.#outcomes.size >= MAX_REMEMBERED) {
        for (const [oldest, outcome] of this.#outcomes) {
          if (outcome === null) continue;
          this.#outcomes.delete(oldest);
          break;
        }
      }
      this.#outcomes.set(requestId, null);
    }
  };
}
