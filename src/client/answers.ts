// What answers, and silence, amount to.
import type { ClientResponse, ValueResult } from "../replica/requests.ts";
import { isIpv6, isLoopback } from "../runtime/addresses.ts";
import type { GetOutcome, ProposeOutcome } from "./outcomes.ts";

/** The node gives up earlier than its client, so that the client hears why; by at most this, in milliseconds. */
const MAX_ANSWER_MARGIN_MS = 100;

/** What the node's answer says about a proposal. */
export function proposeOutcome(answer: ClientResponse): ProposeOutcome {
  const { node } = answer;
  if (answer.result === "refused") return { outcome: "not_chosen", reason: answer.reason, node };
  if (answer.result === "proposed") {
    const { outcome, instanceNumber, reason } = answer;
    if (outcome === "chosen" && instanceNumber !== null) return { outcome, instanceNumber, node };
    if (outcome !== "chosen" && reason !== null) return { outcome, reason, node };
  }
  return { outcome: "unknown", reason: `node ${node} has answered something else`, node };
}

/** What a value tells a reader. */
export function valueOutcome(answer: ValueResult & Pick<ClientResponse, "node">): GetOutcome {
  const { value, valueInstanceNumber, instanceNumber, node, read } = answer;
  return {
    outcome: "value",
    value,
    instanceNumber: valueInstanceNumber,
    nodeInstanceNumber: instanceNumber,
    node,
    read,
  };
}

/** Says who kept silent. */
export function noAnswer(uids: readonly string[], timeoutMs: number): string {
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
