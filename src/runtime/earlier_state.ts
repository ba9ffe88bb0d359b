// What a node begins its life with.
import { decodeState, LOST_STATE, type NodeState, type Owner, StateDamage } from "../replica/node_state.ts";
import { ConfigurationError, StateError } from "./errors.ts";
import type { RunnableNode } from "./node_class.ts";
import type { StateStore } from "./state_store.ts";

/** Fewer nodes cannot do without one of them: in a cluster of two nothing can be chosen while the other one abstains. */
const FEWEST_NODES_TO_REJOIN = 3;

/**
 * Gives the node what it has saved in an earlier life, if it had one; or, where it shall rejoin, the state of one that has lost its
 * own. A `ReportedError` where the state cannot be used, or is not lost.
 */
export function restoreEarlier(node: RunnableNode, store: StateStore, owner: Owner, rejoin: boolean): void {
  const state = rejoin ? lostState(store, owner) : savedState(store, owner);
  if (state === null) return;
  node.restore(state);
  if (node.save().abstainsThrough === state.abstainsThrough) return;
  throw new ConfigurationError(
    `Cannot start node ${owner.uid}: it has lost its state and rejoins, and this composition has no strategy for that: ` +
      `stand it on Rejoin, as PlainNode is.`,
  );
}

function savedState(store: StateStore, owner: Owner): NodeState | null {
  const text = store.load();
  if (text === null) return null;
  try {
    return decodeState(text, owner);
  } catch (error) {
    if (!(error instanceof StateDamage)) throw error;
    const start = `Cannot start node ${owner.uid}: its state file ${store.path} `;
    const damage = error.message;
    switch (error.kind) {
      case "damaged":
        throw new StateError(
          `${start}is damaged: ${damage}. A node that forgets its promises can break agreement: ` +
            `restore the file from a backup, do not delete it. ${orRejoin(owner)}`,
          { cause: error },
        );
      case "newer":
        throw new StateError(`${start}is of another version: ${damage}.`, { cause: error });
      case "foreign":
        throw new ConfigurationError(`${start}does not fit: ${damage}.`, { cause: error });
    }
  }
}

/** What to do where there is no backup. */
export function orRejoin({ uid }: Pick<Owner, "uid">): string {
  return `Where that is not possible, move it away and run: paxos serve ${uid} --rejoin`;
}

/** Begins anew where nothing is there; what has begun to rejoin in an earlier life goes on. */
function lostState(store: StateStore, owner: Owner): NodeState {
  if (owner.nodes.length < FEWEST_NODES_TO_REJOIN) {
    throw new ConfigurationError(
      `Node ${owner.uid} cannot rejoin a cluster of ${owner.nodes.length} nodes: without its vote the other has no quorum. ` +
        `Begin a new cluster with the value that the other node has, as src/docs/operations.md says under Membership.`,
    );
  }
  if (store.isMissing()) return LOST_STATE;
  const saved = savedState(store, owner);
  if (saved?.abstainsThrough !== undefined) return saved;
  throw new StateError(
    `Node ${owner.uid} has its state, in ${store.path}: --rejoin is for a node that has lost it. Start it without --rejoin; ` +
      `if the file is an old copy, or another node's, move it away first.`,
  );
}
