import { compareProposalIds, type ProposalId } from "./proposal_id.ts";
import type { AcceptedMessage, AcceptMessage, NackMessage, PrepareMessage, PromiseMessage } from "./messages.ts";

/** What an acceptor must find again after a crash. */
export type AcceptorState = Readonly<Pick<Acceptor, "promisedId" | "acceptedId" | "acceptedValue">>;

/**
 * The memory of the algorithm: it promises, and it accepts what no promise forbids.
 *
 * Its answers reveal its state, so they may leave only after the state is on stable storage.
 *
 * Source: Lamport, *Paxos Made Simple*, section 2.2 (P1a).
 */
export class Acceptor {
  /** The highest ID that it has promised. */
  promisedId: ProposalId | null = null;
  /** The highest ID that it has accepted. */
  acceptedId: ProposalId | null = null;
  /** The value accepted under that ID. */
  acceptedValue: string | null = null;

  /** Promises, unless a higher ID was promised before. Asked again for the same ID, it gives the same promise. */
  receivePrepare(message: PrepareMessage): PromiseMessage | NackMessage {
    const { proposalId } = message;
    if (compareProposalIds(proposalId, this.promisedId) < 0) return this.refuse(proposalId);
    this.promisedId = proposalId;
    return { type: "promise", proposalId, lastAcceptedId: this.acceptedId, lastAcceptedValue: this.acceptedValue };
  }

  /** Accepts, unless a higher ID was promised before. To accept is to promise as well, for good. */
  receiveAccept(message: AcceptMessage): AcceptedMessage | NackMessage {
    const { proposalId, value } = message;
    if (compareProposalIds(proposalId, this.promisedId) < 0) return this.refuse(proposalId);
    this.promisedId = proposalId;
    this.acceptedId = proposalId;
    this.acceptedValue = value;
    return { type: "accepted", proposalId, value };
  }

  /** The answer to an ID that a promise forbids. */
  protected refuse(proposalId: ProposalId): NackMessage {
    return { type: "nack", proposalId, promisedId: this.promisedId };
  }

  /** All that it must remember, as plain data. */
  save(): AcceptorState {
    const { promisedId, acceptedId, acceptedValue } = this;
    return { promisedId, acceptedId, acceptedValue };
  }

  /** Takes over what `save` gave. */
  restore(state: AcceptorState): void {
    ({ promisedId: this.promisedId, acceptedId: this.acceptedId, acceptedValue: this.acceptedValue } = state);
  }
}
