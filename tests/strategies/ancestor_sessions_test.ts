// Sessions, conditions and the state that is told, where nodes of the ancestor are in the cluster.
import { configurationDigest } from "../../src/strategies/introduction.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { mixed, settledMixed } from "../support/mixed.ts";
import { applied, open, openSession, propose, requestFor, tagged } from "../support/sessions.ts";
import { outcome, plainNode, settled } from "../support/scenes.ts";
import type { VirtualCluster } from "../support/virtual_cluster.ts";

/** The instance, the value, and whether it knows the sessions. */
function standing(cluster: VirtualCluster, uid: string): string {
  const { instanceNumber, register } = cluster.node(uid);
  return `@${instanceNumber} ${register.value}${register.isComplete ? "" : ", lacks the sessions"}`;
}

const LOOK_ALIKES = ['["A",null]', '[null,"x"]', '{"paxos":1,"updates":[{"value":"x"}]}'];

Deno.test("while a peer is of the ancestor, open gives no session", () => {
  for (const old of [["B", "C"], ["C"]]) {
    const { cluster } = settledMixed({}, old);
    assertEquals(open(cluster, "A"), null);
  }
});

Deno.test("while a peer is of the ancestor, an update with a session or a condition is not taken up, and says why", () => {
  const { cluster } = settledMixed({}, ["C"]);
  const session = { openedAt: 0, id: "s" };
  for (const condition of [undefined, { kind: "value", value: null } as const]) {
    const answers = propose(cluster, "A", tagged(session, 1, "x", condition));
    assertEquals(outcome(answers), "unknown", "another node may have taken it up before");
    assert(answers[0]?.result === "proposed");
    assertStringIncludes(
      answers[0].reason ?? "",
      "node C is of the ancestor, which knows neither sessions nor conditions",
    );
  }
  cluster.run(1000);
  assertEquals(cluster.chain.size, 0);
});

Deno.test("while a peer is of the ancestor, a value that reads like a link of ours is refused: no nodes show it otherwise than others", () => {
  const { cluster, double } = settledMixed({}, ["C"]);
  for (const value of LOOK_ALIKES) {
    const [answer] = cluster.propose("A", value);
    assert(answer?.result === "refused");
    assertStringIncludes(answer.reason, "reads like a link of ours");
    cluster.proposeRaw("A", value);
  }
  cluster.run(1000);
  assertEquals(cluster.chain.size, 0);
  const answers = cluster.propose("A", '["A", "B"]');
  cluster.run(1000);
  assertEquals([outcome(answers), cluster.chain.get(0)], ["chosen 0", '["A", "B"]']);
  assertEquals(["A", "B"].map((uid) => cluster.node(uid).register.value), Array(2).fill(double("C").currentValue));
});

Deno.test("every link is raw while a peer is of the ancestor: all nodes show the same value", () => {
  for (const old of [["B", "C"], ["C"]]) {
    const { cluster, double } = settledMixed({}, old);
    for (const value of ["x", "", "null", '{"a":1}', "h\u00e9 \u{1f600}"]) {
      const answers = cluster.propose("A", value);
      cluster.run(1000);
      assert(outcome(answers).startsWith("chosen"), `${JSON.stringify(value)}: ${outcome(answers)}`);
      assertEquals([...cluster.chain.values()].at(-1), value);
      assertEquals([cluster.node("A").register.value, double("C").currentValue], [value, value]);
    }
  }
});

Deno.test("the exception: such a value, given to the ancestor's node itself, is shown by that one and read as a link by all of ours", () => {
  const { cluster, double } = settledMixed({}, ["C"]);
  cluster.propose("A", "before");
  cluster.run(100);
  cluster.proposeRaw("C", '{"paxos":1,"updates":[{"value":"inside"}]}');
  cluster.run(1000);
  assertEquals(["A", "B"].map((uid) => cluster.node(uid).register.value), ["inside", "inside"]);
  assertEquals(double("C").currentValue, '{"paxos":1,"updates":[{"value":"inside"}]}');
});

Deno.test("an update with a session that waits when a peer turns out to be of the ancestor is given up: no link bears it", () => {
  const { cluster } = mixed({ onSend: (from, to) => to === "C" || from === "C" ? [] : [1] }, ["B", "C"]);
  cluster.run(50);
  const session = openSession(cluster, "A");
  const answers = propose(cluster, "A", tagged(session, 1, "x"), 60_000);
  const plain = cluster.propose("A", "plain", 60_000);
  assertEquals(answers, []);
  assert(cluster.runUntil(() => answers.length > 0, 60_000));
  assertEquals([outcome(answers), plainNode(cluster, "A").acquaintance("B")], ["unknown", "ancestor"]);
  cluster.run(5000);
  assertEquals([[...cluster.chain.values()], outcome(plain)], [["plain"], "chosen 0"]);
});

Deno.test("a peer of ours whose hellos were lost is not taken for one of the ancestor, nor is one that was down during five hellos", () => {
  const cluster = settled({ settings: { syncIntervalMs: 300 } });
  cluster.cut("A", "B");
  cluster.cut("A", "C");
  for (const uid of cluster.nodes) cluster.crash(uid);
  for (const uid of cluster.nodes) cluster.restart(uid);
  cluster.run(3000);
  cluster.proposeRaw("B", "x");
  cluster.run(1000);
  assertEquals(plainNode(cluster, "A").acquaintance("B"), "silent");
  const catchups: string[] = [];
  const lost = new Map<string, number>();
  cluster.heal();
  cluster.onSend = (from, to, message) => {
    if (message?.type === "catchup") catchups.push(`${from} ${to}`);
    const count = lost.get(from) ?? 0;
    // Their first three hellos are lost, all that they say else arrives.
    if (message?.type === "hello" && count < 3) lost.set(from, count + 1);
    return message?.type === "hello" && count < 3 ? [] : [1];
  };
  cluster.run(3000);
  assertEquals([catchups, standing(cluster, "A")], [[], "@1 x"]);
});

/** A and B of ours, C of the ancestor; B is down and A, having been down as well, is carried by C's bare value. */
function carried(): VirtualCluster {
  const { cluster } = settledMixed({}, ["C"]);
  cluster.propose("A", "x");
  cluster.run(100);
  cluster.crash("A");
  const told = cluster.propose("B", "y");
  cluster.run(2000);
  assertEquals(outcome(told), "chosen 1");
  cluster.crash("B");
  cluster.restart("A");
  assert(cluster.runUntil(() => cluster.node("A").instanceNumber === 2, 60_000));
  return cluster;
}

Deno.test("a node that a bare value has carried lacks the sessions, and answers no client but for its status", () => {
  const cluster = carried();
  assertEquals(standing(cluster, "A"), "@2 y, lacks the sessions");
  const answers = [
    cluster.get("A"),
    cluster.get("A", true),
    cluster.request("A", { operation: "open", requestId: "o" }),
    cluster.request("A", { operation: "watch", requestId: "w", from: 0, timeoutMs: 1000 }),
    cluster.propose("A", "z", 500),
    propose(cluster, "A", tagged({ openedAt: 0, id: "s" }, 1, "z"), 500),
  ];
  cluster.run(2000);
  assertEquals(answers.map((told) => told.length), Array(6).fill(0));
  assertEquals(cluster.chain.size, 2);
  const [status] = cluster.request("A", { operation: "status", requestId: "st" });
  assertEquals(status?.result, "status");
});

Deno.test("a node that lacks the sessions sends no snapshot, keeps on lacking them through a restart, and takes them from its own kind", () => {
  const cluster = carried();
  cluster.crash("A");
  cluster.restart("A");
  cluster.run(1000);
  assertEquals(standing(cluster, "A"), "@2 y, lacks the sessions");
  const snapshots: string[] = [];
  const { onSend } = cluster;
  cluster.onSend = (from, to, message, count) => {
    if (message?.type === "snapshot") snapshots.push(`${from} ${to} @${message.instanceNumber}`);
    return onSend(from, to, message, count);
  };
  cluster.restart("B");
  cluster.run(5000);
  assertEquals(new Set(snapshots), new Set(["B A @2"]), "of its own instance: that is enough");
  assertEquals(standing(cluster, "A"), "@2 y");
  assertEquals(cluster.node("A").register.save(), cluster.node("B").register.save());
  assertEquals(open(cluster, "A"), null, "it answers clients again");
  const told = cluster.propose("A", "z");
  const read = cluster.get("A");
  cluster.run(2000);
  assertEquals([outcome(told), read[0]?.result], ["chosen 2", "value"]);
});

Deno.test("a node that lacks the sessions learns on, applies no tagged update, and has it from the snapshot", () => {
  const cluster = settled();
  const session = openSession(cluster, "B");
  const before = cluster.request("A", { operation: "watch", requestId: "w", from: 0, timeoutMs: 9000 });
  const node = cluster.node("A");
  node.restore({ ...node.save(), register: { ...node.register.save(), sessions: null } });
  cluster.onSend = (from, to, message) => message?.type === "snapshot" && to === "A" && from !== "A" ? [] : [1];
  const told = propose(cluster, "B", tagged(session, 1, "x"));
  cluster.run(20);
  assertEquals([outcome(told), standing(cluster, "A"), before], ["chosen 0", "@1 null, lacks the sessions", []]);
  cluster.onSend = () => [1];
  plainNode(cluster, "A").askForNews("B");
  plainNode(cluster, "A").takeEffects();
  node.step({
    kind: "message",
    fromUid: "B",
    message: {
      type: "snapshot",
      instanceNumber: 1,
      register: cluster.node("B").register.save(),
      lease: null,
      configurationDigest: configurationDigest(node.configuration),
    },
  });
  assertEquals([standing(cluster, "A"), outcome(propose(cluster, "A", tagged(session, 1, "x")))], ["@1 x", "chosen 0"]);
  const watched = cluster.request("A", { operation: "watch", requestId: "w2", from: 0, timeoutMs: 9000 });
  assert(watched[0]?.result === "updates");
  assertEquals([watched[0].from, watched[0].next], [1, 1], "the link that it could not apply is a gap");
});

Deno.test("our node among the ancestor's alone serves its clients after a bare value, without a session", () => {
  const { cluster } = settledMixed();
  cluster.cut("A", "B");
  cluster.cut("A", "C");
  const waiting = cluster.propose("A", "mine", 60_000);
  cluster.proposeRaw("B", "x");
  cluster.run(200);
  cluster.proposeRaw("B", "y");
  cluster.run(200);
  cluster.heal();
  cluster.run(20_000);
  assert(outcome(waiting).startsWith("chosen"));
  const read = cluster.get("A");
  cluster.run(1000);
  assert(read[0]?.result === "value");
  assertEquals([read[0].value, open(cluster, "A")], ["mine", null]);
});

Deno.test("a driver of ours that is behind among the ancestor's nodes asks for news as it sends again, since they are silent", () => {
  const { cluster } = settledMixed({ settings: { syncIntervalMs: 600_000 } });
  cluster.cut("A", "B");
  cluster.cut("A", "C");
  cluster.proposeRaw("B", "x");
  cluster.run(200);
  cluster.heal();
  const answers = cluster.propose("A", "y");
  cluster.run(1000);
  assertEquals([outcome(answers), [...cluster.chain.values()]], ["chosen 1", ["x", "y"]]);
});

Deno.test("a read with one node of the ancestor's there and one of ours down falls back to promises", () => {
  const { cluster } = settledMixed({}, ["C"]);
  cluster.propose("A", "x");
  cluster.run(1000);
  cluster.crash("B");
  const answers = cluster.get("A");
  cluster.run(500);
  assert(answers[0]?.result === "value");
  assertEquals([answers[0].value, answers[0].read, cluster.chain.size], ["x", "linearizable", 1]);
});

Deno.test("once the ancestor's nodes have been replaced, sessions are given, and all tables are the same", () => {
  const { cluster } = settledMixed();
  cluster.propose("A", "x");
  cluster.run(1000);
  for (const uid of cluster.nodes) cluster.crash(uid);
  const upgraded = settled({ nodes: cluster.nodes, settings: { syncIntervalMs: 300 } });
  for (const uid of cluster.nodes) {
    upgraded.crash(uid);
    upgraded.disk.set(uid, cluster.disk.get(uid)!);
    upgraded.restart(uid);
  }
  upgraded.run(1000);
  const update = tagged(openSession(upgraded, "B"), 1, "y");
  const request = requestFor(upgraded, update);
  const answers = upgraded.request("C", request);
  upgraded.run(1000);
  assertEquals(outcome(answers), "chosen 1");
  const tables = upgraded.nodes.map((uid) => upgraded.node(uid).register.save());
  assertEquals([tables[1], tables[2]], [tables[0], tables[0]]);
  assertEquals(applied(upgraded).at(-1), "y");
});
