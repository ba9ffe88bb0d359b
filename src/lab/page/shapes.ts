/// <reference lib="dom" />
// Datagrams have a shape by their type and a colour by the owner of their proposal ID, so that neither is needed alone.
import { decodeDatagram } from "../../wire/datagram.ts";
import { encodeUtf8 } from "../../wire/utf8.ts";
import type { FlyingLetter } from "../model/letters.ts";

/** What is seen of a datagram at a glance. */
export interface Look {
  /** The outline, around (0, 0). */
  readonly path: string;
  /** Whether it is filled. */
  readonly filled: boolean;
  /** The node whose colour it has. */
  readonly owner: string;
  /** The proposal ID, where it has one. */
  readonly label: string;
}

const DIAMOND = "M0,-8 8,0 0,8 -8,0Z";
const SQUARE = "M-6.5,-6.5H6.5V6.5H-6.5Z";
const CROSS = "M-6,-6 6,6M6,-6 -6,6";
const DOT = "M-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0";
const CIRCLE = "M-6.5,0a6.5,6.5 0 1,0 13,0a6.5,6.5 0 1,0 -13,0";
const TRIANGLE = "M0,-7.5 7,5.5 -7,5.5Z";
const HOUSE = "M0,-8 7,-2 7,7 -7,7 -7,-2Z";

/** The shapes by type, in the order of the legend: outline and whether it is filled. */
export const SHAPES: Readonly<Record<string, readonly [path: string, filled: boolean]>> = {
  prepare: [DIAMOND, false],
  promise: [DIAMOND, true],
  accept: [SQUARE, false],
  accepted: [SQUARE, true],
  nack: [CROSS, false],
  sync_request: [DOT, true],
  snapshot: [HOUSE, true],
  catchup: [HOUSE, false],
  read_request: [TRIANGLE, false],
  read_answer: [TRIANGLE, true],
  hello: [DOT, false],
  request: [CIRCLE, false],
  response: [CIRCLE, true],
};

const looks = new Map<string, Look>();
const MOST_LOOKS = 5000;

/** How a datagram looks. */
export function lookOf({ text, type, from }: Pick<FlyingLetter, "text" | "type" | "from">): Look {
  const key = `${from} ${text}`;
  let look = looks.get(key);
  if (look !== undefined) return look;
  const [path, filled] = SHAPES[type] ?? [CIRCLE, false];
  const decoded = decodeDatagram(encodeUtf8(text));
  const id = decoded.kind === "peer" && "proposalId" in decoded.message ? decoded.message.proposalId : null;
  look = { path, filled, owner: id?.uid ?? "none", label: id === null ? "" : `${id.number}.${id.uid}` };
  if (looks.size >= MOST_LOOKS) looks.clear();
  looks.set(key, look);
  return look;
}
