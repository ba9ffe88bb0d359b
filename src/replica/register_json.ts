// The register in the state file and in a snapshot.
import { isRecord, isTextOrNull, isWholeNumber } from "./json.ts";
import type { RegisterState, SessionState } from "./register.ts";

/** `[opened at, id, sequence, applied, instance]`. */
export type SessionJson = readonly [number, string, number, boolean, number];

/** The register, with the names of the state file and of the wire. */
export interface RegisterJson {
  /** The replicated value. */
  readonly value: string | null;
  /** The instance that decided it. */
  readonly value_instance: number | null;
  /** The sessions; `null` where they are not known. */
  readonly sessions: readonly SessionJson[] | null;
  /** The highest instance at which a dropped session was last used, or -1. */
  readonly watermark: number;
}

/** A session as JSON. */
export function sessionToJson(session: SessionState): SessionJson {
  return [session.openedAt, session.id, session.sequence, session.applied, session.instanceNumber];
}

/** The same as a text. Quick, for it is made of each update. */
export function sessionText({ openedAt, id, sequence, applied, instanceNumber }: SessionState): string {
  return `[${openedAt},${JSON.stringify(id)},${sequence},${applied},${instanceNumber}]`;
}

const textsOf = new WeakMap<readonly SessionState[], readonly string[]>();

/** Takes note of the sessions' texts, so that they need not be made again for each save. */
export function keepTexts(sessions: readonly SessionState[], texts: readonly string[]): void {
  textsOf.set(sessions, texts);
}

/** The text of the sessions, as JSON. */
export function sessionsText(sessions: readonly SessionState[] | null): string {
  return sessions === null ? "null" : `[${(textsOf.get(sessions) ?? sessions.map(sessionText)).join(",")}]`;
}

/** The register as JSON. */
export function registerToJson(state: RegisterState): RegisterJson {
  return {
    value: state.value,
    value_instance: state.valueInstanceNumber,
    sessions: state.sessions?.map(sessionToJson) ?? null,
    watermark: state.watermark,
  };
}

/** Reads the register; `null` if it is not one. */
export function registerFromJson(json: unknown): RegisterState | null {
  if (!isRecord(json, ["value", "value_instance", "sessions", "watermark"])) return null;
  const { value, value_instance: valueInstanceNumber, watermark } = json;
  if (!isTextOrNull(value)) return null;
  if (valueInstanceNumber !== null && !isWholeNumber(valueInstanceNumber)) return null;
  if (watermark !== -1 && !isWholeNumber(watermark)) return null;
  if (json.sessions === null) return { value, valueInstanceNumber, sessions: null, watermark };
  if (!Array.isArray(json.sessions)) return null;
  const sessions = json.sessions.map(sessionFromJson);
  return sessions.every((session) => session !== null) ? { value, valueInstanceNumber, sessions, watermark } : null;
}

function sessionFromJson(json: unknown): SessionState | null {
  if (!Array.isArray(json) || json.length !== 5) return null;
  const [openedAt, id, sequence, applied, instanceNumber] = json;
  return isWholeNumber(openedAt) && typeof id === "string" && id.length <= 16 && isWholeNumber(sequence) &&
      typeof applied === "boolean" && isWholeNumber(instanceNumber)
    ? { openedAt, id, sequence, applied, instanceNumber }
    : null;
}
