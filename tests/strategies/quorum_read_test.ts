import type { PeerMessage } from "../../src/replica/messages.ts";
import { MAX_READS } from "../../src/strategies/quorum_read.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { plainNode, sentTo, settled } from "../support/scenes.ts";
import type { Answers, VirtualCluster } from "../support/virtual_cluster.ts";

/** A cluster in which x is chosen and all know it. */
function withValue(options = {}): VirtualCluster {
  const cluster = settled(options);
  cluster.proposeRaw("A", "x");
  cluster.run(50);
  return cluster;
}

function value([answer]: Answers): string | null | undefined {
  return answer?.result === "value" && answer.read === "linearizable" ? answer.value : undefined;
}

function without(type: PeerMessage["type"], uids: readonly string[] = ["A", "B", "C"]): VirtualCluster["onSend"] {
  return (_from, to, message) => message?.type === type && uids.includes(to) ? [] : [1];
}

Deno.test("a fresh read takes one round trip, saves nothing of its own and proposes nothing", () => {
  const cluster = withValue({ latencyMs: 10 });
  // What was learned is saved before anything is said of it: here, by the first read.
  cluster.get("A");
  cluster.run(100);
  const { saves, nowMs } = cluster;
  const prepares = sentTo(cluster, "B", "prepare");
  const answers = cluster.get("A");
  assert(cluster.runUntil(() => answers.length > 0, 100));
  assertEquals([value(answers), cluster.nowMs - nowMs, cluster.saves - saves], ["x", 20, 0]);
  assertEquals(prepares, []);
  assertEquals(plainNode(cluster, "A").waitingReads, 0);
});

Deno.test("a read before any value was chosen finds none", () => {
  const cluster = settled();
  const answers = cluster.get("B");
  cluster.run(10);
  assertEquals(value(answers), null);
  assertEquals(cluster.saves, 0);
});

Deno.test("a node that is behind first reaches the link that a quorum reports, and answers with the newer value", () => {
  const cluster = withValue();
  cluster.cut("A", "C");
  cluster.cut("B", "C");
  cluster.proposeRaw("A", "y");
  cluster.run(50);
  cluster.heal();
  assertEquals(cluster.node("C").register.value, "x");
  const answers = cluster.get("C");
  cluster.run(20);
  assertEquals(value(answers), "y");
});

Deno.test("a value that was chosen without the reader's knowledge is seen: the reader decides the link first", () => {
  const cluster = withValue();
  cluster.onSend = without("accepted");
  cluster.proposeRaw("A", "y");
  cluster.run(3);
  cluster.crash("A");
  assertEquals(cluster.node("B").paxos.acceptor.acceptedValue, "y");
  cluster.crash("B");
  cluster.onSend = without("accepted", []);
  cluster.run(100);
  cluster.restart("B");
  cluster.run(50);
  const answers = cluster.get("C");
  cluster.run(100);
  assertEquals([value(answers), cluster.chain.get(1)], ["y", "y"]);
});

Deno.test("a value that may have been chosen, or not, is decided by the read: it never comes back once it was not seen", () => {
  const cluster = withValue();
  cluster.onSend = without("accept");
  cluster.proposeRaw("A", "y");
  cluster.run(3);
  assertEquals(cluster.node("A").paxos.acceptor.acceptedValue, "y", "A alone has accepted");
  cluster.cut("A", "B");
  cluster.cut("A", "C");
  cluster.onSend = () => [1];
  const first = cluster.get("B");
  cluster.run(20);
  assertEquals(value(first), "x", "nobody in its quorum has accepted anything");
  cluster.heal();
  cluster.cut("A", "C");
  const second = cluster.get("B");
  cluster.run(500);
  assertEquals([value(second), cluster.chain.get(1)], ["y", "y"]);
});

Deno.test("a read whose own prepare finds the link free answers with the value before it, and proposes nothing", () => {
  const cluster = withValue();
  cluster.onSend = without("accept");
  cluster.proposeRaw("A", "y");
  cluster.run(3);
  cluster.onSend = (from, to, message) => {
    // C hears of A's acceptance once, and never more.
    if (from === "A" || to === "A") return message?.type.startsWith("read") ? [1] : [];
    return message?.type.startsWith("read") ? [] : [1];
  };
  const answers = cluster.get("C");
  cluster.run(100);
  assertEquals([value(answers), cluster.chain.size], ["x", 1]);
  assert(!cluster.trace.some((line) => line.includes("C -> B accept ")));
  assert(cluster.trace.some((line) => line.endsWith("B -> C promise 3.C @1, accepted none")));
});

Deno.test("no read ever proposes a value of its own, whatever is lost", () => {
  for (let lost = 1; lost <= 40; lost++) {
    const cluster = withValue({ seed: lost });
    const before = cluster.sends;
    cluster.onSend = (_from, _to, _message, count) => count - before === lost ? [] : [1];
    const told = cluster.nodes.map((uid) => cluster.get(uid));
    cluster.run(1000);
    assertEquals(told.map(value), ["x", "x", "x"]);
    assertEquals([...cluster.chain.values()], ["x"]);
  }
});

Deno.test("a read asks again those that have not answered, and waits until a quorum has", () => {
  const cluster = withValue();
  cluster.crash("B");
  cluster.crash("C");
  const answers = cluster.get("A");
  cluster.run(1000);
  assertEquals(answers, []);
  cluster.restart("C");
  cluster.run(200);
  assertEquals(value(answers), "x");
});

Deno.test("a read whose deadline passes is given up", () => {
  const cluster = withValue();
  cluster.crash("B");
  cluster.crash("C");
  const answers = cluster.get("A", false, 500);
  cluster.run(700);
  assertEquals([answers.length, plainNode(cluster, "A").waitingReads], [0, 0]);
  cluster.restart("B");
  cluster.run(1000);
  assertEquals(answers, []);
});

Deno.test("answers to a read of an earlier life are not counted for a read of this one", () => {
  const cluster = withValue();
  const held: PeerMessage[] = [];
  cluster.onSend = (_from, _to, message) => {
    if (message?.type === "read_answer") held.push(message);
    return message?.type === "read_answer" ? [] : [1];
  };
  const early = cluster.get("A");
  cluster.run(10);
  cluster.crash("A");
  cluster.proposeRaw("B", "y");
  cluster.run(50);
  cluster.restart("A");
  cluster.cut("A", "B");
  cluster.cut("A", "C");
  const late = cluster.get("A");
  assertEquals(held.length, 2);
  for (const [i, message] of held.entries()) {
    cluster.node("A").step({ kind: "message", fromUid: ["B", "C"][i]!, message });
  }
  assertEquals([early, late, plainNode(cluster, "A").waitingReads], [[], [], 1]);
});

Deno.test("an answer counts once for each node, and not from a node under another configuration or from one that was never introduced", () => {
  const cluster = settled({
    nodes: ["A", "B", "C", "D", "E"],
    onSend: (from, to, message) => message?.type === "hello" && (from === "E" || to === "E") ? [] : [1],
  });
  for (const uid of ["B", "C", "D", "E"]) cluster.crash(uid);
  let readNumber = 0;
  cluster.onSend = (_from, _to, message) => {
    if (message?.type === "read_request") readNumber = message.readNumber;
    return [];
  };
  const answers = cluster.get("A");
  const node = plainNode(cluster, "A");
  const answer = (fromUid: string): void => {
    const message = { type: "read_answer", readNumber, instanceNumber: 0, accepted: false } as const;
    node.step({ kind: "message", fromUid, message });
  };
  for (let i = 0; i < 5; i++) answer("B");
  const { nodes, format } = node.configuration;
  node.step({
    kind: "message",
    fromUid: "C",
    message: {
      type: "hello",
      answer: true,
      life: "l",
      fresh: true,
      nodes,
      format,
      mode: "master",
      leaseWindowMs: 2000,
    },
  });
  answer("C");
  answer("E");
  assertEquals([answers.length, node.waitingReads], [0, 1]);
  answer("D");
  assertEquals(node.waitingReads, 0);
});

Deno.test("a read that is asked for again while it waits is one read", () => {
  const cluster = withValue();
  cluster.crash("B");
  cluster.crash("C");
  const asked = { operation: "get", requestId: cluster.newRequestId(), local: false, timeoutMs: 5000 } as const;
  for (let i = 0; i < 3; i++) cluster.request("A", asked);
  assertEquals(plainNode(cluster, "A").waitingReads, 1);
});

Deno.test("the reads that may wait at a node are bounded", () => {
  const cluster = withValue();
  cluster.crash("B");
  cluster.crash("C");
  for (let i = 0; i < MAX_READS; i++) assertEquals(cluster.get("A"), []);
  const [answer] = cluster.get("A");
  assert(answer?.result === "refused");
  assertStringIncludes(answer.reason, "too many reads");
});

Deno.test("a read among steady writes is answered, with a value that stood between its question and its answer", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const cluster = settled({ seed });
    cluster.onSend = () => [1 + 10 * cluster.random()];
    for (let i = 0; i < 30; i++) cluster.schedule(20 * i, () => cluster.proposeRaw(cluster.nodes[i % 3]!, `${i}`));
    for (let round = 0; round < 10; round++) {
      cluster.run(50);
      const known = Math.max(-1, ...cluster.chain.keys());
      const answers = cluster.get(cluster.nodes[round % 3]!);
      assert(cluster.runUntil(() => answers.length > 0, 2000), `seed ${seed}`);
      const [answer] = answers;
      assert(
        answer?.result === "value" && (answer.valueInstanceNumber ?? -1) >= known,
        `seed ${seed}: older than ${known}`,
      );
    }
  }
});
