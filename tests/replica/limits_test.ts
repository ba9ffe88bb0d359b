import type { Condition, Update } from "../../src/replica/link.ts";
import { datagramBytes, jsonBytes, MAX_DATAGRAM_BYTES, tooLarge } from "../../src/replica/limits.ts";
import { encodeLink } from "../../src/replica/link.ts";
import type { PeerMessage } from "../../src/replica/messages.ts";
import { Register, type RegisterState } from "../../src/replica/register.ts";
import { encodePeerMessage, encodeRequest } from "../../src/wire/datagram.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";

const KINDS = [
  "a",
  '"',
  "\\",
  "\n",
  "\u0001",
  "h\u00e9",
  "\u20ac",
  "\u{1f600}",
  "\ud800",
  "\u007f",
  '{"a":"b"}',
  '{"\\"":["\\n"]}',
  '["A",null]',
];

/** The longest ID that a configuration allows. */
const UID = "A".repeat(64);
const MAX = 2 ** 52;
/** What surrounds a value at the most. */
const TAG = { openedAt: MAX, id: "\u0001".repeat(16), sequence: MAX };

/** The longest text of this kind that is not too large, to the byte: filled up with letters. */
function longest(kind: string, make: (value: string) => Update = (value) => ({ value })): string {
  const fits = (value: string): boolean => tooLarge(make(value)) === null;
  const most = (text: string, piece: string): string => {
    let [fitting, over] = [0, Math.ceil(60_001 / piece.length)];
    while (over - fitting > 1) {
      const middle = (fitting + over) >> 1;
      if (fits(text + piece.repeat(middle))) fitting = middle;
      else over = middle;
    }
    return text + piece.repeat(fitting);
  };
  return most(most("", kind), "a");
}

/** A register whose session table can hold no more. */
function fullRegister(): RegisterState {
  const register = new Register();
  for (let sequence = 1; sequence < 600; sequence++) {
    const session = { openedAt: 2 ** 51 + sequence, id: `${"\u0001".repeat(12)}${sequence}`, sequence: MAX };
    register.apply({ grantedTo: null, updates: [{ value: "", session }] }, 2 ** 51 + sequence);
  }
  return register.save();
}

/** The size of every datagram that may have to carry the update, by what it is. */
function datagrams(update: Update, register: RegisterState): Map<string, number> {
  const instanceNumber = MAX;
  const proposalId = { number: MAX, uid: UID };
  const plain = encodeLink([{ value: update.value }]);
  const structured = encodeLink([{ ...update, session: TAG }]);
  const sizes = new Map<string, number>();
  const add = (what: string, message: PeerMessage) => sizes.set(what, encodePeerMessage(message).length);
  for (const [form, link] of [["raw", plain], ["structured", structured]] as const) {
    for (const [mode, value] of [["plain", link], ["master", JSON.stringify([null, link])]] as const) {
      const where = `${form} link, ${mode} mode`;
      add(`accept, ${where}`, { type: "accept", instanceNumber, proposalId, value });
      add(`accepted, ${where}`, { type: "accepted", instanceNumber, proposalId, value });
      const accepted = { lastAcceptedId: proposalId, lastAcceptedValue: value };
      add(`promise, ${where}`, { type: "promise", instanceNumber, proposalId, ...accepted });
    }
  }
  const state = { ...register, value: update.value, valueInstanceNumber: MAX - 1, watermark: MAX - 1 };
  const lease = { lease: null, configurationDigest: "01234567" };
  add("snapshot", { type: "snapshot", instanceNumber, register: state, ...lease });
  add("catchup", { type: "catchup", instanceNumber, currentValue: update.value });
  const request = { operation: "propose", requestId: "r".repeat(64), life: null, timeoutMs: 86_400_000 } as const;
  sizes.set("request", encodeRequest({ ...request, update: { ...update, session: TAG } }).length);
  return sizes;
}

/** The update, with the longest condition on an instance, or with a value that is expected. */
const CONDITIONS: readonly (Condition | undefined)[] = [
  undefined,
  { kind: "instance", instanceNumber: MAX },
  { kind: "value", value: null },
  { kind: "value", value: '"\n\u0001'.repeat(200) },
];

Deno.test("the length of a JSON text is counted in bytes of UTF-8, whatever the characters", () => {
  for (const kind of KINDS) {
    const value = `${kind}x${kind}`;
    assertEquals(jsonBytes(value), new TextEncoder().encode(JSON.stringify(value)).length, JSON.stringify(kind));
  }
});

Deno.test("an update at the limit fits every datagram that may have to carry it, in either form of link and either mode", () => {
  const register = fullRegister();
  for (const kind of KINDS) {
    for (const condition of CONDITIONS) {
      const make = (value: string): Update => ({ value, ...(condition && { condition }) });
      for (const [what, bytes] of datagrams(make(longest(kind, make)), register)) {
        assert(bytes <= MAX_DATAGRAM_BYTES, `${JSON.stringify(kind)}: ${bytes} bytes in a ${what}`);
      }
    }
  }
});

Deno.test("a value that is expected fits as well, at the limit of its own", () => {
  const register = fullRegister();
  for (const kind of KINDS) {
    const make = (value: string): Update => ({ value: "x", condition: { kind: "value", value } });
    for (const [what, bytes] of datagrams(make(longest(kind, make)), register)) {
      assert(bytes <= MAX_DATAGRAM_BYTES, `${JSON.stringify(kind)}: ${bytes} bytes in a ${what}`);
    }
  }
});

Deno.test("the limit is not needlessly low: at the limit some datagram is within 1,000 bytes of what it may have", () => {
  const register = fullRegister();
  for (const kind of KINDS) {
    const largest = Math.max(...datagrams({ value: longest(kind) }, register).values());
    assert(largest > MAX_DATAGRAM_BYTES - 1000, `${JSON.stringify(kind)}: ${largest} bytes at the most`);
  }
});

Deno.test("one byte above the limit is refused, with the size that it needs and the limit", () => {
  for (const kind of KINDS) {
    const value = longest(kind);
    assertEquals(tooLarge({ value }), null);
    const reason = tooLarge({ value: `${value}a` });
    assertMatch(
      reason ?? "",
      /^the value needs a datagram of 600\d\d bytes, and 60000 is the limit/,
      JSON.stringify(kind),
    );
  }
  const large = { value: "x", condition: { kind: "value", value: "y".repeat(60_000) } } as const;
  assertMatch(tooLarge(large) ?? "", /^the value and the one that is expected need a datagram of 61\d{3} bytes/);
});

Deno.test("client and node agree on the limit: it is the same with a session and without", () => {
  for (const condition of CONDITIONS) {
    const update = { value: "x", ...(condition && { condition }) };
    assertEquals(datagramBytes({ ...update, session: TAG }), datagramBytes(update));
  }
});

Deno.test("quotes count eightfold and control characters more, letters once", () => {
  assertEquals(longest("a").length, 38_998);
  assert(longest('"').length < longest("a").length / 4);
  assert(longest("\u0001").length < longest('"').length);
});
