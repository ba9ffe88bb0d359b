// What a real node tells over HTTP (`paxos serve --http`, `/events`), as far as the lab needs it.
import { proposalIdFromJson } from "../../replica/json.ts";
import type { NodeState } from "../../replica/node_state.ts";
import { EMPTY_REGISTER } from "../../replica/register.ts";

/** Something that a node tells. */
export type LiveEvent =
  /** What it has on its disk now. */
  | {
    readonly event: "state";
    readonly node: string;
    readonly atMs: number;
    readonly nodes: readonly string[];
    readonly state: NodeState;
    readonly masterUid: string | null;
    readonly leaseRemainingMs: number | null;
  }
  | {
    readonly event: "sent";
    readonly node: string;
    readonly atMs: number;
    readonly to: string;
    readonly datagram: string;
  }
  | {
    readonly event: "received";
    readonly node: string;
    readonly atMs: number;
    readonly from: string;
    readonly datagram: string;
  }
  | { readonly event: "chosen"; readonly node: string; readonly atMs: number; readonly instanceNumber: number }
  | {
    readonly event: "caught_up";
    readonly node: string;
    readonly atMs: number;
    readonly instanceNumber: number;
    readonly from: string;
  }
  /** It is told no more: the node is gone, or cannot be reached. */
  | { readonly event: "gone"; readonly node: string; readonly atMs: number };

/** Reads what a node has told; `null` for what the lab has no use for. */
export function readLiveEvent(text: string): LiveEvent | null {
  let json: Readonly<Record<string, unknown>>;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const { event, node, time } = json;
  const atMs = typeof time === "string" ? Date.parse(time) : NaN;
  if (typeof node !== "string" || Number.isNaN(atMs)) return null;
  const [instanceNumber, from, to, datagram] = [json.instance_number, json.from, json.to, json.datagram];
  if (event === "state") return readState(json, node, atMs);
  if (event === "sent" && typeof to === "string" && typeof datagram === "string") {
    return { event, node, atMs, to, datagram };
  }
  if (event === "received" && typeof from === "string" && typeof datagram === "string") {
    return { event, node, atMs, from, datagram };
  }
  if (event === "chosen" && typeof instanceNumber === "number") return { event, node, atMs, instanceNumber };
  if (event === "caught_up" && typeof instanceNumber === "number" && typeof from === "string") {
    return { event, node, atMs, instanceNumber, from };
  }
  return event === "gone" || event === "stopped" ? { event: "gone", node, atMs } : null;
}

function readState(json: Readonly<Record<string, unknown>>, node: string, atMs: number): LiveEvent | null {
  const { nodes, instance_number: instanceNumber, value, accepted_value: acceptedValue, master } = json;
  const [promisedId, acceptedId] = [proposalIdFromJson(json.promised_id), proposalIdFromJson(json.accepted_id)];
  if (!Array.isArray(nodes) || typeof instanceNumber !== "number") return null;
  if (promisedId === undefined || acceptedId === undefined) return null;
  return {
    event: "state",
    node,
    atMs,
    nodes: nodes.filter((uid) => typeof uid === "string"),
    masterUid: typeof master === "string" ? master : null,
    leaseRemainingMs: typeof json.lease_remaining_ms === "number" ? json.lease_remaining_ms : null,
    state: {
      instanceNumber,
      leaseWindowMs: null,
      register: { ...EMPTY_REGISTER, value: typeof value === "string" ? value : null },
      acceptor: {
        promisedId,
        acceptedId,
        acceptedValue: typeof acceptedValue === "string" ? acceptedValue : null,
      },
    },
  };
}
