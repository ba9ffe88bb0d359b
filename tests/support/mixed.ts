// Clusters with nodes of the ancestor in them.
import { assert } from "../assert.ts";
import { AncestorDouble } from "./ancestor_double.ts";
import type { World } from "./machine.ts";
import { plainNode } from "./scenes.ts";
import { type ClusterOptions, VirtualCluster } from "./virtual_cluster.ts";

/** A cluster, and the present life of each of the ancestor's nodes in it. */
export interface Mixed<D = AncestorDouble> {
  readonly cluster: VirtualCluster;
  /** The present life of an ancestor's node. */
  readonly double: (uid: string) => D;
}

/** Our node or nodes with those of the ancestor. */
export function mixed(options: ClusterOptions = {}, oldUids: readonly string[] = ["B", "C"]): Mixed {
  return mixedOf(AncestorDouble, options, oldUids);
}

/** The same, of any double. */
export function mixedOf<D extends AncestorDouble>(
  double: new (world: World) => D,
  options: ClusterOptions,
  oldUids: readonly string[],
): Mixed<D> {
  const doubles = new Map<string, D>();
  const others = Object.fromEntries(
    oldUids.map((uid) => [uid, (world: World) => {
      const made = new double(world);
      doubles.set(uid, made);
      return made;
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
