import {
  BLANK_STATE,
  decodeState,
  encodeState,
  type NodeState,
  sameState,
  StateDamage,
} from "../../src/replica/node_state.ts";
import { checksum } from "../../src/replica/checksum.ts";
import { EMPTY_REGISTER } from "../../src/replica/register.ts";
import { assert, assertEquals, assertNotEquals, assertStringIncludes, assertThrows } from "../assert.ts";
import { id } from "../paxos/ids.ts";

const OWNER = { uid: "A", nodes: ["B", "A", "C"] };
const STATE: NodeState = {
  instanceNumber: 8,
  register: {
    value: 'h\u00e9 "\n\u{1f600}',
    valueInstanceNumber: 7,
    sessions: [{ openedAt: 1, id: "s1", sequence: 3, applied: true, instanceNumber: 7 }],
    watermark: 0,
  },
  acceptor: { promisedId: id("5.B"), acceptedId: id("4.C"), acceptedValue: "w\\" },
  leaseWindowMs: null,
};

function damageOf(text: string): StateDamage {
  return assertThrows(() => decodeState(text, OWNER), StateDamage);
}

/** The state file with its body changed and sealed again: what only a faulty program would write. */
function resealed(change: (body: Record<string, unknown>) => void, state = STATE): string {
  const body = JSON.parse(encodeState(state, OWNER));
  delete body.checksum;
  change(body);
  const sealed = JSON.stringify(body).slice(0, -1);
  return `${sealed},"checksum":"${checksum(sealed)}"}\n`;
}

Deno.test("a state file is read back as it was written, whichever way its nodes are sorted", () => {
  const incomplete = { ...STATE, register: { ...STATE.register, sessions: null, watermark: -1 } };
  for (const state of [BLANK_STATE, STATE, incomplete]) {
    assertEquals(decodeState(encodeState(state, OWNER), { uid: "A", nodes: ["C", "B", "A"] }), state);
  }
});

Deno.test("a state file has the five names of the ancestor's, with proposal IDs as pairs", () => {
  const { instance_number, current_value, promised_id, accepted_id, accepted_value } = JSON.parse(
    encodeState(STATE, OWNER),
  );
  assertEquals({ instance_number, current_value, promised_id, accepted_id, accepted_value }, {
    instance_number: 8,
    current_value: STATE.register.value,
    promised_id: [5, "B"],
    accepted_id: [4, "C"],
    accepted_value: "w\\",
  });
});

Deno.test("every truncation of a state file is refused (S6)", () => {
  const text = encodeState(STATE, OWNER);
  for (let length = 0; length < text.length; length++) {
    assertEquals(damageOf(text.slice(0, length)).kind, "damaged", `${length} of ${text.length}`);
  }
  assertEquals(damageOf("").message, "it is empty");
  assertStringIncludes(damageOf(text.slice(0, 112)).message, "cut off at byte 112");
});

Deno.test("every flipped byte of a state file is refused (S6)", () => {
  const text = encodeState(STATE, OWNER);
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at++) {
    for (const flip of [0x01, 0x20, 0x80, 0xff]) {
      const damaged = bytes.slice();
      damaged[at]! ^= flip;
      const read = new TextDecoder().decode(damaged);
      assertNotEquals(read, text);
      assertEquals(damageOf(read).kind, "damaged", `byte ${at} ^ ${flip}: ${read}`);
    }
  }
});

Deno.test("what stands after the end of a state file is refused (S6)", () => {
  for (const more of [" ", "\n", "{}", "\u0000"]) damageOf(encodeState(STATE, OWNER) + more);
  damageOf(encodeState(STATE, OWNER).repeat(2));
});

Deno.test("a promise below what was accepted is refused, when it is loaded and when it would be saved (S6)", () => {
  const state = { ...STATE, acceptor: { promisedId: id("3.Z"), acceptedId: id("4.C"), acceptedValue: "w" } };
  assertThrows(() => encodeState(state, OWNER), StateDamage, "promise is below what it has accepted");
  assertEquals(
    damageOf(resealed((body) => body.promised_id = [3, "Z"])).message,
    "its promise is below what it has accepted",
  );
  assertEquals(
    damageOf(resealed((body) => body.promised_id = null)).message,
    "its promise is below what it has accepted",
  );
});

Deno.test("other states that cannot be are refused as well, sealed or not (S6)", () => {
  const wrong: readonly [(body: Record<string, unknown>) => void, string][] = [
    [(body) => body.accepted_value = null, "do not go together"],
    [(body) => body.accepted_id = null, "do not go together"],
    [(body) => body.instance_number = 7, "not chosen yet"],
    [(body) => body.watermark = 8, "not chosen yet"],
    [(body) => body.sessions = [[1, "s1", 3, true, 8]], "not chosen yet"],
    [(body) => Object.assign(body, { instance_number: 0, value_instance: null }), "no link was ever chosen"],
    [(body) => body.instance_number = -1, "not a whole number"],
    [(body) => body.instance_number = 0.5, "not a whole number"],
    [(body) => body.instance_number = 2 ** 60, "not a whole number"],
    [(body) => body.instance_number = "8", "not a whole number"],
    [(body) => body.promised_id = [5, "B", 1], "proposal ID"],
    [(body) => body.promised_id = { number: 5, uid: "B" }, "proposal ID"],
    [(body) => body.accepted_id = ["4", "C"], "proposal ID"],
    [(body) => body.accepted_value = 5, "not a text"],
    [(body) => body.current_value = 5, "wrong types"],
    [(body) => body.sessions = [[1, "s", 1, true]], "wrong types"],
    [(body) => body.sessions = {}, "wrong types"],
    [(body) => body.watermark = -2, "wrong types"],
    [(body) => delete body.watermark, "keys"],
    [(body) => body.more = 1, "keys"],
  ];
  for (const [change, message] of wrong) {
    const damage = damageOf(resealed(change));
    assertEquals(damage.kind, "damaged");
    assertStringIncludes(damage.message, message);
  }
  decodeState(resealed(() => {}), OWNER);
});

Deno.test("texts that are no state at all are refused", () => {
  for (const text of ["null", "5", "[]", '"x"', "{}", "{", "}", "[".repeat(20_000), "\ufeff{}"]) {
    assertEquals(damageOf(text).kind, "damaged", text.slice(0, 10));
  }
});

Deno.test("a newer format, another node's file and another cluster's file are told apart from damage", () => {
  const newer = damageOf(resealed((body) => body.format = 2));
  assertEquals([newer.kind, newer.message.includes("format 2")], ["newer", true]);
  assertEquals(damageOf('{"format":2,"anything":"else"}').kind, "newer");
  const text = encodeState(STATE, OWNER);
  const stranger = assertThrows(() => decodeState(text, { ...OWNER, uid: "B" }), StateDamage, 'belongs to node "A"');
  assertEquals(stranger.kind, "foreign");
  const elsewhere = assertThrows(() => decodeState(text, { uid: "A", nodes: ["A", "B"] }), StateDamage);
  assertEquals(elsewhere.kind, "foreign");
  assertStringIncludes(elsewhere.message, '["A","B","C"]');
});

Deno.test("a file of the ancestor's is loaded, and its node proposes at least a million above all that is in it", () => {
  const file = '{"current_value": "v1", "instance_number": 3, "promised_id": [7, "B"], "accepted_id": [9, "C"], ' +
    '"accepted_value": "w"}';
  const { instanceNumber, register, acceptor } = decodeState(file, OWNER);
  assertEquals([instanceNumber, acceptor.acceptedId, acceptor.acceptedValue], [3, id("9.C"), "w"]);
  assertEquals(register, { value: "v1", valueInstanceNumber: 2, sessions: [], watermark: -1 });
  assertEquals(acceptor.promisedId, id("1000009.A"));
  const blank =
    '{"current_value": "v1", "instance_number": 1, "promised_id": null, "accepted_id": null, "accepted_value": null}';
  assertEquals(decodeState(blank, OWNER).acceptor.promisedId, id("1000000.A"));
});

Deno.test("a damaged file of the ancestor's is refused", () => {
  const file = { current_value: "v1", instance_number: 3, promised_id: null, accepted_id: null, accepted_value: null };
  const wrong = [
    { instance_number: -1 },
    { instance_number: 0 },
    { current_value: 5 },
    { accepted_value: "w" },
    { promised_id: [1] },
  ];
  for (const change of wrong) damageOf(JSON.stringify({ ...file, ...change }));
  damageOf(JSON.stringify(file).slice(0, -1));
  const { accepted_value: _, ...four } = file;
  damageOf(JSON.stringify(four));
});

Deno.test("two states are the same if their content is, whichever objects hold it", () => {
  const twin = { ...STATE, acceptor: { promisedId: id("5.B"), acceptedId: id("4.C"), acceptedValue: "w\\" } };
  assert(sameState(STATE, twin));
  assert(!sameState(STATE, { ...STATE, instanceNumber: 9 }));
  assert(!sameState(STATE, { ...STATE, register: EMPTY_REGISTER }));
  for (const change of [{ promisedId: id("5.C") }, { acceptedId: id("5.B") }, { acceptedValue: "other" }]) {
    assert(!sameState(STATE, { ...STATE, acceptor: { ...STATE.acceptor, ...change } }));
  }
});

Deno.test("the checksum is the CRC-32 of the text's 16-bit units", () => {
  assertEquals(checksum(""), "00000000");
  // Four units whose bytes are those of "12345678".
  const units = String.fromCharCode(0x3231, 0x3433, 0x3635, 0x3837);
  assertEquals(checksum(units), "9ae0daaf");
});
