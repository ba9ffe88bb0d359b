import type { AcceptMessage, PaxosMessage } from "../paxos/messages.ts";
import { formatProposalId, type ProposalId, sameProposalId } from "../paxos/proposal_id.ts";
import type { ChainMessage, PeerMessage, ShortAcceptedMessage } from "../replica/messages.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type { Constructor } from "./constructor.ts";
import type { Introducing } from "./introduction.ts";
import { SYNC_PAUSE_MS, type Synchronizing } from "./synchronization.ts";

type ShortVote = ChainMessage & ShortAcceptedMessage;

/**
 * Leaves the value out of votes for peers that know this form: a proposal ID stands for one value, and the accept has carried
 * that to everybody. Among three nodes six of the eight copies of a link would be in votes.
 *
 * Whoever hears the vote before the accept keeps it until that comes. Where a quorum has voted and the accept is lost, the link is
 * chosen without this node: it asks one that knows.
 */
export function ShortVotes<B extends Constructor<ReplicatedValue & Introducing & Synchronizing>>(Base: B): B {
  return class ShortVotes extends Base {
    /** The accept that was heard last in this instance. */
    #proposed: AcceptMessage | null = null;
    /** Votes for what was not heard, by voter. */
    #waiting = new Map<string, ShortVote>();

    protected override broadcast(message: PaxosMessage, beforeSave = false): void {
      if (message.type !== "accepted") return super.broadcast(message, beforeSave);
      const { instanceNumber } = this;
      const full = { ...message, instanceNumber };
      const short = { ...full, value: null };
      // The proposer first: clients wait for it.
      const { proposalId: { uid: proposer } } = message;
      for (const uid of [proposer, ...this.nodes.filter((uid) => uid !== proposer)]) {
        this.send(uid, uid !== this.uid && this.acquaintance(uid) === "same" ? short : full, beforeSave);
      }
    }

    protected override receive(fromUid: string, message: PeerMessage): void {
      if (message.type === "accepted" && message.value === null) {
        if (this.isCurrent(fromUid, message)) this.#receiveShort(fromUid, { ...message, value: null });
        return;
      }
      super.receive(fromUid, message);
      if (message.type !== "accept" || message.instanceNumber !== this.instanceNumber) return;
      if (message.proposalId.uid !== fromUid) return;
      this.#proposed = message;
      for (const [uid, vote] of [...this.#waiting]) this.#receiveShort(uid, vote);
    }

    protected override advance(instanceNumber: number): void {
      super.advance(instanceNumber);
      this.#proposed = null;
      this.#waiting.clear();
    }

    protected override timerFired(name: string): void {
      if (name === "unknown_value") this.#askForValue();
      super.timerFired(name);
    }

    #receiveShort(fromUid: string, vote: ShortVote): void {
      // The vote before may have decided its link. The same ID may stand for another value in the next one.
      if (vote.instanceNumber !== this.instanceNumber) return;
      const value = this.#valueOf(vote.proposalId);
      if (value !== null) {
        this.#waiting.delete(fromUid);
        return this.receiveAccepted(fromUid, { ...vote, value });
      }
      this.#waiting.set(fromUid, vote);
      // Soon, for until then the others have perhaps not learned it themselves.
      if (this.#votersWithoutValue().length > 0) {
        this.effect({ kind: "set_timer", name: "unknown_value", delayMs: SYNC_PAUSE_MS });
      }
    }

    #valueOf(id: ProposalId): string | null {
      const { acceptor: { acceptedId, acceptedValue } } = this.paxos;
      if (this.#proposed !== null && sameProposalId(this.#proposed.proposalId, id)) return this.#proposed.value;
      return sameProposalId(acceptedId, id) ? acceptedValue : null;
    }

    #askForValue(): void {
      const [uid] = this.#votersWithoutValue();
      if (uid === undefined) return;
      this.askForNews(uid);
      this.effect({ kind: "set_timer", name: "unknown_value", delayMs: SYNC_PAUSE_MS });
    }

    /** Those of a quorum that has chosen a value which this node has not heard; none, if there is no such quorum. */
    #votersWithoutValue(): string[] {
      const voters = new Map<string, string[]>();
      for (const [uid, { proposalId }] of this.#waiting) {
        const id = formatProposalId(proposalId);
        const all = [...voters.get(id) ?? [], uid];
        if (all.length >= this.quorumSize) return all;
        voters.set(id, all);
      }
      return [];
    }
  };
}
