// How large a value may be: what counts is the largest datagram that may have to carry it, not its own length.

import type { Update } from "./link.ts";
import { updateToJson } from "./update_json.ts";

/** The largest datagram that a value may cause, in bytes; UDP carries 65,507. */
export const MAX_DATAGRAM_BYTES = 60_000;

/** Room for all that surrounds a value in a datagram: keys, IDs, a session's tag and a condition's instance. */
const ENVELOPE_BYTES = 1_000;

/** Room for the session table of a snapshot. */
const SESSION_TABLE_BYTES = 20_000;

/** The length of the value's JSON text in UTF-8, in bytes. */
export function jsonBytes(value: unknown): number {
  return utf8Bytes(JSON.stringify(value));
}

/** The length of a JSON text in UTF-8, in bytes. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    // A pair of surrogates is four bytes, so half of them each; lone ones are escaped by JSON.stringify.
    else if (unit >= 0xd800 && unit <= 0xdfff) bytes += 2;
    else bytes += 3;
  }
  return bytes;
}

/** The size of the largest datagram that may have to carry the update, in bytes. */
export function datagramBytes({ value, condition }: Update): number {
  // An accept carries it in a link, as JSON in JSON, and with leases in a pair around that: once more. The longest tag of a session
  // is in the envelope whether there is one or not, so that client and node agree.
  const link = JSON.stringify(updateToJson({ value, ...(condition && { condition }) }));
  const accept = jsonBytes(JSON.stringify(link)) + ENVELOPE_BYTES;
  const snapshot = jsonBytes(value) + SESSION_TABLE_BYTES + ENVELOPE_BYTES;
  return Math.max(accept, snapshot);
}

/** How many bytes the updates of one link may have, by `linkBytes`, so that every datagram that carries it keeps the limit. */
export const MAX_LINK_BYTES: number = MAX_DATAGRAM_BYTES - ENVELOPE_BYTES;

/** JSON, three times over, makes at most so many bytes of one unit of UTF-16: of a control character. */
const MAX_GROWTH = 9;

/** What surrounds a value in a link: keys, the numbers of a session and of a condition, and the comma after it. */
const UPDATE_BYTES = 200;

/** Texts that JSON leaves as they are, a byte a character. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** At most how many bytes the update adds to the datagrams that carry its link. Quick, for it is asked of each update. */
export function linkBytes({ value, session, condition }: Update): number {
  const expected = condition?.kind === "value" && condition.value !== null ? growth(condition.value) : 0;
  return UPDATE_BYTES + growth(value) + growth(session?.id ?? "") + expected;
}

function growth(text: string): number {
  return PLAIN.test(text) ? text.length : jsonBytes(JSON.stringify(JSON.stringify(text)));
}

/** Why the update is too large, or `null` if it is not. */
export function tooLarge(update: Update): string | null {
  const { value, condition } = update;
  const units = value.length + (condition?.kind === "value" ? condition.value?.length ?? 0 : 0);
  // Most values are far below the limit, whatever they are made of.
  if (units * MAX_GROWTH + ENVELOPE_BYTES + SESSION_TABLE_BYTES <= MAX_DATAGRAM_BYTES) return null;
  const bytes = datagramBytes(update);
  if (bytes <= MAX_DATAGRAM_BYTES) return null;
  const what = update.condition?.kind === "value" ? "the value and the one that is expected need" : "the value needs";
  return `${what} a datagram of ${bytes} bytes, and ${MAX_DATAGRAM_BYTES} is the limit ` +
    `(quotes and control characters count several times): propose a shorter one, or a pointer to it`;
}
