// How a node is, as JSON: what is found in an answer, in an element of `paxos status --json`, and in the body of `GET /status`.
import { isRecord, isUid, proposalIdToJson } from "../replica/json.ts";
import type { PeerReport, StatusResult } from "../replica/requests.ts";
import { type Trouble, TROUBLE_KINDS } from "../replica/trouble.ts";

/** The object for a node; all but its name and `reachable` are null where it does not answer. */
export function statusToJson(uid: string, status: StatusResult | null): Record<string, unknown> {
  return {
    uid,
    reachable: status !== null,
    instance_number: status?.instanceNumber ?? null,
    value: status?.value ?? null,
    promised_id: proposalIdToJson(status?.promisedId ?? null),
    accepted_id: proposalIdToJson(status?.acceptedId ?? null),
    master_uid: status?.masterUid ?? null,
    lease_remaining_ms: status?.leaseRemainingMs ?? null,
    mode: status?.mode ?? null,
    pid: status?.pid ?? null,
    uptime_ms: status === null ? null : Math.round(status.uptimeMs),
    peers: status?.peers.map(peerReportToJson) ?? null,
    troubles: status?.troubles ?? null,
  };
}

/** Times to microseconds: more is noise. */
export function peerReportToJson({ uid, heardMs, answers }: PeerReport): unknown {
  return { uid, heard_ms: heardMs === null ? null : Math.round(heardMs * 1000) / 1000, answers };
}

/** Reads that; `null` if it is not of that form. */
export function peerReportFromJson(json: unknown): PeerReport | null {
  if (!isRecord(json, ["uid", "heard_ms", "answers"])) return null;
  const { uid, heard_ms: heardMs, answers } = json;
  if (!isUid(uid) || (heardMs !== null && typeof heardMs !== "number")) return null;
  return answers === null || typeof answers === "boolean" ? { uid, heardMs, answers } : null;
}

/** Reads a trouble, which is its own JSON; `null` if it is not of that form. A kind of a later version is another one. */
export function troubleFromJson(json: unknown): Trouble | null {
  if (!isRecord(json, ["kind", "about", "text"])) return null;
  const { about, text } = json;
  if (typeof json.kind !== "string" || (about !== null && !isUid(about)) || typeof text !== "string") return null;
  return { kind: TROUBLE_KINDS.find((kind) => kind === json.kind) ?? "other", about, text };
}
