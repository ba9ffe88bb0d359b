import {
  type Decoded,
  decodeDatagram,
  encodePeerMessage,
  encodePropose,
  encodeRequests,
  encodeResponses,
} from "../../src/wire/datagram.ts";
import type { ClientRequest, ClientResponse } from "../../src/replica/requests.ts";
import { assert, assertEquals } from "../assert.ts";
import { ANCESTOR_SAMPLES, bytes, CLIENT_SAMPLES, OWN_SAMPLES, split } from "./samples.ts";

function only<T>([first, ...others]: T[]): T {
  assert(first !== undefined && others.length === 0);
  return first;
}

function encode(decoded: Decoded): Uint8Array {
  switch (decoded.kind) {
    case "peer":
      return encodePeerMessage(decoded.message);
    case "propose":
      return encodePropose(decoded.value);
    case "requests":
      return only(encodeRequests(decoded.requests));
    case "responses":
      return only(encodeResponses(decoded.responses));
    case "bad":
      throw new Error(decoded.reason);
  }
}

Deno.test("every datagram of the ancestor is understood, and written again as the same JSON", () => {
  for (const sample of ANCESTOR_SAMPLES) {
    const decoded = decodeDatagram(bytes(sample));
    assert(decoded.kind === "peer", sample);
    const { type, json } = split(sample);
    assertEquals(decoded.message.type as string, type);
    assertEquals(split(new TextDecoder().decode(encode(decoded))), { type, json });
  }
});

Deno.test("what the ancestor says is read with our names", () => {
  const promise = decodeDatagram(bytes(ANCESTOR_SAMPLES[2]!));
  assertEquals(promise, {
    kind: "peer",
    message: {
      type: "promise",
      instanceNumber: 3,
      proposalId: { number: 1, uid: "C" },
      lastAcceptedId: { number: 1, uid: "C" },
      lastAcceptedValue: '[null, "h\u00e9"]',
    },
  });
  const nack = decodeDatagram(bytes(ANCESTOR_SAMPLES[4]!));
  assertEquals(nack, {
    kind: "peer",
    message: { type: "nack", instanceNumber: 0, proposalId: { number: 0, uid: "A" }, promisedId: null },
  });
});

Deno.test("the order of the keys, white space, escapes and raw UTF-8 do not matter", () => {
  const variants = [
    'accept {"proposal_value":"h\u00e9","proposal_id":[1,"A"],"instance_number":4}',
    'accept  { "instance_number" : 4 ,\n"proposal_id":[ 1, "A" ], "proposal_value": "h\\u00e9" } ',
  ];
  for (const variant of variants) {
    assertEquals(decodeDatagram(bytes(variant)), {
      kind: "peer",
      message: { type: "accept", instanceNumber: 4, proposalId: { number: 1, uid: "A" }, value: "h\u00e9" },
    });
  }
});

Deno.test("every added message, request and response is read back as it was written", () => {
  for (const sample of [...OWN_SAMPLES, ...CLIENT_SAMPLES]) {
    const decoded = decodeDatagram(bytes(sample));
    assert(decoded.kind !== "bad", sample);
    assertEquals(new TextDecoder().decode(encode(decoded)), sample);
  }
});

Deno.test("a raw proposal is all that follows the first space: empty, with spaces, quotes and JSON in it", () => {
  for (const value of ["v1", "hello world", "", " ", '{"a": 1}', 'propose "x"', "h\u00e9\n", "\ufeffx", "\u0000"]) {
    assertEquals(decodeDatagram(bytes(`propose ${value}`)), { kind: "propose", value });
    assertEquals(new TextDecoder("utf-8", { ignoreBOM: true }).decode(encodePropose(value)), `propose ${value}`);
  }
});

Deno.test("half a pair of surrogates in a value survives the wire", () => {
  const value = "\ud800 and \udc00";
  const message = { type: "catchup", instanceNumber: 1, currentValue: value } as const;
  assertEquals(decodeDatagram(encodePeerMessage(message)), { kind: "peer", message });
});

Deno.test("numbers up to 2^52 are read exactly", () => {
  const message = { type: "sync_request", instanceNumber: 2 ** 52 } as const;
  assertEquals(decodeDatagram(encodePeerMessage(message)), { kind: "peer", message });
});

Deno.test("several requests, and several responses, share a datagram, in their order, up to a limit; one that is longer goes alone", () => {
  const request = (requestId: string): ClientRequest => ({ operation: "open", requestId });
  const write = (requestId: string, length: number): ClientRequest => ({
    ...{ operation: "propose", requestId, life: "l", timeoutMs: 1 },
    update: { value: "\u20ac".repeat(length) },
  });
  const requests = [request("a"), write("b", 10), write("c", 9000), write("d", 9000), write("e", 16_500), request("f")];
  const datagrams = encodeRequests(requests);
  const read = datagrams.map((datagram) => {
    assert(datagram.length <= 60_000);
    const decoded = decodeDatagram(datagram);
    assert(decoded.kind === "requests");
    return decoded.requests;
  });
  assertEquals(read.map((some) => some.map(({ requestId }) => requestId).join("")), ["abc", "d", "e", "f"]);
  assertEquals(read.flat(), requests);
  const responses = ["a", "b"].map((requestId): ClientResponse => {
    return { result: "refused", reason: "no", requestId, node: "A" };
  });
  assertEquals(decodeDatagram(only(encodeResponses(responses))), { kind: "responses", responses });
  for (const bad of ["requests []", "requests {}", 'requests [{"format":1}]', 'responses [{"format":1},1]']) {
    assertEquals(decodeDatagram(bytes(bad)).kind, "bad", bad);
  }
});
