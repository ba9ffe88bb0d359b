import { sameProposalId } from "../paxos/proposal_id.ts";
import type { ChainMessage } from "../replica/messages.ts";

/** A vote, with its value or without. */
export type Vote = ChainMessage & { readonly type: "accepted" };

/**
 * Puts the value back into votes that left it out, for a node that was not asked to accept it: the proposer's own vote is whole then,
 * and a proposal ID stands for one value.
 */
export class WholeVotes {
  /** The last vote of a proposer for its own proposal that was whole. */
  #whole: Vote | null = null;
  /** Those who have left the value out at one instance under one ID, while no whole vote for it was heard. */
  #short: { readonly vote: Vote; readonly uids: string[] } | null = null;

  /** All that the vote of a peer amounts to: itself, with the value if that is known, and others that it makes whole. */
  take(fromUid: string, vote: Vote): readonly (readonly [fromUid: string, vote: Vote])[] {
    if (vote.value === null) return [[fromUid, this.#complete(fromUid, vote)]];
    if (vote.proposalId.uid !== fromUid) return [[fromUid, vote]];
    this.#whole = vote;
    const waiting = this.#short !== null && this.isSame(this.#short.vote, vote) ? this.#short.uids : [];
    this.#short = null;
    return [[fromUid, vote], ...waiting.map((uid) => [uid, vote] as const)];
  }

  #complete(fromUid: string, vote: Vote): Vote {
    if (this.#whole !== null && this.isSame(this.#whole, vote)) return this.#whole;
    if (this.#short === null || !this.isSame(this.#short.vote, vote)) this.#short = { vote, uids: [] };
    this.#short.uids.push(fromUid);
    return vote;
  }

  /** Whether both are for one proposal, and so for one value. */
  protected isSame(one: Vote, other: Vote): boolean {
    return one.instanceNumber === other.instanceNumber && sameProposalId(one.proposalId, other.proposalId);
  }
}
