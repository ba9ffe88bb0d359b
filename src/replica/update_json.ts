// An update as JSON, in links and in requests.
import { isRecord, isWholeNumber } from "./json.ts";
import type { Condition, SessionTag, Update } from "./link.ts";

/** An update, with the names of the wire. */
export interface UpdateJson {
  /** The new value. */
  readonly value: string;
  /** `[opened at, id, sequence]`. */
  readonly session?: readonly [number, string, number];
  /** The value that must stand. */
  readonly expect?: string | null;
  /** The instance that must have decided the value that stands. */
  readonly expect_instance?: number;
}

/** The keys that an update may have besides `value`. */
export const UPDATE_KEYS: readonly string[] = ["session", "expect", "expect_instance"];

/** The update, as links and requests carry it. */
export function updateToJson({ value, session, condition }: Update): UpdateJson {
  return {
    value,
    ...(session && { session: [session.openedAt, session.id, session.sequence] }),
    ...(condition?.kind === "value" && { expect: condition.value }),
    ...(condition?.kind === "instance" && { expect_instance: condition.instanceNumber }),
  };
}

const REQUIRED_KEYS = ["value"];

/** Reads an update; `null` if it is not one. */
export function updateFromJson(json: unknown): Update | null {
  return isRecord(json, REQUIRED_KEYS, UPDATE_KEYS) ? updateFromFields(json) : null;
}

/** Reads the fields of an update, which may stand among others. */
export function updateFromFields(json: Record<string, unknown>): Update | null {
  const { value } = json;
  const session = "session" in json ? decodeSession(json.session) : undefined;
  const condition = decodeCondition(json);
  if (typeof value !== "string" || session === null || condition === null) return null;
  return { value, ...(session && { session }), ...(condition && { condition }) };
}

function decodeSession(json: unknown): SessionTag | null {
  if (!Array.isArray(json) || json.length !== 3) return null;
  const [openedAt, id, sequence] = json;
  return isWholeNumber(openedAt) && typeof id === "string" && id.length <= 16 && isWholeNumber(sequence)
    ? { openedAt, id, sequence }
    : null;
}

function decodeCondition(json: Record<string, unknown>): Condition | null | undefined {
  const { expect, expect_instance } = json;
  if ("expect" in json && "expect_instance" in json) return null;
  if ("expect" in json) return expect === null || typeof expect === "string" ? { kind: "value", value: expect } : null;
  if (!("expect_instance" in json)) return undefined;
  return isWholeNumber(expect_instance) ? { kind: "instance", instanceNumber: expect_instance } : null;
}
