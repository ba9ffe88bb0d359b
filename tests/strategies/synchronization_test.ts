import type { PeerMessage } from "../../src/replica/messages.ts";
import { PlainNode } from "../../src/node.ts";
import { DEFAULT_SETTINGS, type Effect } from "../../src/replica/ports.ts";
import { configurationDigest } from "../../src/strategies/introduction.ts";
import { assert, assertEquals } from "../assert.ts";
import { formatMessage } from "../support/story.ts";
import { outcome, plainNode, sentTo, settled } from "../support/scenes.ts";
import { VirtualCluster } from "../support/virtual_cluster.ts";

/** C is cut off while A and B choose these links. */
function behind(cluster: VirtualCluster, ...values: readonly string[]): VirtualCluster {
  cluster.cut("A", "C");
  cluster.cut("B", "C");
  for (const value of values) {
    cluster.proposeRaw("A", value);
    cluster.run(20);
  }
  cluster.heal();
  assertEquals(cluster.node("C").instanceNumber, 0);
  return cluster;
}

/** A node on its own, which is told what others say; what it sends is text. */
function alone() {
  let nowMs = 0;
  const env = { now: () => nowMs, random: () => 0.5 };
  const node = new PlainNode({ uid: "A", nodes: ["A", "B", "C"], settings: DEFAULT_SETTINGS, pid: 1, env });
  node.step({ kind: "start" });
  node.takeEffects();
  const tell = (fromUid: string, message: PeerMessage): string[] => {
    node.step({ kind: "message", fromUid, message });
    return node.takeEffects().flatMap((effect: Effect) => {
      if (effect.kind === "send") return [`${effect.toUid}: ${formatMessage(effect.message)}`];
      return effect.kind === "dropped" ? [`dropped ${effect.reason}`] : [];
    });
  };
  const snapshot = (instanceNumber: number, value: string): PeerMessage => ({
    type: "snapshot",
    instanceNumber,
    register: { value, valueInstanceNumber: instanceNumber - 1, sessions: [], watermark: -1 },
    lease: null,
    configurationDigest: configurationDigest(node.configuration),
  });
  const hello = (fromUid: string) =>
    tell(fromUid, { type: "hello", answer: true, life: "l", fresh: true, ...node.configuration });
  return { node, tell, snapshot, hello, wait: (ms: number) => nowMs += ms };
}

Deno.test("a node that sees a newer instance asks at once, and is brought up to date a round trip later", () => {
  const cluster = behind(settled(), "x", "y");
  cluster.proposeRaw("B", "z");
  cluster.run(3);
  assertEquals([cluster.node("C").instanceNumber, cluster.node("C").register.value], [2, "y"]);
});

Deno.test("a node that drives an old instance is told where the chain stands, and its value goes into the right link", () => {
  const cluster = behind(settled(), "x", "y");
  const answers = cluster.propose("C", "z");
  cluster.run(30);
  assertEquals([[...cluster.chain.values()], outcome(answers)], [["x", "y", "z"], "chosen 2"]);
});

Deno.test("a node that is behind is brought up to date by its periodic question, though nobody says a word", () => {
  const cluster = behind(settled({ settings: { syncIntervalMs: 1000 } }), "x", "y");
  cluster.run(2600);
  assertEquals(cluster.node("C").register.value, "y");
});

Deno.test("a node that starts asks at once: it has caught up within a few milliseconds", () => {
  const cluster = settled();
  cluster.crash("C");
  for (const value of ["x", "y"]) {
    cluster.proposeRaw("A", value);
    cluster.run(20);
  }
  cluster.restart("C");
  cluster.run(5);
  assertEquals([cluster.node("C").instanceNumber, cluster.node("C").register.value], [2, "y"]);
});

Deno.test("a snapshot brings the value, the instance that decided it and the sessions", () => {
  const cluster = new VirtualCluster();
  cluster.run(100);
  cluster.crash("C");
  const session = { openedAt: 0, id: "s", sequence: 1 };
  cluster.node("A").proposeUpdate({ update: { value: "x", session }, asker: null, deadlineMs: null });
  cluster.proposeRaw("A", "y");
  cluster.run(50);
  cluster.restart("C");
  cluster.run(50);
  const { value, valueInstanceNumber, sessions } = cluster.node("C").register.save();
  assertEquals([value, valueInstanceNumber], ["y", 0], "both went into one link");
  assertEquals(sessions, [{ ...session, applied: true, instanceNumber: 0 }]);
  assertEquals(cluster.chosen("C").size, 0);
});

Deno.test("a snapshot that is not ahead of its receiver never moves it back", () => {
  const { node, tell, snapshot, hello } = alone();
  hello("B");
  tell("B", snapshot(9, "new"));
  for (const instanceNumber of [8, 9]) {
    tell("B", snapshot(instanceNumber, "old"));
    assertEquals([node.instanceNumber, node.register.value], [9, "new"]);
  }
});

Deno.test("a snapshot under another configuration is not taken (S9)", () => {
  const { node, tell, snapshot } = alone();
  const other = { ...snapshot(9, "x"), configurationDigest: "00000000" } as PeerMessage;
  assertEquals(tell("B", other), ["dropped a snapshot under another configuration"]);
  assertEquals(node.instanceNumber, 0);
});

Deno.test("a catchup is taken from, and sent to, only peers that know no hello; a snapshot goes to those that do", () => {
  const { node, tell, snapshot, hello, wait } = alone();
  hello("B");
  wait(50);
  assertEquals(tell("B", { type: "catchup", instanceNumber: 9, currentValue: "x" }), [
    "dropped a catchup from a node that may know snapshots",
  ]);
  assertEquals(node.instanceNumber, 0);
  for (let i = 0; i < 6; i++) node.step({ kind: "timer", name: "hello" });
  node.takeEffects();
  const catchup = { type: "catchup", instanceNumber: 4, currentValue: "y" } as const;
  assertEquals(tell("C", catchup), ["dropped a catchup from a node that may know snapshots"], "it may have been down");
  for (let i = 0; i < 6; i++) node.step({ kind: "timer", name: "hello" });
  node.takeEffects();
  const doubted = "dropped the first catchup of a node that may know snapshots after all";
  assertEquals(tell("C", catchup), ["C: hello", doubted]);
  for (let i = 0; i < 6; i++) node.step({ kind: "timer", name: "hello" });
  node.takeEffects();
  assertEquals(tell("C", catchup), ["B: sync_request @3"], "which lacks the sessions");
  assertEquals([node.instanceNumber, node.register.value, node.register.valueInstanceNumber], [4, "y", 3]);
  wait(50);
  assertEquals(
    tell("C", { type: "sync_request", instanceNumber: 1 }),
    [],
    "what it has applied without them may be wrong",
  );
  tell("B", snapshot(5, "z"));
  wait(50);
  assertEquals(tell("B", { type: "sync_request", instanceNumber: 1 }), ["B: snapshot @5 z"]);
  assertEquals(tell("C", { type: "sync_request", instanceNumber: 1 }), ["C: catchup @5 z"]);
});

Deno.test("two of our nodes that took each other for ancestors while hellos were lost find out before one takes a bare value", () => {
  const cluster = settled();
  cluster.propose("A", "x");
  cluster.run(20);
  for (const uid of ["A", "C"]) cluster.crash(uid);
  const isOfPair = (from: string, to: string) => (from === "A" && to === "C") || (from === "C" && to === "A");
  const added = ["hello", "snapshot", "ping", "pong"];
  cluster.onSend = (from, to, message) => isOfPair(from, to) && added.includes(message?.type ?? "hello") ? [] : [1];
  for (const uid of ["A", "C"]) cluster.restart(uid);
  cluster.run(700);
  const judged = () => [plainNode(cluster, "A").acquaintance("C"), plainNode(cluster, "C").acquaintance("A")];
  assertEquals(judged(), ["ancestor", "ancestor"]);
  cluster.cut("B", "C");
  cluster.onSend = (from, to) => isOfPair(from, to) ? [] : [1];
  cluster.propose("A", "y");
  cluster.run(20);
  cluster.onSend = () => [1];
  const catchups = sentTo(cluster, "C", "catchup");
  cluster.propose("C", "z");
  assert(cluster.runUntil(() => cluster.node("C").instanceNumber > 1, 1000));
  assert(catchups.length > 0, "the value alone was told");
  assert(cluster.node("C").register.isComplete);
  assertEquals(judged(), ["same", "same"]);
});

Deno.test("a node asks a peer, and tells a peer, at most once in 50 ms, however often it has a reason", () => {
  const { tell, snapshot, hello, wait } = alone();
  hello("B");
  hello("C");
  const prepare = (instanceNumber: number): PeerMessage => {
    return { type: "prepare", instanceNumber, proposalId: { number: 1, uid: "B" } };
  };
  wait(50);
  assertEquals(tell("B", prepare(3)), ["B: sync_request @0"]);
  assertEquals(tell("B", prepare(3)), []);
  tell("B", snapshot(2, "x"));
  assertEquals(tell("B", prepare(1)), ["B: snapshot @2 x"]);
  wait(49);
  assertEquals([tell("B", prepare(3)), tell("B", prepare(1))], [[], []]);
  wait(1);
  assertEquals([tell("B", prepare(3)), tell("B", prepare(1))], [["B: sync_request @2"], ["B: snapshot @2 x"]]);
});

Deno.test("old votes, promises and refusals need no answer; an old prepare or accept tells that its sender is behind (S5)", () => {
  const { tell, snapshot, hello, wait } = alone();
  hello("B");
  tell("B", snapshot(2, "x"));
  const [proposalId, instanceNumber] = [{ number: 1, uid: "B" }, 0];
  const old: [PeerMessage, string[]][] = [
    [{ type: "accepted", instanceNumber, proposalId, value: "y" }, []],
    [{ type: "promise", instanceNumber, proposalId, lastAcceptedId: null, lastAcceptedValue: null }, []],
    [{ type: "nack", instanceNumber, proposalId, promisedId: null }, []],
    [{ type: "prepare", instanceNumber, proposalId }, ["B: snapshot @2 x"]],
    [{ type: "accept", instanceNumber, proposalId, value: "y" }, ["B: snapshot @2 x"]],
    [{ type: "sync_request", instanceNumber }, ["B: snapshot @2 x"]],
    [{ type: "sync_request", instanceNumber: 2 }, []],
    [{ type: "sync_request", instanceNumber: 3 }, ["B: sync_request @2"]],
  ];
  for (const [message, answer] of old) {
    wait(50);
    assertEquals(tell("B", message), answer, message.type);
  }
});

Deno.test("all messages of a newer instance, from whichever role, make a node ask (S5)", () => {
  const { tell, hello, wait } = alone();
  hello("B");
  const [proposalId, instanceNumber] = [{ number: 1, uid: "B" }, 4];
  const newer: PeerMessage[] = [
    { type: "prepare", instanceNumber, proposalId },
    { type: "promise", instanceNumber, proposalId, lastAcceptedId: null, lastAcceptedValue: null },
    { type: "nack", instanceNumber, proposalId, promisedId: null },
    { type: "accept", instanceNumber, proposalId, value: "y" },
    { type: "accepted", instanceNumber, proposalId, value: "y" },
  ];
  for (const message of newer) {
    wait(50);
    assertEquals(tell("B", message), ["B: sync_request @0"], message.type);
  }
});
