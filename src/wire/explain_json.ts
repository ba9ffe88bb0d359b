// How a link was decided, as JSON.
import { isRecord, isUid, isWholeNumber, proposalIdFromJson, proposalIdToJson } from "../replica/json.ts";
import type { LinkRecord, PromiseRecord } from "../replica/link_record.ts";

/** The object for a decision; promises are pairs of an acceptor and the ID that it reported. */
export function recordToJson(record: LinkRecord): unknown {
  return {
    instance_number: record.instanceNumber,
    proposal_id: proposalIdToJson(record.proposalId),
    value: record.value,
    accepted_by: record.acceptedBy,
    promises: record.promises?.map(({ uid, lastAcceptedId }) => [uid, proposalIdToJson(lastAcceptedId)]) ?? null,
    promised_earlier: record.promisedEarlier,
  };
}

/** Reads that; `null` if it is not of that form. */
export function recordFromJson(json: unknown): LinkRecord | null {
  if (!isRecord(json, ["instance_number", "proposal_id", "value", "accepted_by", "promises", "promised_earlier"])) {
    return null;
  }
  const { instance_number: instanceNumber, value, accepted_by: acceptedBy, promised_earlier: promisedEarlier } = json;
  const proposalId = proposalIdFromJson(json.proposal_id) ?? null;
  if (!isWholeNumber(instanceNumber) || proposalId === null || typeof value !== "string") return null;
  if (!Array.isArray(acceptedBy) || !acceptedBy.every(isUid) || typeof promisedEarlier !== "boolean") return null;
  const promises = json.promises === null ? null : promisesFromJson(json.promises);
  return promises === undefined ? null : { instanceNumber, proposalId, value, acceptedBy, promises, promisedEarlier };
}

function promisesFromJson(json: unknown): readonly PromiseRecord[] | undefined {
  if (!Array.isArray(json)) return undefined;
  const promises = json.map((pair: unknown): PromiseRecord | null => {
    const [uid, reported] = Array.isArray(pair) && pair.length === 2 ? pair : [null, null];
    const lastAcceptedId = proposalIdFromJson(reported);
    return isUid(uid) && lastAcceptedId !== undefined ? { uid, lastAcceptedId } : null;
  });
  return promises.every((promise) => promise !== null) ? promises : undefined;
}
