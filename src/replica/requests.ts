// What clients and nodes say to each other. Both ways a message bears the ID that the client gave to the request.
import type { ProposalId } from "../paxos/proposal_id.ts";
import type { Update } from "./link.ts";
import type { LinkRecord } from "./link_record.ts";
import type { SessionName } from "./register.ts";
import type { Trouble } from "./trouble.ts";

/** The version of requests, responses, structured links and added peer messages. */
export const MESSAGE_FORMAT = 1;

/** Asks for a session, which makes updates safe to send again, at any node. */
export interface OpenRequest {
  /** Tells the requests apart. */
  readonly operation: "open";
  /** Chosen by the client, never used twice. */
  readonly requestId: string;
}

/** Asks a node to get the value chosen. Sent again with the same ID, it is not done twice. */
export interface ProposeRequest {
  /** Tells the requests apart. */
  readonly operation: "propose";
  /** Chosen by the client, never used twice. */
  readonly requestId: string;
  /**
   * Where there are no sessions, the life of the node for which it is meant: a node that was restarted since refuses, as it
   * cannot know what it did before. `null` with a session.
   */
  readonly life: string | null;
  /** The update: it bears a session, or it is plain. */
  readonly update: Update;
  /** For how long the node shall try, in milliseconds. */
  readonly timeoutMs: number;
}

/** Asks for the value. */
export interface GetRequest {
  /** Tells the requests apart. */
  readonly operation: "get";
  /** Chosen by the client, never used twice. */
  readonly requestId: string;
  /** Whether what this node has is enough, though it may be old. */
  readonly local: boolean;
  /** For how long the node shall try, in milliseconds. */
  readonly timeoutMs: number;
}

/** Asks for the updates that were applied from an instance on; answered as soon as there are any, but never by a late "nothing". */
export interface WatchRequest {
  /** Tells the requests apart. */
  readonly operation: "watch";
  /** Chosen by the client, never used twice. */
  readonly requestId: string;
  /** The first instance that is wanted; `null`: whatever comes next, and the answer says at once where that begins. */
  readonly from: number | null;
  /** For how long the node shall wait, in milliseconds. */
  readonly timeoutMs: number;
}

/** Asks how a node is. */
export interface StatusRequest {
  /** Tells the requests apart. */
  readonly operation: "status";
  /** Chosen by the client, never used twice. */
  readonly requestId: string;
  /** Whether the node shall ask its peers first, so that it can say who is there: that takes a while if one is not. */
  readonly reach?: boolean;
}

/** Asks how an instance was decided. */
export interface ExplainRequest {
  /** Tells the requests apart. */
  readonly operation: "explain";
  /** Chosen by the client, never used twice. */
  readonly requestId: string;
  /** The instance. */
  readonly instanceNumber: number;
}

/** All that a client may ask. */
export type ClientRequest = OpenRequest | ProposeRequest | GetRequest | WatchRequest | StatusRequest | ExplainRequest;

/** Answers `open`. */
export interface OpenedResult {
  /** Tells the results apart. */
  readonly result: "opened";
  /** Names the time from this start of the node to its end. */
  readonly life: string;
  /** The new session; `null` while a node of the ancestor is in the cluster, which could not hand it over. */
  readonly session: SessionName | null;
}

/** Answers `propose`: what became of the value. "Not chosen" is final; "unknown" leaves it open, for ever. */
export interface ProposedResult {
  /** Tells the results apart. */
  readonly result: "proposed";
  /** What is known of it. */
  readonly outcome: "chosen" | "not_chosen" | "unknown";
  /** The instance that chose it. */
  readonly instanceNumber: number | null;
  /** Why it was not chosen, or why that is not known. */
  readonly reason: string | null;
}

/** Answers `get`. */
export interface ValueResult {
  /** Tells the results apart. */
  readonly result: "value";
  /** The replicated value; `null` if none was ever chosen. */
  readonly value: string | null;
  /** The instance that decided it, where that is known. */
  readonly valueInstanceNumber: number | null;
  /** The instance that the node is deciding. */
  readonly instanceNumber: number;
  /** How it was read. */
  readonly read: "linearizable" | "local";
}

/** Answers `watch`. */
export interface UpdatesResult {
  /** Tells the results apart. */
  readonly result: "updates";
  /** Where the answer begins: later than asked for, if the node has what came before no more. */
  readonly from: number;
  /** Where the next question should begin. */
  readonly next: number;
  /** The updates that were applied in between, each with its instance. */
  readonly updates: readonly (readonly [instanceNumber: number, value: string])[];
}

/** Answers `status`. */
export interface StatusResult {
  /** Tells the results apart. */
  readonly result: "status";
  /** The instance that the node is deciding. */
  readonly instanceNumber: number;
  /** The replicated value, as far as this node knows. */
  readonly value: string | null;
  /** What its acceptor has promised. */
  readonly promisedId: ProposalId | null;
  /** What its acceptor has accepted in this instance. */
  readonly acceptedId: ProposalId | null;
  /** The node that holds the lease. */
  readonly masterUid: string | null;
  /** What is left of it, in milliseconds. */
  readonly leaseRemainingMs: number | null;
  /** For how long the node votes for nobody, since a lease may stand of which it was not told, in milliseconds; 0 if it does not wait. */
  readonly leaseWaitMs: number;
  /** Whether links are values or pairs of lease and value. */
  readonly mode: "plain" | "master";
  /** Of the process. */
  readonly pid: number;
  /** Since the process started, in milliseconds. */
  readonly uptimeMs: number;
  /** How it stands with its peers; empty where it is composed without `Reachability`. */
  readonly peers: readonly PeerReport[];
  /** What is wrong, as far as this node can see. */
  readonly troubles: readonly Trouble[];
}

/** How a node stands with one of its peers. */
export interface PeerReport {
  /** The peer. */
  readonly uid: string;
  /** Since it was last heard, in milliseconds; `null` if it was not, in this life of the node. */
  readonly heardMs: number | null;
  /** Whether it has answered a ping that was sent for this question; `null` if none was, or if it knows none. */
  readonly answers: boolean | null;
}

/** Answers `explain`. */
export interface ExplainedResult {
  /** Tells the results apart. */
  readonly result: "explained";
  /** The instance that the node is deciding. */
  readonly instanceNumber: number;
  /** How the instance was decided; null where the node has not seen it, or has forgotten. */
  readonly record: LinkRecord | null;
}

/** Says why a request was not taken up; it has had no effect and will have none. */
export interface RefusedResult {
  /** Tells the results apart. */
  readonly result: "refused";
  /** What is wrong, and what to do. */
  readonly reason: string;
}

/** Says that another node is master: the request has had no effect here and will have none. */
export interface RedirectedResult {
  /** Tells the results apart. */
  readonly result: "redirected";
  /** The node to ask. */
  readonly masterUid: string;
}

/** All that a node may answer to a client. */
export type ClientResult =
  | OpenedResult
  | ProposedResult
  | ValueResult
  | UpdatesResult
  | StatusResult
  | ExplainedResult
  | RefusedResult
  | RedirectedResult;

/** A node's answer. */
export type ClientResponse = ClientResult & {
  /** Of the request that it answers. */
  readonly requestId: string;
  /** The node that answers. */
  readonly node: string;
};
