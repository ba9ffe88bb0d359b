// What a link of the chain may contain. One plain update is written raw, as the ancestor does; anything else is a JSON object
// with a list of updates. With leases a link is a pair: who is granted the lease, or the application's link.
import { isRecord } from "./json.ts";
import { updateFromJson, updateToJson } from "./update_json.ts";

/** What must hold when an update is applied. */
export type Condition =
  /** The value that must stand; `null`: none may. */
  | { readonly kind: "value"; readonly value: string | null }
  /** The instance that must have decided the value that stands. */
  | { readonly kind: "instance"; readonly instanceNumber: number };

/** Marks an update, so that it is applied once however often it reaches the chain. */
export interface SessionTag {
  /** The instance at which the session was opened. */
  readonly openedAt: number;
  /** The session's random part. */
  readonly id: string;
  /** Which of the session's updates it is; ascending. */
  readonly sequence: number;
}

/** A change of the replicated value. */
export interface Update {
  /** The new value. */
  readonly value: string;
  /** Who sent it, where it must not be applied twice. */
  readonly session?: SessionTag;
  /** When to apply it; always, if there is none. */
  readonly condition?: Condition;
}

/** The content of a link. */
export interface Link {
  /** The node to which the link grants the lease. */
  readonly grantedTo: string | null;
  /** The changes of the value, in order. */
  readonly updates: readonly Update[];
}

/** The text of a link that carries these updates. */
export function encodeLink(updates: readonly Update[]): string {
  const only = updates.length === 1 ? updates[0] : undefined;
  if (only && isRaw(only)) return only.value;
  return JSON.stringify({ paxos: 1, updates: updates.map(updateToJson) });
}

/** The text of a link that grants the lease. */
export function encodeGrant(uid: string): string {
  return JSON.stringify([uid, null]);
}

/** The text of a link of the application where links may grant the lease as well. */
export function encodePair(applicationLink: string): string {
  return JSON.stringify([null, applicationLink]);
}

/** Whether a link with this update alone is its value, as it is. */
export function isRaw({ value, session, condition }: Update): boolean {
  return !session && !condition && parsePair(value) === null && parseUpdates(value) === null;
}

/** Reads a link; a text of no known structure is a value. */
export function decodeLink(text: string): Link {
  const pair = parsePair(text);
  if (pair === null) return { grantedTo: null, updates: decodeUpdates(text) };
  const [grantedTo, application] = pair;
  return { grantedTo, updates: application === null ? [] : decodeUpdates(application) };
}

/** What the link sets, for people: the values, or the node that is granted the lease. */
export function describeLink(text: string): string {
  const { grantedTo, updates } = decodeLink(text);
  return grantedTo === null ? updates.map(({ value }) => value).join(", ") : `lease for ${grantedTo}`;
}

function decodeUpdates(text: string): readonly Update[] {
  return parseUpdates(text) ?? [{ value: text }];
}

function parsePair(text: string): readonly [string, null] | readonly [null, string] | null {
  const json = text.startsWith("[") ? parseJson(text) : null;
  if (!Array.isArray(json) || json.length !== 2) return null;
  const [first, second] = json;
  if (typeof first === "string" && second === null) return [first, null];
  return first === null && typeof second === "string" ? [null, second] : null;
}

function parseUpdates(text: string): Update[] | null {
  const json = text.startsWith("{") ? parseJson(text) : null;
  if (!isRecord(json, ["paxos", "updates"]) || json.paxos !== 1 || !Array.isArray(json.updates)) return null;
  const updates = json.updates.map(updateFromJson);
  return updates.length > 0 && updates.every((update) => update !== null) ? updates : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
