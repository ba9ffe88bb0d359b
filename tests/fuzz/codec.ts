import { Random } from "../../src/sim/random.ts";
import {
  type Decoded,
  decodeDatagram,
  encodePeerMessage,
  encodePropose,
  encodeRequests,
  encodeResponses,
} from "../../src/wire/datagram.ts";
import { decodeSealed } from "../../src/wire/sealed.ts";
import { Mutator } from "./mutation.ts";

/** What came of it. */
export interface CodecReport {
  /** How many datagrams were read. */
  readonly datagrams: number;
  /** How many of them meant something. */
  readonly understood: number;
  /** How much more memory is in use than after the first tenth, in MiB. */
  readonly growthMiB: number;
  /** What is wrong, a sentence each. */
  readonly violations: readonly string[];
}

/**
 * Reads that many datagrams: none may throw, and what one means is written and read back as the same. `decode` is the codec's own,
 * unless a test plants another.
 */
export function fuzzCodec(
  seed: number,
  count: number,
  corpus: readonly Uint8Array[],
  decode: (bytes: Uint8Array) => Decoded = decodeDatagram,
): CodecReport {
  const mutator = new Mutator(new Random(seed), corpus);
  const violations: string[] = [];
  let understood = 0;
  let firstBytes = 0;
  for (let number = 0; number < count && violations.length < 10; number++) {
    if (number === Math.floor(count / 10)) firstBytes = Deno.memoryUsage().rss;
    const bytes = mutator.next();
    try {
      decodeSealed(bytes);
      const decoded = decode(bytes);
      if (decoded.kind === "bad") continue;
      understood++;
      const again = encode(decoded).map((one) => decode(one));
      if (content(again) !== content([decoded])) violations.push(`${number}: not read back as written`);
    } catch (error) {
      violations.push(`${number}: ${error}: ${JSON.stringify(new TextDecoder().decode(bytes.subarray(0, 300)))}`);
    }
  }
  const growthMiB = (Deno.memoryUsage().rss - firstBytes) / 2 ** 20;
  return { datagrams: count, understood, growthMiB: Math.round(growthMiB), violations };
}

function encode(decoded: Exclude<Decoded, { kind: "bad" }>): Uint8Array[] {
  switch (decoded.kind) {
    case "peer":
      return [encodePeerMessage(decoded.message)];
    case "propose":
      return [encodePropose(decoded.value)];
    case "requests":
      return encodeRequests(decoded.requests);
    case "responses":
      return encodeResponses(decoded.responses);
  }
}

/** What datagrams mean, in however many of them it is sent. */
function content(all: readonly Decoded[]): string {
  return JSON.stringify(all.flatMap((one): readonly unknown[] => {
    if (one.kind === "requests") return one.requests;
    return one.kind === "responses" ? one.responses : [one];
  }));
}
