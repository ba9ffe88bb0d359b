// What many directed tests begin with, and what they look at.
import type { PeerMessage } from "../../src/replica/messages.ts";
import { PlainNode } from "../../src/node.ts";
import { formatMessage } from "./story.ts";
import { type Answers, type ClusterOptions, VirtualCluster } from "./virtual_cluster.ts";

/** Nodes that know each other, and that do not synchronize unless they see a reason. */
export function settled(options: ClusterOptions = {}): VirtualCluster {
  const cluster = new VirtualCluster({ ...options, settings: { syncIntervalMs: 600_000, ...options.settings } });
  cluster.run(100);
  cluster.trace.length = 0;
  return cluster;
}

/** What a client was told of its proposal: `chosen 3`, `unknown`, `refused`, `no answer`. */
export function outcome([answer]: Answers): string {
  if (answer?.result !== "proposed") return answer?.result ?? "no answer";
  return answer.instanceNumber === null ? answer.outcome : `${answer.outcome} ${answer.instanceNumber}`;
}

/** When each message of the type was sent to the node, and its bytes as text. */
export function sentTo(
  cluster: VirtualCluster,
  uid: string,
  type: PeerMessage["type"],
): { atMs: number; text: string }[] {
  const sent: { atMs: number; text: string }[] = [];
  const { onSend } = cluster;
  cluster.onSend = (from, to, message, count) => {
    if (to === uid && message?.type === type) sent.push({ atMs: cluster.nowMs, text: formatMessage(message) });
    return onSend(from, to, message, count);
  };
  return sent;
}

/** The nodes have said something since they learned what they know, so it is durable. */
export function letSave(cluster: VirtualCluster, ...uids: string[]): void {
  for (const uid of uids) {
    cluster.deliver(cluster.node(uid).peers[0]!, uid, { type: "read_request", readNumber: 1 });
  }
}

/** The node, with what its strategies add. */
export function plainNode(cluster: VirtualCluster, uid: string): PlainNode {
  const node = cluster.node(uid);
  if (node instanceof PlainNode) return node;
  throw new Error(`${uid} is no PlainNode`);
}
