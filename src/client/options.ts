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

/**
 * How a value is set.
 *
 * A leader lock with fencing: who replaces `nobody` by its own name leads, and the instance that chose the name is its token. It
 * grows from leader to leader, so whatever leaders write to can refuse one that does not know yet that it leads no more.
 *
 * ```ts
 * import { PaxosClient } from "@paxos/paxos/client";
 *
 * class FencedStorage {
 *   #highest = -1;
 *   write(token: number, text: string): void {
 *     if (token < this.#highest) throw new Error(`token ${token} is that of a former leader`);
 *     this.#highest = token;
 *     console.log(token, text);
 *   }
 * }
 *
 * async function tryToLead(client: PaxosClient, me: string): Promise<number | null> {
 *   const taken = await client.compareAndSet(null, "nobody", me, { timeoutMs: 200 });
 *   if (taken.outcome === "chosen") return taken.instanceNumber;
 *   if (taken.outcome === "not_chosen") return null;
 *   // Unknown: it may have worked, or still work later. Whose name stands can be read.
 *   const read = await client.get(null, { timeoutMs: 200 });
 *   return read.outcome === "value" && read.value === me ? read.instanceNumber : null;
 * }
 *
 * const client = await PaxosClient.open({ nodes: { A: { host: "127.0.0.1", port: 1234 } } });
 * const storage = new FencedStorage();
 * const token = await tryToLead(client, "host-1");
 * if (token !== null) {
 *   storage.write(token, "written by host-1");
 *   // Gives the lock back, unless it was taken away.
 *   await client.propose(null, "nobody", { condition: { kind: "instance", instanceNumber: token } });
 * }
 * client.close();
 * ```
 */
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
