import { compareProposalIds, type ProposalId } from "../paxos/proposal_id.ts";

/** A promise, as far as it matters for the choice of the value. */
export interface PromiseRecord {
  /** The acceptor that gave it. */
  readonly uid: string;
  /** The highest proposal that it had accepted in this instance before. */
  readonly lastAcceptedId: ProposalId | null;
}

/** How a link was decided, as one node has seen it. */
export interface LinkRecord {
  /** The instance. */
  readonly instanceNumber: number;
  /** The proposal that was chosen. */
  readonly proposalId: ProposalId;
  /** What the link sets, for people; a long text is cut off. */
  readonly value: string;
  /** Whose acceptances this node had heard of when it learned the decision: a quorum. */
  readonly acceptedBy: readonly string[];
  /** The promises on which the proposal rests, its own included; null at nodes that did not make the proposal. */
  readonly promises: readonly PromiseRecord[] | null;
  /** Whether these promises were given in an earlier instance, which they outlive: a master asks for them once. */
  readonly promisedEarlier: boolean;
}

/** The promise that left the proposer no choice: of all that report something, the one with the highest ID. */
export function forcingPromise(promises: readonly PromiseRecord[]): PromiseRecord | null {
  let forcing: PromiseRecord | null = null;
  for (const promise of promises) {
    if (compareProposalIds(promise.lastAcceptedId, forcing?.lastAcceptedId ?? null) > 0) forcing = promise;
  }
  return forcing;
}
