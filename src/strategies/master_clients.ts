import { unknownBecause } from "../replica/outcome.ts";
import type { ClientInput } from "../replica/ports.ts";
import type { Asker } from "../replica/proposals.ts";
import type { Update } from "../replica/link.ts";
import type { UpdateResult } from "../replica/register.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type { ProposedResult, RedirectedResult, StatusResult } from "../replica/requests.ts";
import type { AcceptMessage } from "../paxos/messages.ts";
import type { Answering } from "./clients.ts";
import type { Constructor } from "./constructor.ts";
import type { Introducing } from "./introduction.ts";
import type { Leasing } from "./master_lease.ts";
import { MAX_READS } from "./quorum_read.ts";

/** What `MasterClients` adds. */
export interface Serving {
  /** How many reads wait for a link that is on its way. */
  readonly parkedReads: number;
  /** Whether the current link may be chosen without this node's knowing, since it has asked for that itself. */
  hasLinkUnderWay(): boolean;
}

/**
 * What clients gain from a master: it reads without asking anybody, and whoever asks another node is told which one to ask.
 *
 * While the lease holds nobody else adds links, so the master knows the last one, but for a link of its own that it has sent out and
 * not learned yet: a read waits for that one.
 */
export function MasterClients<B extends Constructor<ReplicatedValue & Introducing & Answering & Leasing>>(
  Base: B,
): B & Constructor<Serving> {
  return class MasterClients extends Base implements Serving {
    /** By request ID. */
    #parked = new Map<string, { readonly asker: Asker; readonly deadlineMs: number }>();
    /** The instance in which this node has last asked for acceptance. */
    #askedAt = -1;

    get parkedReads(): number {
      return this.#parked.size;
    }

    protected override sendAccept(message: AcceptMessage): void {
      this.#askedAt = this.instanceNumber;
      super.sendAccept(message);
    }

    override readLinearizable(asker: Asker, deadlineMs: number): void {
      if (!this.isMaster || this.#parked.size >= MAX_READS) return super.readLinearizable(asker, deadlineMs);
      if (this.hasLinkUnderWay()) this.#parked.set(asker.requestId, { asker, deadlineMs });
      else this.respond(asker, this.value("linearizable"));
    }

    hasLinkUnderWay(): boolean {
      return this.#askedAt === this.instanceNumber;
    }

    protected override applied(instanceNumber: number, results: readonly UpdateResult[]): void {
      super.applied(instanceNumber, results);
      // Here, before the next link leaves.
      this.#readParked();
    }

    override tendLease(): void {
      super.tendLease();
      if (!this.isMaster) this.#readParked();
      const { otherMaster } = this;
      if (otherMaster !== null) this.#handOver(otherMaster);
    }

    protected override receiveFromClient(input: ClientInput): void {
      const { otherMaster } = this;
      // Once only: two nodes that take each other for the master would pass it on for ever.
      const isForOther = input.kind === "propose" && !input.isForwarded && otherMaster !== null;
      if (isForOther) this.send(otherMaster, { type: "propose", value: input.value });
      else super.receiveFromClient(input);
    }

    override elsewhere(update: Update): RedirectedResult | ProposedResult | null {
      const { otherMaster } = this;
      if (otherMaster === null) return super.elsewhere(update);
      if (this.acquaintance(otherMaster) !== "ancestor") return { result: "redirected", masterUid: otherMaster };
      // Passed on, it could be done twice: a datagram may be doubled on its way, and there is no session to tell.
      const reason =
        `node ${otherMaster} is master, of the ancestor, and answers nobody: --no-wait passes a value on to it`;
      if (update.session) return unknownBecause(reason);
      return { result: "proposed", outcome: "not_chosen", instanceNumber: null, reason };
    }

    override status(): StatusResult {
      const nowMs = this.env.now();
      const masterUid = this.isMaster ? this.uid : this.otherMaster;
      const leaseRemainingMs = masterUid === null ? null : this.lease.remainingMs(nowMs);
      return { ...super.status(), masterUid, leaseRemainingMs, leaseWaitMs: this.lease.waitMs(nowMs) };
    }

    /** Answers the reads that waited; a node that is master no more has to ask a quorum. */
    #readParked(): void {
      if (this.#parked.size === 0) return;
      const nowMs = this.env.now();
      const parked = [...this.#parked.values()].filter(({ deadlineMs }) => nowMs < deadlineMs);
      this.#parked.clear();
      for (const { asker, deadlineMs } of parked) this.readLinearizable(asker, deadlineMs);
    }

    /** What waits here is for the master to propose. */
    #handOver(masterUid: string): void {
      for (const proposal of this.proposals.handOver(() => this.paxos.proposer.withdraw())) {
        const result = proposal.asker === null ? null : this.elsewhere(proposal.update);
        if (result !== null) this.settle([{ proposal, result }]);
        else this.send(masterUid, { type: "propose", value: proposal.update.value });
      }
    }
  };
}
