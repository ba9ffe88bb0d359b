// Clusters with a master, and what is looked at in them.
import { MasterNode } from "../../src/node.ts";
import { decodeLink } from "../../src/replica/link.ts";
import type { PeerMessage } from "../../src/replica/messages.ts";
import { assert } from "../assert.ts";
import { formatMessage } from "./story.ts";
import { type ClusterOptions, VirtualCluster } from "./virtual_cluster.ts";

/** The window of the leases in most tests, in milliseconds. */
export const WINDOW_MS = 2000;

/** Nodes with leases, from their first moment on; they do not synchronize unless they see a reason. */
export function masterCluster(options: ClusterOptions = {}): VirtualCluster {
  const settings = { syncIntervalMs: 600_000, leaseWindowMs: WINDOW_MS, ...options.settings };
  return new VirtualCluster({ nodeClass: MasterNode, ...options, settings });
}

/** The same, once one of them is master; its name. */
export function withMaster(
  options: ClusterOptions = {},
): { cluster: VirtualCluster; master: string; others: string[] } {
  const cluster = masterCluster(options);
  const master = elect(cluster);
  // All of them have learned the grant.
  cluster.run(20);
  cluster.trace.length = 0;
  return { cluster, master, others: cluster.nodes.filter((uid) => uid !== master) };
}

/** Lets the time pass until a node that is up is master, and answers with its name. */
export function elect(cluster: VirtualCluster, limitMs = 2 * WINDOW_MS): string {
  const isThere = cluster.runUntil(() => mastersOf(cluster).length > 0, limitMs);
  assert(isThere, `there is no master after ${limitMs} ms`);
  return mastersOf(cluster)[0]!;
}

/** The nodes that are up and take themselves for the master at this moment. */
export function mastersOf(cluster: VirtualCluster): string[] {
  return cluster.nodes.filter((uid) => cluster.isOurs(uid) && masterNode(cluster, uid).isMaster);
}

/** The node, with what its strategies add. */
export function masterNode(cluster: VirtualCluster, uid: string): MasterNode {
  const node = cluster.node(uid);
  if (node instanceof MasterNode) return node;
  throw new Error(`${uid} is no MasterNode`);
}

/** What leaves from now on, as `A -> B accept 1.A @0 x`, but for what synchronizes and introduces. */
export function paxosSent(cluster: VirtualCluster): string[] {
  const sent: string[] = [];
  const { onSend } = cluster;
  cluster.onSend = (from, to, message, count) => {
    if (message !== null && "proposalId" in message) sent.push(`${from} -> ${to} ${formatMessage(message)}`);
    return onSend(from, to, message, count);
  };
  return sent;
}

/** How many messages of the type have left so far, one that goes to several nodes once; the list grows. */
export function proposalsSent(cluster: VirtualCluster, type: "prepare" | "accept"): string[] {
  const seen: string[] = [];
  cluster.watchers.push((_fromUid, message) => {
    if (message?.type !== type) return;
    const text = formatMessage(message);
    if (!seen.includes(text)) seen.push(text);
  });
  return seen;
}

/** Loses what goes from one node to another, in that direction alone; what the list holds is read at each datagram. */
export function oneWay(cluster: VirtualCluster, ways: readonly string[]): void {
  const { onSend } = cluster;
  cluster.onSend = (from, to, message, count) => ways.includes(`${from} ${to}`) ? [] : onSend(from, to, message, count);
}

/** Loses the messages for which the test says so. */
export function lose(
  cluster: VirtualCluster,
  isLost: (from: string, to: string, message: PeerMessage) => boolean,
): void {
  cluster.onSend = (from, to, message) => message !== null && isLost(from, to, message) ? [] : [cluster.latencyMs];
}

/** Watches at every datagram that no two nodes are master at one moment; the list that is returned grows by a sentence for each breach. */
export function watchMasters(cluster: VirtualCluster): readonly string[] {
  const breaches: string[] = [];
  cluster.watchers.push(() => {
    const masters = mastersOf(cluster);
    if (masters.length > 1) breaches.push(`${masters.join(" and ")} at ${cluster.nowMs}`);
  });
  return breaches;
}

/** The links that grant the lease, in order. */
export function grants(cluster: VirtualCluster): string[] {
  return [...cluster.chain.values()].flatMap((link) => decodeLink(link).grantedTo ?? []);
}

/** Whether the trace has a line of the node that ends so. */
export function told(cluster: VirtualCluster, uid: string, text: string): boolean {
  return cluster.trace.some((line) => line.slice(10) === `${uid} ${text}`);
}
