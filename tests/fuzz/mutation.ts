// Datagrams that nobody sends: random bytes, and real ones that something has happened to. All of it follows from a seed.
import type { Random } from "../../src/sim/random.ts";
import { record } from "../../src/sim/schedule.ts";

const encoder = new TextEncoder();
const MAX_BYTES = 65_507;

/** What numbers in JSON are replaced by: the ends of all ranges, and what is none. */
const NUMBERS = [
  "0",
  "-0",
  "-1",
  "1",
  "0.5",
  "1e3",
  "1e400",
  "4294967296",
  "4503599627370496",
  "4503599627370497",
  "9007199254740993",
  "null",
  '"1"',
  "[]",
  "[[[[[[[[]]]]]]]]",
  "{}",
  "true",
  "NaN",
];

/** What texts in JSON are replaced by. */
const TEXTS = ['""', '"A"', '"B"', '"\\ud800"', '"\\u0000"', '"__proto__"', '"constructor"', "null", "7", "[]", "{}"];

/** The datagrams of some simulated storms, of every type that nodes and clients send, each once. */
export function realTraffic(seeds = 12): Uint8Array[] {
  const texts = new Set<string>();
  for (let seed = 1; seed <= seeds; seed++) {
    for (const { act } of record({ seed, forks: [] }, { nodes: 3 }).schedule.events) {
      if (act.kind === "deliver") texts.add(act.letter.text);
    }
  }
  return [...texts].map((text) => encoder.encode(text));
}

/** Makes datagrams, each from the last state of the chance that it was given. */
export class Mutator {
  /** `corpus` is what real datagrams look like. */
  constructor(readonly random: Random, readonly corpus: readonly Uint8Array[]) {}

  /** The next datagram: a real one as it is, one that something has happened to, or bytes without a meaning. */
  next(): Uint8Array {
    const { random } = this;
    if (random.chance(0.05)) return this.#bytes(random.below(random.chance(0.01) ? MAX_BYTES : 200));
    let bytes = random.pick(this.corpus);
    for (let times = random.below(4); times > 0; times--) bytes = this.#changed(bytes);
    return bytes.length <= MAX_BYTES ? bytes : bytes.subarray(0, MAX_BYTES);
  }

  #changed(bytes: Uint8Array): Uint8Array {
    const { random } = this;
    const at = random.below(bytes.length + 1);
    const other = random.pick(this.corpus);
    switch (random.below(9)) {
      case 0:
        return replaced(bytes, at, 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.below(8))));
      case 1:
        return replaced(bytes, at, 1, this.#bytes(1));
      case 2:
        return bytes.subarray(0, at);
      case 3:
        return replaced(bytes, at, 0, this.#bytes(random.below(8)));
      case 4:
        return replaced(bytes, at, random.below(8), new Uint8Array());
      case 5:
        return replaced(bytes, at, bytes.length, other.subarray(random.below(other.length + 1)));
      case 6:
        return replaced(
          other,
          0,
          Math.max(other.indexOf(0x20), 0),
          bytes.subarray(0, Math.max(bytes.indexOf(0x20), 0)),
        );
      case 7:
        return this.#replaceOne(bytes, /\d+/g, NUMBERS);
      default:
        return this.#replaceOne(bytes, /"[^"]*"/g, TEXTS);
    }
  }

  #replaceOne(bytes: Uint8Array, what: RegExp, by: readonly string[]): Uint8Array {
    const text = new TextDecoder().decode(bytes);
    const found = [...text.matchAll(what)];
    if (found.length === 0) return bytes;
    const { index, 0: { length } } = this.random.pick(found);
    return encoder.encode(text.slice(0, index) + this.random.pick(by) + text.slice(index + length));
  }

  #bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.random.below(256));
  }
}

function replaced(bytes: Uint8Array, at: number, length: number, by: Uint8Array): Uint8Array {
  const rest = bytes.subarray(Math.min(at + length, bytes.length));
  const result = new Uint8Array(at + by.length + rest.length);
  result.set(bytes.subarray(0, at));
  result.set(by, at);
  result.set(rest, at + by.length);
  return result;
}
