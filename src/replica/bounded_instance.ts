import type { AcceptorState } from "../paxos/acceptor.ts";
import { PaxosInstance } from "../paxos/instance.ts";
import { type Chosen, Learner, type Tally } from "../paxos/learner.ts";
import type { AcceptedMessage } from "../paxos/messages.ts";
import { compareProposalIds } from "../paxos/proposal_id.ts";
import type { Proposer } from "../paxos/proposer.ts";

/** So many votes of one acceptor are remembered, those under its highest IDs. */
export const MAX_VOTES = 8;

/**
 * A learner whose memory is bounded, whatever its peers send and however long proposers duel.
 *
 * A vote that is forgotten is one that was lost on its way: the instance is learned later, from votes under a higher ID, and those
 * are for the same value if there was a decision. Each acceptor's votes make room for its own alone.
 */
export class BoundedLearner extends Learner {
  /** Counts the vote as `Learner` does, and forgets one of the same acceptor where there are too many. */
  override receiveAccepted(fromUid: string, message: AcceptedMessage): Chosen | null {
    const chosen = super.receiveAccepted(fromUid, message);
    if (this.tallies.size > MAX_VOTES && chosen === null) this.#forgetLowest(fromUid);
    return chosen;
  }

  #forgetLowest(uid: string): void {
    const votes = [...this.tallies.values()].filter(({ acceptedBy }) => acceptedBy.has(uid));
    if (votes.length <= MAX_VOTES) return;
    const lower = (a: Tally, b: Tally) => compareProposalIds(a.proposalId, b.proposalId) < 0 ? a : b;
    const { proposalId, acceptedBy } = votes.reduce(lower);
    acceptedBy.delete(uid);
    if (acceptedBy.size === 0) this.tallies.delete(this.tallyKey(proposalId));
  }
}

/** An instance that keeps to bounded memory; `acceptor` is what its acceptor remembers, `proposer` another one than the usual. */
export function boundedInstance(
  uid: string,
  quorumSize: number,
  acceptor?: AcceptorState,
  proposer?: Proposer,
): PaxosInstance {
  const instance = new PaxosInstance(uid, quorumSize, proposer, undefined, new BoundedLearner(quorumSize));
  if (acceptor !== undefined) instance.restoreAcceptor(acceptor);
  return instance;
}
