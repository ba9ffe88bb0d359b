// How a client is opened, and what its calls may be told.
import type { Condition } from "../replica/link.ts";
import type { NodeAddress } from "../runtime/addresses.ts";

/** What a client is opened with. */
export interface ClientOptions {
  /** The address of each node of the cluster by its uid, as in `paxos.json`. */
  readonly nodes: Readonly<Record<string, NodeAddress>>;
  /** The file of the secret that the nodes share, if they do; a relative path starts at the current directory. */
  readonly secretFile?: string | undefined;
}

/** How long a call may take. */
export interface CallOptions {
  /** From the call to its outcome, in milliseconds: more than 0, at most 86,400,000 (a day). 5000 if it is not given. */
  readonly timeoutMs?: number;
}

/** How a value is set. */
export interface ProposeOptions extends CallOptions {
  /** What must hold at the moment at which the value is set; nothing, if it is not given. */
  readonly condition?: Condition;
}

/** How a value is read. */
export interface GetOptions extends CallOptions {
  /** Whether what the node has is enough, though it may be old. If not, the value is one that stood at some time during the call. */
  readonly local?: boolean;
}

/** How a node is asked how it is. */
export interface StatusOptions extends CallOptions {
  /** Whether the node shall first ask its peers whether they are there: up to 0.4 s more, if one of them is not. */
  readonly reach?: boolean;
}

/** What is watched, and for how long. */
export interface WatchOptions {
  /** The first instance that is wanted, from 0; if it is not given, the one that the first node to answer is deciding then. */
  readonly from?: number;
  /** Ends the watching. */
  readonly signal?: AbortSignal;
}
