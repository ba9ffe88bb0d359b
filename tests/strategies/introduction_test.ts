import { PlainNode } from "../../src/node.ts";
import { assert, assertEquals, assertMatch, assertNotEquals } from "../assert.ts";
import { configurationDigest } from "../../src/strategies/introduction.ts";
import { type Machine, NodeMachine, type World } from "../support/machine.ts";
import { outcome, plainNode, sentTo } from "../support/scenes.ts";
import { type ClusterOptions, VirtualCluster } from "../support/virtual_cluster.ts";

/** A node of ours that was started with another list of nodes. */
function drifted(world: World): Machine {
  return new NodeMachine({ ...world, nodes: ["A", "B", "C", "D", "E"] }, PlainNode);
}

/** A network that loses the hellos of these nodes, and those to them. */
function losesHellosOf(...uids: readonly string[]): Required<ClusterOptions>["onSend"] {
  return (from, to, message) => message?.type === "hello" && (uids.includes(from) || uids.includes(to)) ? [] : [1];
}

Deno.test("a vote before any hello does not count (S9)", () => {
  const cluster = new VirtualCluster({ onSend: losesHellosOf("B", "C") });
  const answers = cluster.propose("A", "x");
  cluster.run(450);
  assertEquals([plainNode(cluster, "A").acquaintance("B"), outcome(answers)], ["unknown", "no answer"]);
  assert(cluster.trace.some((line) => line.endsWith("A ignores a vote before any hello")));
  assertEquals(cluster.chain.size, 0, "nor do the votes that the others have heard of");
});

Deno.test("a peer that speaks and leaves five hellos unanswered is taken for one that knows none: its votes count (S9)", () => {
  const cluster = new VirtualCluster({ onSend: losesHellosOf("B", "C") });
  const hellos = sentTo(cluster, "B", "hello");
  const answers = cluster.propose("A", "x");
  assert(cluster.runUntil(() => plainNode(cluster, "A").acquaintance("B") === "ancestor", 700));
  assertEquals(cluster.nowMs, 600);
  assertEquals(hellos.filter(({ atMs }) => atMs < 600).length, 5 * 2, "of A and of C, since B has been heard");
  cluster.run(1000);
  assertEquals(outcome(answers), "chosen 0");
});

Deno.test("nodes that know each other count each other's votes at once, and say hello no more", () => {
  const cluster = new VirtualCluster();
  const hellos = cluster.nodes.map((uid) => sentTo(cluster, uid, "hello"));
  cluster.run(10_000);
  for (const uid of cluster.nodes) {
    for (const peer of cluster.node(uid).peers) assertEquals(plainNode(cluster, uid).acquaintance(peer), "same");
  }
  assertEquals(hellos.flat().filter(({ atMs }) => atMs > 10), []);
});

Deno.test("a node greets a stranger for ever, but less often once it seems to know no hello", () => {
  const cluster = new VirtualCluster({ onSend: (from, to) => from === "C" || to === "C" ? [] : [1] });
  cluster.crash("C");
  const hellos = sentTo(cluster, "C", "hello");
  cluster.run(5500);
  const late = hellos.filter(({ atMs }) => atMs > 600);
  assertEquals(late.length, 5 * 2, "one a second of A and of B");
  assertEquals(plainNode(cluster, "A").acquaintance("C"), "silent");
  cluster.onSend = () => [1];
  cluster.restart("C");
  cluster.run(10);
  assertEquals(plainNode(cluster, "A").acquaintance("C"), "same", "it may have been down");
});

Deno.test("the votes of a node under another configuration never count, and it is reported on both sides (S9)", () => {
  const cluster = new VirtualCluster({ others: { C: drifted } });
  cluster.crash("B");
  const answers = cluster.propose("A", "x", 20_000);
  cluster.run(15_000);
  assertEquals(plainNode(cluster, "A").acquaintance("C"), "other");
  assertEquals([outcome(answers), cluster.chain.size], ["no answer", 0]);
  const [trouble] = plainNode(cluster, "A").status().troubles;
  assertMatch(
    trouble?.text ?? "",
    /^node C runs another configuration \(nodes A, B, C, D, E; .*\) than node A \(nodes A, B, C; /,
  );
  const reports = cluster.trace.flatMap((line) => /\w reports: node \w/.exec(line)?.[0] ?? []);
  assertEquals(reports.sort(), ["A reports: node C", "C reports: node A", "C reports: node B"], "each once");
  cluster.restart("B");
  cluster.run(1000);
  assertEquals(outcome(answers), "chosen 0", "the two that agree go on");
  assertEquals(cluster.chosen("C").size, 0);
});

Deno.test("a node that comes back with the right configuration is no trouble any more", () => {
  let wrong = true;
  const others = { C: (world: World) => wrong ? drifted(world) : new NodeMachine(world, PlainNode) };
  const cluster = new VirtualCluster({ others });
  cluster.run(100);
  assertEquals(plainNode(cluster, "A").status().troubles.length, 1);
  wrong = false;
  cluster.crash("C");
  cluster.disk.delete("C");
  cluster.restart("C");
  cluster.run(100);
  assertEquals([plainNode(cluster, "A").status().troubles, plainNode(cluster, "A").acquaintance("C")], [[], "same"]);
});

Deno.test("the digest differs where the nodes, the mode, the window or the format do, and not by the order in which nodes are configured", () => {
  const configuration = { format: 1, nodes: ["A", "B"], mode: "plain", leaseWindowMs: null } as const;
  const digest = configurationDigest(configuration);
  assertEquals(configurationDigest({ ...configuration }), digest);
  const changes = [
    { format: 2 },
    { nodes: ["A", "B", "C"] },
    { nodes: ["A,B"] },
    { mode: "master" as const },
    { leaseWindowMs: 2000 },
  ];
  for (const change of changes) {
    assertNotEquals(configurationDigest({ ...configuration, ...change }), digest);
  }
  const cluster = new VirtualCluster({ nodes: ["C", "A", "B"] });
  assertEquals(cluster.node("A").configuration.nodes, ["A", "B", "C"]);
});
