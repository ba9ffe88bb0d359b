// A client that is told who is master goes there, and comes back where that was not true any more.
import type { ClientResult } from "../../src/replica/requests.ts";
import { assert, assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { CHOSEN, clientOf, FakeNode, value, withSessions } from "./fake_node.ts";

const toMaster = (masterUid: string): ClientResult => ({ result: "redirected", masterUid });

machineTest(
  "an update at a node that is not master is asked of the master, in the same session, and told as its answer",
  async () => {
    using other = new FakeNode(withSessions(() => [toMaster("B")]));
    using master = new FakeNode(withSessions(() => [CHOSEN]), "B");
    const client = await clientOf(other, master);
    assertEquals(await client.propose("A", "hello"), { outcome: "chosen", instanceNumber: 7, node: "B" });
    assertEquals(master.tags, other.tags);
    assertEquals(master.asked.map(({ operation }) => operation), ["propose"]);
    client.close();
  },
);

machineTest("a node that names a master that keeps silent is asked again, and may know of a newer one", async () => {
  using dead = new FakeNode(() => [], "B");
  using heir = new FakeNode(withSessions(() => [CHOSEN]), "C");
  using other: FakeNode = new FakeNode(withSessions(() => [toMaster(dead.asked.length === 0 ? "B" : "C")]));
  const client = await clientOf(other, dead, heir);
  assertEquals(await client.propose("A", "hello"), { outcome: "chosen", instanceNumber: 7, node: "C" });
  assert(dead.asked.length > 0, "the silent one was asked");
  client.close();
});

machineTest(
  "two nodes that take each other for the master are asked in turn until the deadline, and not all the time",
  async () => {
    using one = new FakeNode(withSessions(() => [toMaster("B")]));
    using two = new FakeNode(withSessions(() => [toMaster("A")]), "B");
    const client = await clientOf(one, two);
    const result = await client.propose("A", "hello", { timeoutMs: 400 });
    assertEquals([result.outcome, result.node], ["unknown", "A"]);
    const asked = one.asked.length + two.asked.length;
    assert(asked > 4 && asked < 40, `asked ${asked} times`);
    client.close();
  },
);

machineTest(
  "a master whose address the client does not know is named, and nobody can say what became of the value",
  async () => {
    using node = new FakeNode(withSessions(() => [toMaster("X")]));
    const client = await clientOf(node);
    assertEquals(await client.propose("A", "hello"), {
      outcome: "unknown",
      reason: "node A calls X the master, whose address is not known here: configure all nodes of the cluster",
      node: "A",
    });
    client.close();
  },
);

machineTest("a node that is master itself by now answers for itself, though it was called silent before", async () => {
  using dead = new FakeNode(() => [], "B");
  using node: FakeNode = new FakeNode(withSessions(() => dead.asked.length === 0 ? [toMaster("B")] : [CHOSEN]));
  const client = await clientOf(node, dead);
  assertEquals(await client.propose("A", "hello"), { outcome: "chosen", instanceNumber: 7, node: "A" });
  client.close();
});

machineTest("reads are not asked of the master: any node answers them", async () => {
  using node = new FakeNode(() => [value("hello")]);
  using master = new FakeNode(() => [value("hello")], "B");
  const client = await clientOf(node, master);
  const result = await client.get("A");
  assert(result.outcome === "value" && result.node === "A");
  assertEquals(master.asked, []);
  client.close();
});
