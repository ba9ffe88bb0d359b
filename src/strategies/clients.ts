import type { ClientAddress } from "../replica/ports.ts";
import { tooLarge } from "../replica/limits.ts";
import type { Asker, Settled } from "../replica/proposals.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type {
  ClientRequest,
  ClientResult,
  GetRequest,
  ProposeRequest,
  StatusResult,
  ValueResult,
} from "../replica/requests.ts";
import type { Constructor } from "./constructor.ts";

/** What `Clients` adds. */
export interface Answering {
  /** Answers a client. */
  respond(asker: Asker, result: ClientResult): void;
  /** Reads the value for a client, no older than the question. */
  readLinearizable(asker: Asker, deadlineMs: number): void;
  /** The value as this node has it. */
  value(read: ValueResult["read"]): ValueResult;
  /** How this node is. */
  status(): StatusResult;
}

/** How many answers to proposals are kept, for clients that ask again. */
export const MAX_REMEMBERED = 4096;

/** Answers clients: each request once, and each proposal with what became of it. */
export function Clients<B extends Constructor<ReplicatedValue>>(Base: B): B & Constructor<Answering> {
  return class Clients extends Base implements Answering {
    #life = "";
    #startedAtMs = 0;
    /** By request ID; `null` while the outcome is open. */
    #outcomes = new Map<string, ClientResult | null>();

    protected override start(): void {
      super.start();
      this.#startedAtMs = this.env.now();
      this.#life = Math.floor(this.env.random() * 2 ** 52).toString(16).padStart(13, "0");
    }

    protected override receiveRequest(from: ClientAddress, request: ClientRequest): void {
      const asker = { address: from, requestId: request.requestId };
      switch (request.operation) {
        case "open":
          return this.respond(asker, { result: "opened", life: this.#life });
        case "propose":
          return this.#propose(asker, request);
        case "get":
          return this.#get(asker, request);
        case "status":
          return this.respond(asker, this.status());
      }
    }

    respond(asker: Asker, result: ClientResult): void {
      const response = { ...result, requestId: asker.requestId, node: this.uid };
      this.effect({ kind: "respond", to: asker.address, response });
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
        mode: this.configuration.mode,
        pid: this.options.pid,
        uptimeMs: this.env.now() - this.#startedAtMs,
        troubles: this.troubles(),
      };
    }

    protected override settle(settled: readonly Settled[]): void {
      super.settle(settled);
      for (const { proposal, result } of settled) {
        if (proposal.asker === null) continue;
        this.#outcomes.set(proposal.asker.requestId, result);
        this.respond(proposal.asker, result);
      }
    }

    #propose(asker: Asker, { requestId, life, value, timeoutMs }: ProposeRequest): void {
      const outcome = this.#outcomes.get(requestId);
      if (outcome !== undefined) {
        if (outcome !== null) this.respond(asker, outcome);
        return;
      }
      if (life !== this.#life) {
        const reason = `node ${this.uid} was restarted and cannot know what became of the value before`;
        return this.respond(asker, { result: "proposed", outcome: "unknown", instanceNumber: null, reason });
      }
      const trouble = tooLarge(value);
      if (trouble !== null) return this.respond(asker, { result: "refused", reason: trouble });
      this.#remember(requestId);
      if (this.proposeUpdate({ update: { value }, asker, deadlineMs: this.env.now() + timeoutMs })) return;
      this.#outcomes.delete(requestId);
      const reason = `node ${this.uid} has too many values waiting: try again later, or another node`;
      this.respond(asker, { result: "refused", reason });
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
