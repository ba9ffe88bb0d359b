// `--master` turned on or off for a chain that there is already, with all nodes down.
import { MasterNode, PlainNode } from "../../src/node.ts";
import { encodeGrant } from "../../src/replica/link.ts";
import { assert, assertEquals } from "../assert.ts";
import { elect, lose, masterCluster, masterNode, mastersOf, WINDOW_MS, withMaster } from "../support/masters.ts";
import { letSave, outcome, settled } from "../support/scenes.ts";
import { openSession, propose, tagged } from "../support/sessions.ts";
import type { NodeClass } from "../support/machine.ts";
import { VirtualCluster } from "../support/virtual_cluster.ts";

/** All nodes end, and others of this class begin on their state. */
function restartedAs(nodeClass: NodeClass, before: VirtualCluster): VirtualCluster {
  for (const uid of before.nodes) if (before.isUp(uid)) before.crash(uid);
  const after = new VirtualCluster({ nodeClass, settings: before.settings });
  for (const uid of after.nodes) {
    after.crash(uid);
    after.disk.set(uid, before.disk.get(uid)!);
  }
  for (const [instanceNumber, link] of before.chain) after.chain.set(instanceNumber, link);
  for (const uid of after.nodes) after.restart(uid);
  return after;
}

/** A value is on its way: one acceptor has it, and no learner. */
function leaveAccepted(cluster: VirtualCluster, uid: string, value: string): void {
  const receiver = cluster.nodes.find((node) => node !== uid)!;
  lose(cluster, (_from, to, { type }) => type === "accepted" || (type === "accept" && to !== receiver));
  cluster.proposeRaw(uid, value);
  cluster.run(20);
  assertEquals(cluster.node(receiver).paxos.acceptor.acceptedValue?.includes(value), true);
}

Deno.test("a plain chain goes on with a master: the value stands, sessions too, and what is new is a pair (L10)", () => {
  const before = settled();
  const session = openSession(before, "A");
  propose(before, "A", tagged(session, 1, "x"));
  before.run(50);
  letSave(before, ...before.nodes);
  const cluster = restartedAs(MasterNode, before);
  const master = elect(cluster);
  cluster.run(20);
  assertEquals([cluster.node(master).register.value, cluster.chain.get(1)], ["x", encodeGrant(master)]);
  assertEquals(outcome(propose(cluster, master, tagged(session, 1, "x"))), "chosen 0", "it is applied once, for ever");
  const answers = propose(cluster, master, tagged(session, 2, "y"));
  cluster.run(50);
  assertEquals([outcome(answers), cluster.chain.get(2)?.slice(0, 6)], ["chosen 2", "[null,"]);
});

Deno.test("a chain with a master goes on without one: grants are links without a value, and what is new is plain (L10)", () => {
  const { cluster: before, master } = withMaster();
  before.propose(master, "x");
  before.run(WINDOW_MS);
  letSave(before, ...before.nodes);
  const cluster = restartedAs(PlainNode, before);
  cluster.run(50);
  const instanceNumber = cluster.node("A").instanceNumber;
  assertEquals([cluster.node("A").register.value, cluster.chain.get(instanceNumber - 1)], ["x", encodeGrant(master)]);
  const answers = cluster.propose("A", "y");
  cluster.run(50);
  assertEquals([outcome(answers), cluster.chain.get(instanceNumber)], [`chosen ${instanceNumber}`, "y"]);
});

Deno.test("an accepted but unchosen link of plain mode is resolved by the first master, before its grant (L10)", () => {
  for (let seed = 1; seed <= 5; seed++) {
    const before = settled({ seed });
    leaveAccepted(before, "A", "x");
    const cluster = restartedAs(MasterNode, before);
    cluster.run(3 * WINDOW_MS);
    const [master] = mastersOf(cluster);
    assert(master !== undefined, `seed ${seed}`);
    const links = [...cluster.chain.values()];
    if (links.includes("x")) assertEquals(links.indexOf("x"), 0, "where it may have been chosen");
    const answers = cluster.propose(master, "y");
    cluster.run(50);
    assert(outcome(answers).startsWith("chosen"), `seed ${seed}`);
    assertEquals(cluster.node(master).register.value, "y");
  }
});

Deno.test("an accepted but unchosen link of a quorum's in plain mode stands with a master: it was perhaps chosen (L10)", () => {
  const before = settled();
  lose(before, (_from, _to, { type }) => type === "accepted");
  before.proposeRaw("A", "x");
  before.run(20);
  const cluster = restartedAs(MasterNode, before);
  const master = elect(cluster, 3 * WINDOW_MS);
  assertEquals([cluster.chain.get(0), cluster.node(master).register.value], ["x", "x"]);
});

Deno.test("an accepted but unchosen value or grant of master mode resolves in plain mode (L10)", () => {
  const { cluster: before, master } = withMaster();
  lose(before, (_from, _to, { type }) => type === "accepted");
  before.proposeRaw(master, "x");
  before.run(20);
  const cluster = restartedAs(PlainNode, before);
  const answers = cluster.propose("A", "y");
  cluster.run(6000);
  assertEquals([cluster.chain.get(1), outcome(answers), cluster.node("A").register.value], [
    '[null,"x"]',
    "chosen 2",
    "y",
  ]);

  const other = masterCluster();
  lose(other, (_from, _to, { type }) => type === "accepted");
  other.run(100);
  const granted = other.node("A").paxos.acceptor.acceptedValue;
  assert(granted !== null && granted.endsWith("null]"));
  const plain = restartedAs(PlainNode, other);
  const told = plain.propose("B", "z");
  plain.run(6000);
  assertEquals([plain.chain.get(0), outcome(told), plain.node("A").register.value], [granted, "chosen 1", "z"]);
});

Deno.test("a value of an application that reads like a pair keeps its meaning in both modes (L10)", () => {
  const value = encodeGrant("B");
  const before = settled();
  before.propose("A", value);
  before.run(50);
  letSave(before, ...before.nodes);
  const cluster = restartedAs(MasterNode, before);
  const master = elect(cluster);
  cluster.propose(master, value);
  cluster.run(50);
  letSave(cluster, ...cluster.nodes);
  assertEquals(cluster.node(master).register.value, value);
  assertEquals(masterNode(cluster, master).lease.holder(cluster.nowMs), master, "and grants nothing");
  const after = restartedAs(PlainNode, cluster);
  after.run(50);
  assertEquals(after.node("A").register.value, value);
});

Deno.test("nodes in two modes, or of two windows, report each other and count no vote of each other (S9)", () => {
  for (const other of [{ mode: "plain", leaseWindowMs: null }, { leaseWindowMs: 500 }] as const) {
    const { cluster, master, others: [one] } = withMaster();
    const node = masterNode(cluster, master);
    const hello = { type: "hello", answer: true, life: "l", fresh: false, ...node.configuration, ...other } as const;
    node.step({ kind: "message", fromUid: one!, message: hello });
    assertEquals(node.acquaintance(one!), "other");
    const [trouble] = node.status().troubles;
    assertEquals(trouble?.kind, "mode" in other ? "mixed_modes" : "configuration_drift");
    assert(trouble?.text.includes(`node ${one} runs another configuration`), trouble?.text);
  }
});
