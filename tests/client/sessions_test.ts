import { NEXT_NODE_MS } from "../../src/client/turns.ts";
import { MAX_IDLE_MS, MAX_OUTSTANDING, SessionPool } from "../../src/client/sessions.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import {
  CHOSEN,
  clientOf,
  clientThatPrefers,
  DOUBT,
  FAILED,
  FakeNode,
  LIFE,
  REFUSED,
  session,
  withSessions,
} from "./fake_node.ts";

machineTest(
  "an update bears a session and a number, the next one the next number, and the session is opened once",
  async () => {
    using node = new FakeNode(withSessions(() => [CHOSEN]));
    const client = await clientOf(node);
    for (const value of ["a", "b", "c"]) {
      assertEquals(await client.propose("A", value), { outcome: "chosen", instanceNumber: 7, node: "A" });
    }
    assertEquals(node.tags, ["s1 1", "s1 2", "s1 3"]);
    assertEquals(node.asked.filter(({ operation }) => operation === "open").length, 1);
    client.close();
  },
);

machineTest("a condition that failed is an outcome too: the session goes on", async () => {
  using node = new FakeNode(withSessions((_request, copy) => copy === 0 ? [FAILED] : []));
  const client = await clientOf(node);
  const expected = { outcome: "not_chosen", reason: "no", node: "A" } as const;
  assertEquals(await client.compareAndSet("A", "x", "y"), expected);
  assertEquals(await client.compareAndSet("A", null, "z"), expected);
  assertEquals(await client.propose("A", "u", { condition: { kind: "instance", instanceNumber: 4 } }), expected);
  assertEquals(node.tags, ["s1 1", "s1 2", "s1 3"]);
  assertEquals(
    node.asked.flatMap((request) => request.operation === "propose" ? [request.update.condition] : []),
    [{ kind: "value", value: "x" }, { kind: "value", value: null }, { kind: "instance", instanceNumber: 4 }],
  );
  client.close();
});

machineTest("after an unknown outcome the session, which may have expired, is not used again", async () => {
  const answers = [CHOSEN, DOUBT, CHOSEN];
  using node = new FakeNode(withSessions((_request, copy) => copy === 0 ? [answers.shift() ?? CHOSEN] : []));
  const client = await clientOf(node);
  assertEquals((await client.propose("A", "a")).outcome, "chosen");
  assertEquals(await client.propose("A", "b"), { outcome: "unknown", reason: "expired", node: "A" });
  assertEquals((await client.propose("A", "c")).outcome, "chosen");
  assertEquals(node.tags, ["s1 1", "s1 2", "s2 1"]);
  client.close();
});

machineTest("updates that are outstanding together have a session each, and these serve for more", async () => {
  using node = new FakeNode(withSessions((_request, copy) => copy === 0 ? [] : [CHOSEN]));
  const client = await clientOf(node);
  const several = () => Promise.all(["a", "b", "c"].map((value) => client.propose("A", value)));
  for (const { outcome } of [...await several(), ...await several()]) assertEquals(outcome, "chosen");
  assertEquals(node.tags.sort(), ["s1 1", "s1 2", "s2 1", "s2 2", "s3 1", "s3 2"]);
  client.close();
});

machineTest(
  "one update more than may be outstanding waits for its turn, and is not chosen if that does not come in time",
  async () => {
    using node = new FakeNode(withSessions(() => []));
    const client = await clientOf(node);
    const pending = Array.from({ length: MAX_OUTSTANDING }, () => client.propose("A", "x", { timeoutMs: 400 }));
    const late = await client.propose("A", "late", { timeoutMs: 100 });
    assert(late.outcome === "not_chosen" && late.node === null);
    assertMatch(late.reason, /^64 proposals of this client wait/);
    const patient = client.propose("A", "patient");
    for (const { outcome } of await Promise.all(pending)) assertEquals(outcome, "unknown");
    node.answer = withSessions(() => [CHOSEN]);
    assertEquals((await patient).outcome, "chosen");
    assert(node.asked.every((request) => request.operation !== "propose" || request.update.value !== "late"));
    client.close();
  },
);

Deno.test("a session that was idle for long is not lent again, nor is any that was idle for longer", async () => {
  const { now } = performance;
  let nowMs = 0;
  performance.now = () => nowMs;
  try {
    const pool = new SessionPool();
    const tag = (id: string) => ({ openedAt: 0, id, sequence: 1 });
    for (let loans = 0; loans < 3; loans++) assertEquals(await pool.take(1), { tag: null });
    pool.giveBack(tag("old"));
    pool.giveBack(tag("older than it looks"));
    nowMs = MAX_IDLE_MS;
    pool.giveBack(tag("fresh"));
    assertEquals(await pool.take(1), { tag: { openedAt: 0, id: "fresh", sequence: 2 } });
    nowMs++;
    assertEquals(await pool.take(1), { tag: null });
    assertEquals(await pool.take(1), { tag: null });
  } finally {
    performance.now = now;
  }
});

machineTest(
  "where the first node is silent the others get the same session and number, and the answer wins",
  async () => {
    using dead = new FakeNode(() => []);
    using second = new FakeNode(withSessions(() => []), "B");
    using third = new FakeNode(() => [CHOSEN], "C");
    const client = await clientThatPrefers(dead, second, third);
    third.answer = (request) => request.operation === "propose" ? [CHOSEN] : [];
    const began = performance.now();
    assertEquals(await client.propose(null, "hello"), { outcome: "chosen", instanceNumber: 7, node: "C" });
    const tookMs = performance.now() - began;
    assert(tookMs > 1.8 * NEXT_NODE_MS && tookMs < 1500, `two turns of ${NEXT_NODE_MS} ms: ${tookMs}`);
    assertEquals([second.tags, third.tags], [["s1 1"], ["s1 1"]]);
    // The one that answered is asked first from now on.
    const asked = dead.asked.length + second.asked.length;
    assertEquals((await client.propose(null, "again")).outcome, "chosen");
    assertEquals(third.tags, ["s1 1", "s1 2"]);
    assertEquals(dead.asked.length + second.asked.length, asked);
    client.close();
  },
);

machineTest("a named node is asked alone", async () => {
  using dead = new FakeNode(() => []);
  using other = new FakeNode(withSessions(() => [CHOSEN]), "B");
  const client = await clientOf(dead, other);
  assertEquals((await client.propose("A", "hello", { timeoutMs: 400 })).outcome, "unknown");
  assertEquals(other.asked, []);
  client.close();
});

machineTest("an answer in doubt is not the last word while another node may know better", async () => {
  using doubting = new FakeNode(withSessions(() => [DOUBT]));
  using knowing = new FakeNode((_request, copy) => copy < 2 ? [] : [CHOSEN], "B");
  const client = await clientThatPrefers(doubting, knowing);
  assertEquals(await client.propose(null, "hello"), { outcome: "chosen", instanceNumber: 7, node: "B" });
  client.close();
});

machineTest(
  "where all who answer are in doubt the outcome is unknown at once, and soon if another is silent",
  async () => {
    using first = new FakeNode(withSessions(() => [DOUBT]));
    using second = new FakeNode(() => [DOUBT], "B");
    const client = await clientThatPrefers(first, second);
    const began = performance.now();
    assertEquals(await client.propose(null, "hello"), { outcome: "unknown", reason: "expired", node: "A" });
    assert(performance.now() - began < 900, "nobody is left to ask");
    second.answer = () => [];
    const again = performance.now();
    assertEquals((await client.propose(null, "hello")).outcome, "unknown");
    const tookMs = performance.now() - again;
    assert(tookMs > 900 && tookMs < 2000, `${tookMs}`);
    client.close();
  },
);

machineTest("what one node refuses is not chosen only if no other may have taken it up", async () => {
  using first = new FakeNode(withSessions(() => []));
  using second = new FakeNode(() => [REFUSED], "B");
  const client = await clientThatPrefers(first, second);
  const silent = await client.propose(null, "hello", { timeoutMs: 600 });
  assertEquals(silent.outcome, "unknown");
  first.answer = withSessions(() => [REFUSED]);
  assertEquals(await client.propose(null, "hello"), { outcome: "not_chosen", reason: "busy", node: "A" });
  client.close();
});

machineTest("where there are no sessions an update goes to one node alone, and a condition to none", async () => {
  using first = new FakeNode(({ operation }) => operation === "open" ? [LIFE] : []);
  using second = new FakeNode(() => [CHOSEN], "B");
  const client = await clientThatPrefers(first, second);
  const alone = await client.propose(null, "plain", { timeoutMs: 600 });
  assertEquals(alone, {
    outcome: "unknown",
    reason: "no answer from A in 0.6 s; the value may still be chosen",
    node: "A",
  });
  assertEquals(second.asked, []);
  const conditional = await client.compareAndSet(null, null, "y");
  assert(conditional.outcome === "not_chosen");
  assertMatch(conditional.reason, /a node of the ancestor is in the cluster/);
  const values = first.asked.flatMap((request) => request.operation === "propose" ? [request.update] : []);
  assert(values.length > 0 && values.every(({ value, session }) => value === "plain" && session === undefined));
  client.close();
});

machineTest("a value over the limit is refused together with what it expects, before anything is sent", async () => {
  using node = new FakeNode(() => [session("s")]);
  const client = await clientOf(node);
  const half = "x".repeat(30_000);
  const outcome = await client.compareAndSet("A", half, half);
  assert(outcome.outcome === "not_chosen" && outcome.node === null);
  assertMatch(outcome.reason, /^the value and the one that is expected need a datagram of \d+ bytes/);
  assertEquals(node.asked, []);
  client.close();
});

machineTest(
  "the outcome is told by the deadline, whether the one node is silent or, after the first question, all",
  async () => {
    for (const uid of ["A", null]) {
      using first = new FakeNode(() => []);
      using second = new FakeNode(withSessions(() => []), "B");
      const client = await clientThatPrefers(first, second);
      const began = performance.now();
      const outcome = await client.propose(uid, "x", { timeoutMs: 500 });
      const tookMs = performance.now() - began;
      assert(outcome.outcome === "unknown" && outcome.node === uid, JSON.stringify(outcome));
      assert(tookMs > 480 && tookMs < 1500, `${tookMs} ms`);
      client.close();
    }
  },
);
