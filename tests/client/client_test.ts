import type { PaxosClient } from "../../src/client/client.ts";
import type { ClientResult } from "../../src/replica/requests.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { CHOSEN, clientOf, clientThatPrefers, FakeNode, LIFE, REFUSED, value } from "./fake_node.ts";

machineTest("where there are no sessions a proposal names the node's life and is told when it is chosen", async () => {
  using node = new FakeNode(({ operation }) => [operation === "open" ? LIFE : CHOSEN]);
  const client = await clientOf(node);
  assertEquals(await client.propose("A", "hello"), { outcome: "chosen", instanceNumber: 7, node: "A" });
  const [open, propose] = node.asked;
  assertEquals(open?.operation, "open");
  assert(propose?.operation === "propose");
  assertEquals([propose.life, propose.update.value], ["l", "hello"]);
  assert(propose.timeoutMs > 4000 && propose.timeoutMs < 5000, "the node gives up before its client does");
  client.close();
});

machineTest("open and propose are sent again until they are answered, each under one ID", async () => {
  using node = new FakeNode(({ operation }, copy) => copy < 2 ? [] : [operation === "open" ? LIFE : CHOSEN]);
  const client = await clientOf(node);
  assertEquals((await client.propose("A", "hello")).outcome, "chosen");
  assertEquals(node.asked.map(({ operation }) => operation), ["open", "open", "open", "propose", "propose", "propose"]);
  assertEquals(new Set(node.asked.map(({ requestId }) => requestId)).size, 2);
  client.close();
});

machineTest(
  "without an answer the outcome is unknown at the deadline, to the first question or to the second",
  async () => {
    using dead = new FakeNode(() => []);
    using deaf = new FakeNode(({ operation }) => operation === "open" ? [LIFE] : [], "B");
    const client = await clientOf(dead, deaf);
    for (const uid of ["A", "B"]) {
      const began = performance.now();
      assertEquals(await client.propose(uid, "hello", { timeoutMs: 120 }), {
        outcome: "unknown",
        reason: `no answer from ${uid} in 0.12 s; the value may still be chosen`,
        node: uid,
      });
      assert(performance.now() - began < 500);
    }
    client.close();
  },
);

machineTest("what a node refuses is not chosen, and what it cannot know is unknown", async () => {
  const answers: [ClientResult, Awaited<ReturnType<PaxosClient["propose"]>>][] = [
    [REFUSED, { outcome: "not_chosen", reason: "busy", node: "A" }],
    [{ result: "proposed", outcome: "not_chosen", instanceNumber: null, reason: "no" }, {
      outcome: "not_chosen",
      reason: "no",
      node: "A",
    }],
    [{ result: "proposed", outcome: "unknown", instanceNumber: null, reason: "restarted" }, {
      outcome: "unknown",
      reason: "restarted",
      node: "A",
    }],
  ];
  for (const [answer, expected] of answers) {
    using node = new FakeNode(({ operation }) => [operation === "open" ? LIFE : answer]);
    const client = await clientOf(node);
    assertEquals(await client.propose("A", "hello"), expected);
    client.close();
  }
});

machineTest("an answer of another kind, to another question, or from another address is none", async () => {
  using stranger = new FakeNode(() => []);
  using node: FakeNode = new FakeNode((request) => {
    if (request.operation === "open") return [LIFE];
    node.respond({ ...CHOSEN, requestId: request.requestId, node: "A" }, stranger.socket);
    node.respond({ ...CHOSEN, requestId: "another", node: "A" });
    return [];
  });
  const client = await clientOf(node);
  assertEquals((await client.propose("A", "hello", { timeoutMs: 150 })).outcome, "unknown");
  client.close();
});

machineTest("a value over the limit is refused before anything is sent", async () => {
  using node = new FakeNode(() => [LIFE]);
  const client = await clientOf(node);
  const tooMuch = "x".repeat(60_000);
  const result = await client.propose("A", tooMuch);
  assert(result.outcome === "not_chosen");
  assertMatch(result.reason, /^the value needs a datagram of \d+ bytes, and 60000 is the limit/);
  await assertRejects(() => client.proposeWithoutAnswer("A", tooMuch), RangeError, "60000 is the limit");
  await client.proposeWithoutAnswer("A", "small");
  assertEquals(await client.status("A", { timeoutMs: 60 }), null);
  assertEquals(node.raw, ["small"]);
  assert(node.asked.every(({ operation }) => operation === "status"), "nothing but the last question has left");
  client.close();
});

machineTest("a read without a name asks one node after the other until one answers", async () => {
  using dead = new FakeNode(() => []);
  using unwilling = new FakeNode(() => [REFUSED], "B");
  using willing = new FakeNode(() => [value("hello")], "C");
  const client = await clientThatPrefers(dead, unwilling, willing);
  assertEquals(await client.get(), {
    outcome: "value",
    value: "hello",
    instanceNumber: 2,
    nodeInstanceNumber: 3,
    node: "C",
    read: "linearizable",
  });
  assertEquals(unwilling.asked.length, 1);
  assertEquals(await client.get("B"), { outcome: "refused", reason: "busy" });
  assertEquals(await client.get("A", { timeoutMs: 60 }), { outcome: "unknown", reason: "no answer from A in 0.06 s" });
  client.close();
});

machineTest("a read whose first node answers at once asks no other", async () => {
  using first = new FakeNode(() => [value(null)]);
  using second = new FakeNode(() => [value("old")], "B");
  const client = await clientThatPrefers(first, second);
  const result = await client.get(null, { local: true });
  assert(result.outcome === "value");
  assertEquals(result.value, null);
  assertEquals(second.asked, []);
  client.close();
});

machineTest("closing the client ends what still waits, and what is asked later", async () => {
  using node = new FakeNode(() => []);
  const client = await clientOf(node);
  const waiting = client.propose("A", "hello");
  const began = performance.now();
  client.close();
  assertEquals((await waiting).outcome, "unknown");
  assertEquals((await client.get()).outcome, "unknown");
  assert(performance.now() - began < 2000, "long before the deadline");
});
