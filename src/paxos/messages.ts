// What the roles of one instance of Paxos say to each other. Which instance it is, who sent it and how it travels is the
// business of the layers above.
import type { ProposalId } from "./proposal_id.ts";

/** Phase 1a: asks the acceptors to promise. */
export interface PrepareMessage {
  /** Tells the messages apart. */
  readonly type: "prepare";
  /** The ID for which promises are asked. */
  readonly proposalId: ProposalId;
}

/** Phase 1b: the acceptor will accept nothing below `proposalId`, and reports what it has accepted so far. */
export interface PromiseMessage {
  /** Tells the messages apart. */
  readonly type: "promise";
  /** The ID that was promised. */
  readonly proposalId: ProposalId;
  /** The highest proposal that the acceptor has accepted in this instance. */
  readonly lastAcceptedId: ProposalId | null;
  /** The value of that proposal. */
  readonly lastAcceptedValue: string | null;
}

/** Refuses a prepare or an accept, because a higher ID was promised. */
export interface NackMessage {
  /** Tells the messages apart. */
  readonly type: "nack";
  /** The ID that is refused. */
  readonly proposalId: ProposalId;
  /** The promise that stands in its way. */
  readonly promisedId: ProposalId | null;
}

/** Phase 2a: asks the acceptors to accept a value. */
export interface AcceptMessage {
  /** Tells the messages apart. */
  readonly type: "accept";
  /** The ID under which a quorum has promised. */
  readonly proposalId: ProposalId;
  /** The value: always the same one for the same ID. */
  readonly value: string;
}

/** Phase 2b: tells every learner that this acceptor has accepted. */
export interface AcceptedMessage {
  /** Tells the messages apart. */
  readonly type: "accepted";
  /** The ID that was accepted. */
  readonly proposalId: ProposalId;
  /** The value that was accepted. */
  readonly value: string;
}

/** All that the roles of one instance say to each other. */
export type PaxosMessage = PrepareMessage | PromiseMessage | NackMessage | AcceptMessage | AcceptedMessage;
