// What answers, and silence, amount to.
import type { ClientResponse, OpenedResult, UpdatesResult } from "../replica/requests.ts";
import { isIpv6, isLoopback } from "../runtime/addresses.ts";
import type { GetOutcome, ProposeOutcome } from "./outcomes.ts";
import type { NodeAt } from "./exchange.ts";
import type { Judgement } from "./turns.ts";

/** The node gives up earlier than its client, so that the client hears why; by at most this, in milliseconds. */
const MAX_ANSWER_MARGIN_MS = 100;

/** What the node's answer says about a proposal. A refusal is of the node that was asked, and no other. */
export function judgeProposed(answer: ClientResponse): Judgement<ProposeOutcome> {
  const { node } = answer;
  if (answer.result === "refused") {
    return { weight: "refusal", says: { outcome: "not_chosen", reason: answer.reason, node } };
  }
  if (answer.result === "proposed") {
    const { outcome, instanceNumber, reason } = answer;
    if (outcome === "chosen" && instanceNumber !== null) {
      return { weight: "final", says: { outcome, instanceNumber, node } };
    }
    if (outcome === "not_chosen" && reason !== null) return { weight: "final", says: { outcome, reason, node } };
    if (outcome === "unknown" && reason !== null) return { weight: "doubtful", says: { outcome, reason, node } };
  }
  return { weight: "doubtful", says: { outcome: "unknown", reason: reasonOf(answer), node } };
}

/** What a read has found. */
export function judgeValue(answer: ClientResponse): Judgement<GetOutcome> {
  if (answer.result !== "value") {
    return { weight: "refusal", says: { outcome: "refused", reason: reasonOf(answer) } };
  }
  const { value, valueInstanceNumber, instanceNumber: nodeInstanceNumber, node, read } = answer;
  const found = { value, instanceNumber: valueInstanceNumber, nodeInstanceNumber, node, read };
  return { weight: "final", says: { outcome: "value", ...found } };
}

/** Whether a session was opened; the reason if not. */
export function judgeOpened(answer: ClientResponse): Judgement<OpenedResult | string> {
  return answer.result === "opened" ? { weight: "final", says: answer } : { weight: "refusal", says: reasonOf(answer) };
}

/** What was applied from the instance on: another node may still have what this one has no more. The reason of a refusal. */
export function judgeUpdates(answer: ClientResponse, from: number | null): Judgement<UpdatesResult | string> {
  if (answer.result !== "updates") return { weight: "refusal", says: reasonOf(answer) };
  return { weight: from === null || answer.from <= from ? "final" : "doubtful", says: answer };
}

function reasonOf(answer: ClientResponse): string {
  if (answer.result === "refused") return answer.reason;
  if (answer.result !== "redirected") return `node ${answer.node} has answered something else`;
  // Where it could be found, it would have been asked.
  return `node ${answer.node} calls ${answer.masterUid} the master, whose address is not known here: ` +
    "configure all nodes of the cluster";
}

/** Says who kept silent. */
export function noAnswer(nodes: readonly NodeAt[], timeoutMs: number): string {
  const uids = nodes.map(([uid]) => uid).sort();
  return `no answer from ${uids.join(", ")} in ${timeoutMs / 1000} s`;
}

/** How long the node shall try: a little less than its client waits, so that the client hears the outcome from the node. */
export function nodeTimeoutMs(clientTimeoutMs: number): number {
  return Math.max(Math.floor(clientTimeoutMs - Math.min(MAX_ANSWER_MARGIN_MS, clientTimeoutMs / 4)), 1);
}

/** Where to listen for answers: on loopback alone, if the nodes are there. */
export function localAddress(addresses: ReadonlyMap<string, Deno.NetAddr>): string {
  const ips = [...addresses.values()].map(({ hostname }) => hostname);
  const local = ips.every(isLoopback);
  if (ips.some(isIpv6)) return local ? "::1" : "::";
  return local ? "127.0.0.1" : "0.0.0.0";
}
