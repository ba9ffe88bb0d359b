import {
  type Decoded,
  decodeDatagram,
  encodePeerMessage,
  encodePropose,
  encodeRequest,
  encodeResponse,
} from "../../src/wire/datagram.ts";
import { assert, assertEquals } from "../assert.ts";
import { ANCESTOR_SAMPLES, bytes, CLIENT_SAMPLES, OWN_SAMPLES, split } from "./samples.ts";

function encode(decoded: Decoded): Uint8Array {
  switch (decoded.kind) {
    case "peer":
      return encodePeerMessage(decoded.message);
    case "propose":
      return encodePropose(decoded.value);
    case "request":
      return encodeRequest(decoded.request);
    case "response":
      return encodeResponse(decoded.response);
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
