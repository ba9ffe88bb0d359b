// How a node is, as people and programs read it: an element of `paxos status --json`, and the body of `GET /status`.
import { proposalIdToJson } from "../replica/json.ts";
import type { StatusResult } from "../replica/requests.ts";

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
  };
}
