// Watches every datagram of a virtual cluster for the rules that can be seen from outside: save before you speak (S1), and
// never two values, nor two lives, under one proposal ID (S3).
import { compareProposalIds, formatProposalId, type ProposalId } from "../../src/paxos/proposal_id.ts";
import type { PeerMessage } from "../../src/replica/messages.ts";
import { BLANK_STATE, decodeState, type NodeState } from "../../src/replica/node_state.ts";
import { formatMessage } from "./story.ts";
import type { VirtualCluster } from "./virtual_cluster.ts";

/** The list that is returned grows by a sentence for each breach. */
export function watchRules(cluster: VirtualCluster): readonly string[] {
  const breaches: string[] = [];
  const values = new Map<string, string>();
  const lives = new Map<string, unknown>();

  function once<T>(seen: Map<string, T>, key: string, content: T, breach: string): void {
    if (seen.has(key) && seen.get(key) !== content) breaches.push(breach);
    seen.set(key, content);
  }

  cluster.watchers.push((fromUid, message) => {
    if (message === null) return;
    const text = `${fromUid} sends ${formatMessage(message)}`;
    const saved = cluster.disk.get(fromUid);
    const state = saved === undefined ? BLANK_STATE : decodeState(saved, { uid: fromUid, nodes: cluster.nodes });
    if (!isBehind(state, message)) breaches.push(`${text} before it has saved that`);
    if (message.type === "prepare" || message.type === "accept") {
      const key = `${message.instanceNumber} ${formatProposalId(message.proposalId)}`;
      if (message.type === "accept") once(values, key, message.value, `${text}: a second value under that ID`);
      once(lives, key, cluster.node(fromUid), `${text}: an ID of its earlier life`);
    }
  });
  return breaches;
}

/** Whether the durable state stands behind what the message reveals. */
function isBehind({ instanceNumber, acceptor }: NodeState, message: PeerMessage): boolean {
  const covers = (saved: ProposalId | null, id: ProposalId): boolean => compareProposalIds(saved, id) >= 0;
  switch (message.type) {
    case "prepare":
    case "promise":
      return covers(acceptor.promisedId, message.proposalId);
    case "accepted":
      return instanceNumber > message.instanceNumber || covers(acceptor.acceptedId, message.proposalId);
    case "nack":
      return message.promisedId === null || covers(acceptor.promisedId, message.promisedId);
    case "sync_request":
    case "catchup":
    case "snapshot":
    case "read_answer":
      return instanceNumber >= message.instanceNumber;
    default:
      return true;
  }
}
