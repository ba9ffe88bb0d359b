// Requests and responses as JSON. Unlike the messages between nodes these are known to our programs alone, and bear a version.
import { isRecord, isTextOrNull, isUid, isWholeNumber, proposalIdFromJson, proposalIdToJson } from "../replica/json.ts";
import { type ClientRequest, type ClientResponse, type ClientResult, MESSAGE_FORMAT } from "../replica/requests.ts";

const MAX_TIMEOUT_MS = 24 * 60 * 60 * 1000;
const MAX_REQUEST_ID_LENGTH = 64;

type Json = Record<string, unknown>;

/** The object that follows `request`. */
export function requestToJson(request: ClientRequest): unknown {
  const { operation } = request;
  const base = { format: MESSAGE_FORMAT, request_id: request.requestId, operation };
  switch (operation) {
    case "open":
    case "status":
      return base;
    case "get":
      return { ...base, local: request.local, timeout_ms: request.timeoutMs };
    case "propose":
      return { ...base, life: request.life, value: request.value, timeout_ms: request.timeoutMs };
  }
}

/** Reads the object that follows `request`; `null` if it is not one of this format. */
export function requestFromJson(json: unknown): ClientRequest | null {
  const base = ["format", "request_id", "operation"];
  if (isRecord(json, base)) {
    const requestId = requestIdOf(json);
    const { operation } = json;
    return requestId !== null && (operation === "open" || operation === "status") ? { operation, requestId } : null;
  }
  if (isRecord(json, [...base, "local", "timeout_ms"])) {
    const requestId = requestIdOf(json);
    const { operation, local, timeout_ms: timeoutMs } = json;
    return requestId !== null && operation === "get" && typeof local === "boolean" && isTimeout(timeoutMs)
      ? { operation, requestId, local, timeoutMs }
      : null;
  }
  if (isRecord(json, [...base, "life", "value", "timeout_ms"])) {
    const requestId = requestIdOf(json);
    const { operation, life, value, timeout_ms: timeoutMs } = json;
    return requestId !== null && operation === "propose" && typeof life === "string" && typeof value === "string" &&
        isTimeout(timeoutMs)
      ? { operation, requestId, life, value, timeoutMs }
      : null;
  }
  return null;
}

/** The object that follows `response`. */
export function responseToJson(response: ClientResponse): unknown {
  const base = { format: MESSAGE_FORMAT, request_id: response.requestId, node: response.node, result: response.result };
  switch (response.result) {
    case "opened":
      return { ...base, life: response.life };
    case "refused":
      return { ...base, reason: response.reason };
    case "proposed":
      return {
        ...base,
        outcome: response.outcome,
        instance_number: response.instanceNumber,
        reason: response.reason,
      };
    case "value":
      return {
        ...base,
        value: response.value,
        value_instance: response.valueInstanceNumber,
        instance_number: response.instanceNumber,
        read: response.read,
      };
    case "status":
      return {
        ...base,
        instance_number: response.instanceNumber,
        value: response.value,
        promised_id: proposalIdToJson(response.promisedId),
        accepted_id: proposalIdToJson(response.acceptedId),
        master_uid: response.masterUid,
        lease_remaining_ms: response.leaseRemainingMs,
        mode: response.mode,
        pid: response.pid,
        uptime_ms: response.uptimeMs,
        troubles: response.troubles,
      };
  }
}

/** Reads the object that follows `response`; `null` if it is not one of this format. */
export function responseFromJson(json: unknown): ClientResponse | null {
  if (typeof json !== "object" || json === null) return null;
  const { format: _format, request_id: _requestId, node, ...rest } = json as Json;
  const requestId = requestIdOf(json as Json);
  const result = resultFromJson(rest);
  return requestId !== null && isUid(node) && result !== null ? { ...result, requestId, node } : null;
}

function resultFromJson(json: Json): ClientResult | null {
  switch (json.result) {
    case "opened":
      return typeof json.life === "string" ? { result: "opened", life: json.life } : null;
    case "refused":
      return typeof json.reason === "string" ? { result: "refused", reason: json.reason } : null;
    case "proposed": {
      const { outcome, instance_number: instanceNumber, reason } = json;
      if (outcome !== "chosen" && outcome !== "not_chosen" && outcome !== "unknown") return null;
      if (!isNumberOrNull(instanceNumber) || !isTextOrNull(reason)) return null;
      return { result: "proposed", outcome, instanceNumber, reason };
    }
    case "value": {
      const { value, value_instance: valueInstanceNumber, instance_number: instanceNumber, read } = json;
      if (!isTextOrNull(value) || !isNumberOrNull(valueInstanceNumber) || !isWholeNumber(instanceNumber)) return null;
      if (read !== "linearizable" && read !== "local") return null;
      return { result: "value", value, valueInstanceNumber, instanceNumber, read };
    }
    case "status":
      return statusFromJson(json);
    default:
      return null;
  }
}

function statusFromJson(json: Json): ClientResult | null {
  const { instance_number: instanceNumber, value, master_uid: masterUid, lease_remaining_ms: leaseRemainingMs } = json;
  const { mode, pid, uptime_ms: uptimeMs, troubles } = json;
  const promisedId = proposalIdFromJson(json.promised_id);
  const acceptedId = proposalIdFromJson(json.accepted_id);
  if (!isWholeNumber(instanceNumber) || !isTextOrNull(value) || promisedId === undefined || acceptedId === undefined) {
    return null;
  }
  if (!isTextOrNull(masterUid) || (mode !== "plain" && mode !== "master") || !isWholeNumber(pid)) return null;
  if (leaseRemainingMs !== null && typeof leaseRemainingMs !== "number") return null;
  if (typeof uptimeMs !== "number" || !Array.isArray(troubles) || !troubles.every((t) => typeof t === "string")) {
    return null;
  }
  const acceptor = { promisedId, acceptedId };
  const lease = { masterUid, leaseRemainingMs };
  return { result: "status", instanceNumber, value, ...acceptor, ...lease, mode, pid, uptimeMs, troubles };
}

function requestIdOf({ format, request_id: requestId }: Json): string | null {
  const valid = format === MESSAGE_FORMAT && typeof requestId === "string" && requestId.length > 0 &&
    requestId.length <= MAX_REQUEST_ID_LENGTH;
  return valid ? requestId : null;
}

function isTimeout(json: unknown): json is number {
  return isWholeNumber(json) && json <= MAX_TIMEOUT_MS;
}

function isNumberOrNull(json: unknown): json is number | null {
  return json === null || isWholeNumber(json);
}
