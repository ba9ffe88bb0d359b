// Reading JSON that nobody vouches for: every shape is checked before it is used.
import { MAX_PROPOSAL_NUMBER, type ProposalId } from "../paxos/proposal_id.ts";

/** The longest name of a node, in characters. */
export const MAX_UID_LENGTH = 64;

/** Whether it is an object with exactly these keys (and perhaps some of the optional ones). */
export function isRecord(
  json: unknown,
  required: readonly string[],
  optional: readonly string[] = [],
): json is Record<string, unknown> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return false;
  for (const key of required) if (!Object.hasOwn(json, key)) return false;
  for (const key of Object.keys(json)) if (!required.includes(key) && !optional.includes(key)) return false;
  return true;
}

/** Whether it is an integer from 0 to 2^52. */
export function isWholeNumber(json: unknown): json is number {
  return Number.isInteger(json) && (json as number) >= 0 && (json as number) <= MAX_PROPOSAL_NUMBER;
}

/** Whether it can be the name of a node. */
export function isUid(json: unknown): json is string {
  return typeof json === "string" && json.length > 0 && json.length <= MAX_UID_LENGTH;
}

/** Whether it is a text or `null`. */
export function isTextOrNull(json: unknown): json is string | null {
  return json === null || typeof json === "string";
}

/** `[5, "B"]`, or `null`: the form of the wire and of the state file. */
export function proposalIdToJson(id: ProposalId | null): readonly [number, string] | null {
  return id === null ? null : [id.number, id.uid];
}

/** Reads the form of the wire and of the state file; `undefined` if it is not one. */
export function proposalIdFromJson(json: unknown): ProposalId | null | undefined {
  if (json === null) return null;
  if (!Array.isArray(json) || json.length !== 2) return undefined;
  const [number, uid] = json;
  return isWholeNumber(number) && isUid(uid) ? { number, uid } : undefined;
}
