// Requests and responses as JSON. Unlike the messages between nodes these are known to our programs alone, and bear a version.
import { UPDATE_KEYS, updateFromFields, updateToJson } from "../replica/update_json.ts";
import { isRecord, isTextOrNull, isUid, isWholeNumber, proposalIdFromJson, proposalIdToJson } from "../replica/json.ts";
import { type ClientRequest, type ClientResponse, type ClientResult, MESSAGE_FORMAT } from "../replica/requests.ts";
import { recordFromJson, recordToJson } from "./explain_json.ts";
import { peerReportFromJson, peerReportToJson, troubleFromJson } from "./status_json.ts";

const MAX_TIMEOUT_MS = 24 * 60 * 60 * 1000;
const MAX_REQUEST_ID_LENGTH = 64;

type Json = Record<string, unknown>;

/** The object that follows `request`. */
export function requestToJson(request: ClientRequest): unknown {
  const { operation } = request;
  const base = { format: MESSAGE_FORMAT, request_id: request.requestId, operation };
  switch (operation) {
    case "open":
      return base;
    case "status":
      return request.reach ? { ...base, reach: true } : base;
    case "get":
      return { ...base, local: request.local, timeout_ms: request.timeoutMs };
    case "watch":
      return { ...base, from: request.from, timeout_ms: request.timeoutMs };
    case "explain":
      return { ...base, instance_number: request.instanceNumber };
    case "propose":
      return { ...base, life: request.life, ...updateToJson(request.update), timeout_ms: request.timeoutMs };
  }
}

/** Reads the object that follows `request`; `null` if it is not one of this format. */
export function requestFromJson(json: unknown): ClientRequest | null {
  const { operation } = Object(json) as Json;
  switch (operation) {
    case "propose":
      return isRecord(json, PROPOSE_KEYS, UPDATE_KEYS) ? proposeFromJson(json) : null;
    case "open": {
      const requestId = isRecord(json, BASE_KEYS) ? requestIdOf(json) : null;
      return requestId === null ? null : { operation, requestId };
    }
    case "status": {
      if (!isRecord(json, BASE_KEYS, STATUS_KEYS)) return null;
      const requestId = requestIdOf(json);
      const { reach } = json;
      if (requestId === null) return null;
      if (reach === undefined) return { operation, requestId };
      return typeof reach === "boolean" ? { operation, requestId, reach } : null;
    }
    case "get": {
      if (!isRecord(json, GET_KEYS)) return null;
      const requestId = requestIdOf(json);
      const { local, timeout_ms: timeoutMs } = json;
      return requestId !== null && typeof local === "boolean" && isTimeout(timeoutMs)
        ? { operation, requestId, local, timeoutMs }
        : null;
    }
    case "watch": {
      if (!isRecord(json, WATCH_KEYS)) return null;
      const requestId = requestIdOf(json);
      const { from, timeout_ms: timeoutMs } = json;
      return requestId !== null && isNumberOrNull(from) && isTimeout(timeoutMs)
        ? { operation, requestId, from, timeoutMs }
        : null;
    }
    case "explain": {
      if (!isRecord(json, EXPLAIN_KEYS)) return null;
      const requestId = requestIdOf(json);
      const { instance_number: instanceNumber } = json;
      return requestId !== null && isWholeNumber(instanceNumber) ? { operation, requestId, instanceNumber } : null;
    }
    default:
      return null;
  }
}

const BASE_KEYS = ["format", "request_id", "operation"];
const STATUS_KEYS = ["reach"];
const GET_KEYS = [...BASE_KEYS, "local", "timeout_ms"];
const WATCH_KEYS = [...BASE_KEYS, "from", "timeout_ms"];
const EXPLAIN_KEYS = [...BASE_KEYS, "instance_number"];
const PROPOSE_KEYS = [...BASE_KEYS, "life", "value", "timeout_ms"];

function proposeFromJson(json: Json): ClientRequest | null {
  const { life, timeout_ms: timeoutMs } = json;
  const requestId = requestIdOf(json);
  const update = updateFromFields(json);
  if (requestId === null || !isTimeout(timeoutMs) || update === null) return null;
  // Either a life or a session guards against doing it twice; a condition needs a session.
  if (!isTextOrNull(life) || (life === null) === (update.session === undefined)) return null;
  if (update.condition !== undefined && update.session === undefined) return null;
  return { operation: "propose", requestId, life, update, timeoutMs };
}

/** The object that follows `response`. */
export function responseToJson(response: ClientResponse): unknown {
  const base = { format: MESSAGE_FORMAT, request_id: response.requestId, node: response.node, result: response.result };
  switch (response.result) {
    case "opened":
      return {
        ...base,
        life: response.life,
        session: response.session && [response.session.openedAt, response.session.id],
      };
    case "refused":
      return { ...base, reason: response.reason };
    case "redirected":
      return { ...base, master_uid: response.masterUid };
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
    case "explained": {
      const { record, instanceNumber } = response;
      return { ...base, instance_number: instanceNumber, record: record && recordToJson(record) };
    }
    case "updates":
      return { ...base, from: response.from, next: response.next, updates: response.updates };
    case "status":
      return {
        ...base,
        instance_number: response.instanceNumber,
        value: response.value,
        promised_id: proposalIdToJson(response.promisedId),
        accepted_id: proposalIdToJson(response.acceptedId),
        master_uid: response.masterUid,
        lease_remaining_ms: response.leaseRemainingMs,
        lease_wait_ms: response.leaseWaitMs,
        mode: response.mode,
        pid: response.pid,
        uptime_ms: response.uptimeMs,
        peers: response.peers.map(peerReportToJson),
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
      return openedFromJson(json);
    case "refused":
      return typeof json.reason === "string" ? { result: "refused", reason: json.reason } : null;
    case "redirected":
      return isUid(json.master_uid) ? { result: "redirected", masterUid: json.master_uid } : null;
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
    case "explained": {
      const { instance_number: instanceNumber } = json;
      const record = json.record === null ? null : recordFromJson(json.record) ?? undefined;
      return isWholeNumber(instanceNumber) && record !== undefined
        ? { result: "explained", instanceNumber, record }
        : null;
    }
    case "updates":
      return updatesFromJson(json);
    case "status":
      return statusFromJson(json);
    default:
      return null;
  }
}

function openedFromJson({ life, session }: Json): ClientResult | null {
  if (typeof life !== "string") return null;
  if (session === null) return { result: "opened", life, session };
  if (!Array.isArray(session) || session.length !== 2) return null;
  const [openedAt, id] = session;
  return isWholeNumber(openedAt) && typeof id === "string" && id.length <= 16
    ? { result: "opened", life, session: { openedAt, id } }
    : null;
}

function updatesFromJson({ from, next, updates }: Json): ClientResult | null {
  if (!isWholeNumber(from) || !isWholeNumber(next) || !Array.isArray(updates)) return null;
  const valid = updates.every((update) =>
    Array.isArray(update) && update.length === 2 && isWholeNumber(update[0]) && typeof update[1] === "string"
  );
  return valid ? { result: "updates", from, next, updates } : null;
}

function statusFromJson(json: Json): ClientResult | null {
  const { instance_number: instanceNumber, value, master_uid: masterUid, lease_remaining_ms: leaseRemainingMs } = json;
  const { lease_wait_ms: leaseWaitMs, mode, pid, uptime_ms: uptimeMs } = json;
  const peers = listOf(json.peers, peerReportFromJson);
  const troubles = listOf(json.troubles, troubleFromJson);
  const promisedId = proposalIdFromJson(json.promised_id);
  const acceptedId = proposalIdFromJson(json.accepted_id);
  if (!isWholeNumber(instanceNumber) || !isTextOrNull(value) || promisedId === undefined || acceptedId === undefined) {
    return null;
  }
  if (!isTextOrNull(masterUid) || (mode !== "plain" && mode !== "master") || !isWholeNumber(pid)) return null;
  if (leaseRemainingMs !== null && typeof leaseRemainingMs !== "number") return null;
  if (typeof leaseWaitMs !== "number") return null;
  if (typeof uptimeMs !== "number" || peers === null || troubles === null) return null;
  const acceptor = { promisedId, acceptedId };
  const lease = { masterUid, leaseRemainingMs, leaseWaitMs };
  return { result: "status", instanceNumber, value, ...acceptor, ...lease, mode, pid, uptimeMs, peers, troubles };
}

/** A list of which each element is read; `null` if one cannot be. */
function listOf<T>(json: unknown, read: (element: unknown) => T | null): T[] | null {
  const elements = Array.isArray(json) ? json.map(read) : [null];
  return elements.every((element) => element !== null) ? elements : null;
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
