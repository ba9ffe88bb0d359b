// Clusters with nodes of the ancestor in them.
import { assert } from "../assert.ts";
import { AncestorDouble } from "./ancestor_double.ts";
import { plainNode } from "./scenes.ts";
import { type ClusterOptions, VirtualCluster } from "./virtual_cluster.ts";

/** A cluster, and the present life of each of the ancestor's nodes in it. */
export interface Mixed {
  readonly cluster: VirtualCluster;
  /** The present life of an ancestor's node. */
  readonly double: (uid: string) => AncestorDouble;
}

/** Our node or nodes with those of the ancestor. */
export function mixed(options: ClusterOptions = {}, oldUids: readonly string[] = ["B", "C"]): Mixed {
  const doubles = new Map<string, AncestorDouble>();
  const others = Object.fromEntries(
    oldUids.map((uid) => [uid, (world: ConstructorParameters<typeof AncestorDouble>[0]) => {
      const double = new AncestorDouble(world);
      doubles.set(uid, double);
      return double;
    }]),
  );
  const cluster = new VirtualCluster({ ...options, others });
  return { cluster, double: (uid) => doubles.get(uid)! };
}

/** The same, once our nodes know that the others know no hello. */
export function settledMixed(options: ClusterOptions = {}, oldUids: readonly string[] = ["B", "C"]): Mixed {
  // One that has said nothing for five of these intervals is taken for one that is down.
  const made = mixed({ ...options, settings: { syncIntervalMs: 3000, ...options.settings } }, oldUids);
  const { cluster } = made;
  const ours = cluster.nodes.filter((uid) => !oldUids.includes(uid));
  const isKnown = (uid: string): boolean =>
    ours.every((our) => plainNode(cluster, our).acquaintance(uid) === "ancestor");
  assert(cluster.runUntil(() => oldUids.every(isKnown), 200_000), "the ancestor's nodes are known as such");
  return made;
}
