import { formatProposalId, type ProposalId } from "./proposal_id.ts";
import type { AcceptedMessage } from "./messages.ts";

/** Who has accepted one proposal. */
export interface Tally extends Omit<AcceptedMessage, "type"> {
  /** The acceptors that said so. */
  readonly acceptedBy: Set<string>;
}

/** A value that a quorum has accepted under one ID: the decision of the instance, now and for ever. */
export interface Chosen {
  /** The ID under which the quorum accepted. */
  readonly proposalId: ProposalId;
  /** The decision. */
  readonly value: string;
}

/** One acceptor's vote. */
export type Vote = readonly [uid: string, accepted: AcceptedMessage];

/**
 * Notices that a quorum has accepted one proposal. Votes for different IDs are never added up, even for the same value.
 *
 * Source: Lamport, *Paxos Made Simple*, section 2.3.
 */
export class Learner {
  /** The decision, once it is known. */
  chosen: Chosen | null = null;
  /** A tally for each proposal that was heard of, by the text of its ID. */
  readonly tallies: Map<string, Tally> = new Map();

  /** `quorumSize` is how many acceptors must have accepted one ID. */
  constructor(readonly quorumSize: number) {}

  /** Counts the vote, each acceptor once; answers with the decision when this vote completes a quorum. */
  receiveAccepted(fromUid: string, { proposalId, value }: AcceptedMessage): Chosen | null {
    if (this.chosen !== null) return null;
    const key = this.tallyKey(proposalId);
    const tally: Tally = this.tallies.get(key) ?? { proposalId, value, acceptedBy: new Set() };
    // Two values under one ID: some proposer broke the rule that the algorithm rests on. The first one heard stands.
    if (tally.value !== value) return null;
    this.tallies.set(key, tally);
    if (tally.acceptedBy.add(fromUid).size < this.quorumSize) return null;
    return this.chosen = { proposalId, value };
  }

  /** Who is known to have accepted under the ID. */
  acceptedBy(proposalId: ProposalId): ReadonlySet<string> {
    return this.tallies.get(this.tallyKey(proposalId))?.acceptedBy ?? new Set();
  }

  /** What is counted together: the votes for one ID. */
  protected tallyKey(proposalId: ProposalId): string {
    return formatProposalId(proposalId);
  }

  /** All that it knows: the votes, from which the rest follows. */
  save(): Vote[] {
    return [...this.tallies.values()].flatMap(({ proposalId, value, acceptedBy }) =>
      [...acceptedBy].map((uid): Vote => [uid, { type: "accepted", proposalId, value }])
    );
  }

  /** Takes over what `save` gave. */
  restore(votes: readonly Vote[]): void {
    this.chosen = null;
    this.tallies.clear();
    for (const [uid, accepted] of votes) this.receiveAccepted(uid, accepted);
  }
}
