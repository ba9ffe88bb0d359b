import { decodeLink, encodeLink, type Update } from "../../src/replica/link.ts";
import { assert, assertEquals, assertNotEquals } from "../assert.ts";

const session = { openedAt: 3, id: "s1", sequence: 2 };

const LOOK_ALIKES = [
  '["A",null]',
  '["A", null]',
  '[null,"x"]',
  '{"paxos":1,"updates":[{"value":"x"}]}',
  '{"paxos": 1, "updates": [{"value": "x"}]}',
  '{"paxos":1,"updates":[{"value":"x","session":[1,"s",1]},{"value":"y","expect":null}]}',
];

const PLAIN = [
  "",
  "hello world",
  "h\u00e9 \u{1f600}",
  "null",
  "[",
  "{",
  "[]",
  '["A","B"]',
  "[null,null]",
  '["A",null,1]',
  '[1,"x"]',
  ' ["A",null]',
  '{"paxos":2,"updates":[{"value":"x"}]}',
  '{"paxos":1,"updates":[]}',
  '{"paxos":1,"updates":[{"value":1}]}',
  '{"paxos":1,"updates":[{"value":"x","more":1}]}',
  '{"paxos":1,"updates":[{"value":"x"}],"more":1}',
  '{"paxos":1,"updates":[{"value":"x","session":[1,"s"]}]}',
  '{"paxos":1,"updates":[{"value":"x","session":[-1,"s",1]}]}',
  '{"paxos":1,"updates":[{"value":"x","session":[1,"12345678901234567",1]}]}',
  '{"paxos":1,"updates":[{"value":"x","expect":5}]}',
  '{"paxos":1,"updates":[{"value":"x","expect_instance":0.5}]}',
  '{"paxos":1,"updates":[{"value":"x","expect":"y","expect_instance":1}]}',
];

Deno.test("one plain update is written as it is, as the ancestor does", () => {
  for (const value of PLAIN) {
    assertEquals(encodeLink([{ value }]), value);
    assertEquals(decodeLink(value), { grantedTo: null, updates: [{ value }] });
  }
});

Deno.test("a value that looks like a structured link or like a pair with a lease is wrapped, and stays the value", () => {
  for (const value of LOOK_ALIKES) {
    assertNotEquals(decodeLink(value), { grantedTo: null, updates: [{ value }] }, "it looks like no link at all");
    const link = encodeLink([{ value }]);
    assertNotEquals(link, value);
    assertEquals(decodeLink(link), { grantedTo: null, updates: [{ value }] });
    const twice = encodeLink([{ value: link }]);
    assertEquals(decodeLink(twice), { grantedTo: null, updates: [{ value: link }] });
  }
});

Deno.test("updates with sessions and conditions, and several updates, are read back as they were written", () => {
  const links: readonly (readonly Update[])[] = [
    [{ value: "x", session }],
    [{ value: "x", condition: { kind: "value", value: null } }],
    [{ value: "x", condition: { kind: "value", value: '["A",null]' } }],
    [{ value: "x", condition: { kind: "instance", instanceNumber: 0 } }],
    [{ value: "x", session, condition: { kind: "instance", instanceNumber: 7 } }],
    [{ value: "x" }, { value: "y", session }, { value: '{"paxos":1}', condition: { kind: "value", value: "" } }],
  ];
  for (const updates of links) assertEquals(decodeLink(encodeLink(updates)), { grantedTo: null, updates });
});

Deno.test("a pair grants a lease, or holds the application's link", () => {
  assertEquals(decodeLink('["A", null]'), { grantedTo: "A", updates: [] });
  assertEquals(decodeLink('[null, "h\\u00e9"]'), { grantedTo: null, updates: [{ value: "h\u00e9" }] });
  assertEquals(decodeLink(JSON.stringify([null, encodeLink([{ value: "x", session }])])).updates, [{
    value: "x",
    session,
  }]);
});

Deno.test("any text is a link, however deep its brackets are", () => {
  for (const value of ["[".repeat(60_000), '{"paxos":'.repeat(6_000), '{"paxos":1,"updates":' + "[".repeat(50_000)]) {
    assert(decodeLink(value).updates[0]?.value === value);
  }
});
