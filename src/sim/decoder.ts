import { type Decoded, decodeDatagram } from "../wire/datagram.ts";

/** Decodes what is on the wire, once for all who receive the same bytes: what they have in common none of them can change. */
export class Decoder {
  #decoded = new WeakMap<Uint8Array, Decoded>();

  /** Reads a datagram, by the codec of the real network. */
  decode(bytes: Uint8Array): Decoded {
    let decoded = this.#decoded.get(bytes);
    if (decoded === undefined) this.#decoded.set(bytes, decoded = freeze(decodeDatagram(bytes)));
    return decoded;
  }
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.freeze(value);
    for (const key in value) freeze(value[key]);
  }
  return value;
}
