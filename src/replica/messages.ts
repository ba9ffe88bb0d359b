// What nodes say to each other about the chain. The messages of Paxos carry the instance they belong to; the others keep the
// nodes together. Those marked "added" are ignored by nodes of the ancestor.
import type { AcceptedMessage, PaxosMessage } from "../paxos/messages.ts";
import type { ProposalId } from "../paxos/proposal_id.ts";
import type { LeaseView } from "./lease.ts";
import type { RegisterState } from "./register.ts";

/** A vote that does not repeat the value (added): there is only one under its ID, and the accept has carried that. */
export type ShortAcceptedMessage = Omit<AcceptedMessage, "value"> & {
  /** The value of the accept under this ID. */
  readonly value: null;
};

/** A message of Paxos, in the instance that it is about. */
export type ChainMessage = (PaxosMessage | ShortAcceptedMessage) & {
  /** The link that is being decided. */
  readonly instanceNumber: number;
};

/** Tells a peer where its sender stands, and asks to be brought up to date if that is behind. */
export interface SyncRequestMessage {
  /** Tells the messages apart. */
  readonly type: "sync_request";
  /** The instance that the sender is deciding. */
  readonly instanceNumber: number;
}

/** Brings a node up to date: the ancestor's form, which carries the value alone. */
export interface CatchupMessage {
  /** Tells the messages apart. */
  readonly type: "catchup";
  /** The instance that the sender is deciding. */
  readonly instanceNumber: number;
  /** The replicated value before that instance. */
  readonly currentValue: string | null;
}

/** Brings a node up to date (added): all that the chain amounts to. */
export interface SnapshotMessage {
  /** Tells the messages apart. */
  readonly type: "snapshot";
  /** The instance that the sender is deciding. */
  readonly instanceNumber: number;
  /** What the links before that instance amount to. */
  readonly register: RegisterState;
  /** What the sender knows of the lease; `null` where there are no leases. */
  readonly lease: LeaseView | null;
  /** Of the sender's configuration. */
  readonly configurationDigest: string;
}

/** Where the chain stands, as a peer tells it. */
export type News = Pick<SnapshotMessage, "instanceNumber" | "register" | "lease">;

/** What all nodes of a cluster must agree on. */
export interface Configuration {
  /** The version of the added messages and of structured links. */
  readonly format: number;
  /** All nodes, by uid, sorted. */
  readonly nodes: readonly string[];
  /** Whether links are values or pairs of lease and value. */
  readonly mode: "plain" | "master";
  /** How long a lease lasts, in milliseconds; `null` where there are none. */
  readonly leaseWindowMs: number | null;
}

/** Shows the sender's configuration (added). */
export interface HelloMessage extends Configuration {
  /** Tells the messages apart. */
  readonly type: "hello";
  /** Whether this answers a hello, and so asks for no other. */
  readonly answer: boolean;
  /** Names the sender's life: the time from this start of its process to its end. */
  readonly life: string;
  /** Whether that life began without a state: the sender has never lived before, or has lost what it promised. */
  readonly fresh: boolean;
}

/** A proposal of the ancestor's kind, passed on to the master: nobody answers it. */
export interface ProposeMessage {
  /** Tells the messages apart. */
  readonly type: "propose";
  /** The value. */
  readonly value: string;
}

/** Asks where the receiver stands, for a linearizable read (added). */
export interface ReadRequestMessage {
  /** Tells the messages apart. */
  readonly type: "read_request";
  /** Never used for two reads. */
  readonly readNumber: number;
}

/** Says where the sender stands, for a linearizable read (added). */
export interface ReadAnswerMessage {
  /** Tells the messages apart. */
  readonly type: "read_answer";
  /** The read that it answers. */
  readonly readNumber: number;
  /** The instance that the sender is deciding. */
  readonly instanceNumber: number;
  /** Whether the sender has accepted anything there. */
  readonly accepted: boolean;
}

/** Asks whether the receiver is there (added). */
export interface PingMessage {
  /** Tells the messages apart. */
  readonly type: "ping";
  /** For the answer; grows within a life of the sender. */
  readonly number: number;
}

/** Answers a ping (added). */
export interface PongMessage {
  /** Tells the messages apart. */
  readonly type: "pong";
  /** That of the ping. */
  readonly number: number;
}

/** Asks where the receiver stands, on behalf of a sender that has lost its state (added). */
export interface RejoinRequestMessage {
  /** Tells the messages apart. */
  readonly type: "rejoin_request";
  /** Of the sender's present life: answers to an earlier one are too old. */
  readonly nonce: number;
}

/** Says where the sender stands, to a node that has lost its state (added). */
export interface RejoinAnswerMessage {
  /** Tells the messages apart. */
  readonly type: "rejoin_answer";
  /** Of the question. */
  readonly nonce: number;
  /** The instance that the sender is deciding. */
  readonly instanceNumber: number;
  /** What the sender has promised. */
  readonly promisedId: ProposalId | null;
}

/** All that nodes say to each other. */
export type PeerMessage =
  | ChainMessage
  | SyncRequestMessage
  | CatchupMessage
  | SnapshotMessage
  | HelloMessage
  | ProposeMessage
  | ReadRequestMessage
  | ReadAnswerMessage
  | PingMessage
  | PongMessage
  | RejoinRequestMessage
  | RejoinAnswerMessage;
