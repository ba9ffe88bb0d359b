// Whatever arrives, decoding answers, and what is no message of ours is `bad` and nothing else.
import { decodeDatagram } from "../../src/wire/datagram.ts";
import { assert, assertEquals } from "../assert.ts";
import { ANCESTOR_SAMPLES, bytes, CLIENT_SAMPLES, OWN_SAMPLES, split } from "./samples.ts";

type Json = Record<string, unknown>;

const SAMPLES = [...ANCESTOR_SAMPLES, ...OWN_SAMPLES, ...CLIENT_SAMPLES];

/** An update without a condition is another update. */
const OPTIONAL = ["reach", "expect", "expect_instance"];

function assertBad(datagram: string | Uint8Array, why = ""): void {
  const decoded = decodeDatagram(typeof datagram === "string" ? bytes(datagram) : datagram);
  assertEquals(
    decoded.kind,
    "bad",
    `${why} ${typeof datagram === "string" ? datagram.slice(0, 200) : datagram.length}`,
  );
  assertEquals(Object.keys(decoded), ["kind", "reason"]);
}

function withJson(sample: string, change: (json: Json) => void): string {
  const { type, json } = split(sample);
  change(json);
  return `${type} ${JSON.stringify(json)}`;
}

Deno.test("an empty datagram, one without a space, and bytes that are no UTF-8 are bad", () => {
  for (const text of ["", "prepare", "propose", "\n", "{}"]) assertBad(text);
  assertBad(new Uint8Array([0xff]));
  assertBad(new Uint8Array([...bytes("propose "), 0xc3]));
  assertBad(new Uint8Array([...bytes("propose "), 0xed, 0xa0, 0x80]));
  assertBad(new Uint8Array(65_507));
});

Deno.test("an unknown type is bad, and so is a known one in other letters or with a name that every object has", () => {
  for (
    const type of ["leave", "Prepare", "PREPARE", " prepare", "prepare\n", "", "constructor", "__proto__", "toString"]
  ) {
    assertBad(`${type} {"instance_number":0,"proposal_id":[1,"A"]}`);
  }
});

Deno.test("a message with a missing key is bad, whichever it is", () => {
  for (const sample of SAMPLES) {
    // A vote of ours leaves out the value.
    const optional = sample.startsWith("accepted ") ? [...OPTIONAL, "proposal_value"] : OPTIONAL;
    const needed = Object.keys(split(sample).json).filter((key) => !optional.includes(key));
    for (const key of needed) assertBad(withJson(sample, (json) => delete json[key]), key);
  }
});

Deno.test("a hello with more to say than ours is understood, so that a later format is seen to be another", () => {
  const hello = decodeDatagram(
    bytes(withJson(OWN_SAMPLES[1]!, (json) => Object.assign(json, { format: 2, more: {} }))),
  );
  assert(hello.kind === "peer" && hello.message.type === "hello");
  assertEquals(hello.message.format, 2);
  for (const json of ["null", "1", "[]", '"x"', "true"]) assertBad(`hello ${json}`);
});

Deno.test("any other message between nodes, and a request, with an extra key is bad", () => {
  for (const sample of SAMPLES.filter((sample) => !/^(?:response|hello)/.test(sample))) {
    assertBad(withJson(sample, (json) => json.more = null));
    assertBad(withJson(sample, (json) => Object.defineProperty(json, "__proto__", { value: 1, enumerable: true })));
  }
});

Deno.test("a message that is cut off is bad, wherever it is cut", () => {
  for (const sample of SAMPLES) {
    for (let length = 0; length < sample.length; length++) assertBad(sample.slice(0, length));
  }
});

Deno.test("numbers that are no integers from 0 to 2^52 are bad", () => {
  for (
    const number of [
      "1e400",
      "-1",
      "0.5",
      "1152921504606846976",
      "4503599627370497",
      "-1e400",
      '"1"',
      "true",
      "[]",
      "NaN",
    ]
  ) {
    assertBad(`sync_request {"instance_number":${number}}`);
    assertBad(`prepare {"instance_number":${number},"proposal_id":[1,"A"]}`);
    assertBad(`prepare {"instance_number":0,"proposal_id":[${number},"A"]}`);
    assertBad(`nack {"instance_number":0,"proposal_id":[1,"A"],"promised_proposal_id":[${number},"A"]}`);
    assertBad(`read_request {"read_number":${number}}`);
    assertBad(`request {"format":1,"request_id":"r","operation":"get","local":true,"timeout_ms":${number}}`);
  }
});

Deno.test("proposal IDs that are no pair of number and name are bad, and none at all where one must be", () => {
  for (
    const id of [
      "null",
      "[]",
      "[1]",
      '[1,"A",2]',
      '["A",1]',
      '{"number":1,"uid":"A"}',
      '"1.A"',
      '[1,""]',
      `[1,"${"A".repeat(65)}"]`,
    ]
  ) {
    assertBad(`prepare {"instance_number":0,"proposal_id":${id}}`);
    assertBad(`accept {"instance_number":0,"proposal_id":${id},"proposal_value":"x"}`);
  }
});

Deno.test("values that are no texts are bad", () => {
  for (const value of ["null", "1", "true", "[]", '{"a":1}']) {
    assertBad(`accept {"instance_number":0,"proposal_id":[1,"A"],"proposal_value":${value}}`);
    assertBad(`accepted {"instance_number":0,"proposal_id":[1,"A"],"proposal_value":${value}}`);
    if (value !== "null") assertBad(`catchup {"instance_number":1,"current_value":${value}}`);
  }
});

Deno.test("a promise that reports an ID without a value, or a value without an ID, is bad", () => {
  const promise = (id: string, value: string): string =>
    `promise {"instance_number":0,"proposal_id":[2,"A"],"last_accepted_id":${id},"last_accepted_value":${value}}`;
  assertBad(promise("null", '"x"'));
  assertBad(promise('[1,"B"]', "null"));
  assertEquals(decodeDatagram(bytes(promise('[1,"B"]', '"x"'))).kind, "peer");
});

Deno.test("a snapshot whose value is decided by a link that is still open, or whose sessions are none, is bad", () => {
  const snapshot = OWN_SAMPLES[0]!;
  const wrong: Json[] = [
    { value_instance: 9 },
    { value_instance: -1 },
    { sessions: [[1, "s", 2, true]] },
    { sessions: [[1, "s", 2, 1, 7]] },
    { sessions: [[1, "12345678901234567", 2, true, 7]] },
    { sessions: [[1, "s", 2, true, 9]] },
    { sessions: null },
    { watermark: -2 },
    { watermark: 9 },
    { lease: {} },
    { configuration_digest: 1 },
    { current_value: 1 },
  ];
  for (const change of wrong) {
    assertBad(withJson(snapshot, (json) => Object.assign(json, change)), JSON.stringify(change));
  }
});

Deno.test("a hello, a request and a response with wrong contents are bad", () => {
  const wrong: readonly [string, Json][] = [
    ["hello", { format: -1 }],
    ["hello", { nodes: ["A", ""] }],
    ["hello", { nodes: "A" }],
    ["hello", { nodes: Array(65).fill("A") }],
    ["hello", { mode: "other" }],
    ["hello", { answer: 1 }],
    ['"get"', { format: 2 }],
    ['"get"', { request_id: "" }],
    ['"get"', { request_id: "r".repeat(65) }],
    ['"get"', { local: "no" }],
    ['"get"', { timeout_ms: 86_400_001 }],
    ['"get"', { operation: "propose" }],
    ['"life":"l1","value":"h', { operation: "get" }],
    ['"life":"l1","value":"h', { value: null }],
    ['"life":"l1","value":"h', { life: 1 }],
    ['"life":"l1","value":"h', { life: null }],
    ['"life":"l1","value":"h', { session: [1, "s", 1] }],
    ['"life":"l1","value":"h', { expect: "y" }],
    ['"expect":null', { expect: 1 }],
    ['"expect":null', { expect_instance: 1 }],
    ['"expect_instance"', { expect_instance: -1 }],
    ['"expect_instance"', { session: [1, "s"] }],
    ['"expect_instance"', { session: [1, "12345678901234567", 1] }],
    ['"watch"', { from: -1 }],
    ['"watch"', { timeout_ms: 0.5 }],
    ['"opened"', { session: [1] }],
    ['"opened"', { session: [1, "12345678901234567"] }],
    ['"updates"', { updates: [[1]] }],
    ['"updates"', { updates: [[1, 2]] }],
    ['"updates"', { updates: {} }],
    ['"updates"', { next: null }],
    ['"session":null', { format: 2 }],
    ['"session":null', { node: "" }],
    ['"session":null', { result: "other" }],
    ['"chosen"', { outcome: "perhaps" }],
    ['"chosen"', { instance_number: -1 }],
    ['"read":"local"', { read: "stale" }],
    ['"status","inst', { troubles: [1] }],
    ['"status","inst', { troubles: [{ kind: "clock_jump", about: 1, text: "x" }] }],
    ['"status","inst', { peers: [{ uid: "B", heard_ms: "1", answers: true }] }],
    ['"status","inst', { peers: {} }],
    ['"reach":true', { reach: 1 }],
    ['"operation":"open"', { reach: true }],
    ['"status","inst', { promised_id: [1] }],
    ['"status","inst', { mode: "other" }],
  ];
  const ours = [...OWN_SAMPLES, ...CLIENT_SAMPLES];
  for (const [part, change] of wrong) {
    assertBad(
      withJson(ours.find((sample) => sample.includes(part))!, (json) => Object.assign(json, change)),
      JSON.stringify(change),
    );
  }
});

Deno.test("deep nesting and the largest datagram are bad, and harm nobody", () => {
  const room = 65_507;
  for (const open of ["[", '{"a":', '[{"a":']) {
    const head = 'accept {"instance_number":0,"proposal_id":[1,"A"],"proposal_value":';
    assertBad((head + open.repeat(room)).slice(0, room));
    assertBad(("prepare " + open.repeat(room)).slice(0, room));
  }
  assertBad(`prepare ${"[".repeat(32_000)}${"]".repeat(32_000)}`);
  const large = `propose ${"x".repeat(room - 8)}`;
  assertEquals(decodeDatagram(bytes(large)).kind, "propose", "it is whole: its size is the business of the node");
});

Deno.test("20,000 datagrams made of samples with bytes changed, cut, doubled and mixed never throw (fixed seed)", () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >>> 8) % below;
  };
  const kinds = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) {
    let datagram = bytes(SAMPLES[random(SAMPLES.length)]!);
    for (let changes = random(4); changes >= 0; changes--) {
      const at = random(datagram.length + 1);
      const other = bytes(SAMPLES[random(SAMPLES.length)]!);
      const what = random(8);
      if (what === 0) datagram = datagram.slice(0, at);
      else if (what === 1) datagram = new Uint8Array([...datagram.slice(0, at), ...other.slice(random(other.length))]);
      else if (at < datagram.length) datagram[at] = what < 5 ? random(256) : 0x20 + random(0x5f);
    }
    const { kind } = decodeDatagram(datagram);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  assert((kinds.get("bad") ?? 0) > 10_000, [...kinds].join(" "));
  assert((kinds.get("peer") ?? 0) > 100, "some changes leave a valid message, or the search is too coarse");
});

Deno.test("5,000 datagrams of random bytes after a known type never throw and are never a message between nodes", () => {
  let seed = 11;
  const types = ["prepare", "promise", "accepted", "snapshot", "hello", "request", "requests", "response", "responses"];
  for (let i = 0; i < 5_000; i++) {
    const tail = Uint8Array.from({ length: i % 40 }, () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return seed >>> 16;
    });
    assertBad(new Uint8Array([...bytes(`${types[i % types.length]} `), ...tail]));
  }
});
