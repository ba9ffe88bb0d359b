// Where the nodes share a secret, a datagram is wrapped: `sealed`, its sender, a tag that proves it, and then the datagram as it
// is without a secret. How a tag is made is not the business of this layer.
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

/** A wrapped datagram. */
export interface SealedDatagram {
  /** Who says that it is from them: a node's uid, or a client's name. */
  readonly sender: string;
  /** The tag, as the text's bytes. */
  readonly tag: Uint8Array;
  /** What is wrapped. */
  readonly payload: Uint8Array;
}

/** The length of a tag in hexadecimal digits: 128 bits. */
export const TAG_DIGITS = 32;

const MARK = encodeUtf8("sealed ");
const SPACE = 0x20;
/** A uid has at most 64 bytes. */
const MAX_SENDER_BYTES = 64;

/** Wraps a datagram; the sender's name holds no space. */
export function encodeSealed(sender: string, tag: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = encodeUtf8(`sealed ${sender} ${tag} `);
  const bytes = new Uint8Array(header.length + payload.length);
  bytes.set(header);
  bytes.set(payload, header.length);
  return bytes;
}

/** Takes a datagram apart, without a copy of its bytes; `null` if it is not a wrapped one. */
export function decodeSealed(bytes: Uint8Array): SealedDatagram | null {
  if (!MARK.every((byte, at) => byte === bytes[at])) return null;
  const senderEnd = bytes.subarray(0, MARK.length + MAX_SENDER_BYTES + 1).indexOf(SPACE, MARK.length);
  const tagEnd = senderEnd + 1 + TAG_DIGITS;
  if (senderEnd <= MARK.length || bytes[tagEnd] !== SPACE) return null;
  const sender = decodeUtf8(bytes.subarray(MARK.length, senderEnd));
  if (!sender) return null;
  return { sender, tag: bytes.subarray(senderEnd + 1, tagEnd), payload: bytes.subarray(tagEnd + 1) };
}
