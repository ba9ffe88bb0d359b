import type { Effect, Env } from "../../src/replica/ports.ts";
import { DEFAULT_SETTINGS } from "../../src/replica/ports.ts";
import type { PeerMessage } from "../../src/replica/messages.ts";
import { PlainNode } from "../../src/node.ts";
import { decodeLink } from "../../src/replica/link.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { outcome, sentTo, settled } from "../support/scenes.ts";
import type { VirtualCluster } from "../support/virtual_cluster.ts";

function gaps(sent: readonly { atMs: number }[]): number[] {
  return sent.slice(1).map(({ atMs }, i) => atMs - sent[i]!.atMs);
}

Deno.test("a proposal is driven at once, and chosen after two round trips", () => {
  const cluster = settled({ latencyMs: 10 });
  const answers = cluster.propose("B", "x");
  assert(cluster.runUntil(() => answers.length > 0, 40));
  assertEquals(outcome(answers), "chosen 0");
  assertEquals(cluster.nowMs, 140);
});

Deno.test("two nodes propose at once: one loses, backs off, and its value goes into the next link; nothing is dropped", () => {
  for (let latencyMs = 1; latencyMs <= 64; latencyMs *= 2) {
    const cluster = settled({ latencyMs });
    const told = [cluster.propose("A", "a"), cluster.propose("B", "b")];
    assert(cluster.runUntil(() => told.every((answers) => answers.length > 0), 5000), `latency ${latencyMs}`);
    assertEquals(told.map(outcome).sort(), ["chosen 0", "chosen 1"]);
    assertEquals([...cluster.chain.values()].sort(), ["a", "b"]);
  }
});

Deno.test("three nodes that duel, with round trips longer than the first backoff windows, come to an end", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const cluster = settled({ latencyMs: 30, seed });
    const told = ["A", "B", "C"].map((uid) => cluster.propose(uid, uid, 60_000));
    assert(cluster.runUntil(() => told.every((answers) => answers.length > 0), 10_000), `seed ${seed}`);
    assertEquals(told.map(outcome).sort(), ["chosen 0", "chosen 1", "chosen 2"], `seed ${seed}`);
  }
});

Deno.test("raw proposals of three nodes at once all get into the chain, those of one node together", () => {
  const cluster = settled();
  for (const uid of cluster.nodes) for (let i = 0; i < 5; i++) cluster.proposeRaw(uid, `${uid}${i}`);
  cluster.run(3000);
  assertEquals(
    [...cluster.chain.values()].map((link) => decodeLink(link).updates.map(({ value }) => value).join(" ")).sort(),
    ["A0 A1 A2 A3 A4", "B0 B1 B2 B3 B4", "C0 C1 C2 C3 C4"],
  );
});

/** Five nodes of which only A and B ever get an accept. */
function undecided(votesOfB: "arrive" | "are lost"): VirtualCluster {
  const cluster = settled({ nodes: ["A", "B", "C", "D", "E"] });
  cluster.onSend = (from, to, message) => {
    if (message?.type === "accept") return to === "B" ? [1] : [];
    return message?.type === "accepted" && from === "B" && votesOfB === "are lost" ? [] : [1];
  };
  return cluster;
}

Deno.test("an accept is sent again to those alone that have not answered, after 50 ms and then ever later, never changed (S3)", () => {
  const cluster = undecided("arrive");
  const [toB, toC] = [sentTo(cluster, "B", "accept"), sentTo(cluster, "C", "accept")];
  cluster.propose("A", "x", 60_000);
  cluster.propose("A", "y", 60_000);
  cluster.run(2900);
  assertEquals(toB.length, 1);
  assert(toC.length > 5);
  assertEquals(new Set(toC.map(({ text }) => text)).size, 1);
  gaps(toC).forEach((gap, i) => {
    const leastMs = Math.min(50 * 2 ** i, 1000);
    assert(gap >= leastMs && gap <= leastMs * 1.5, `gap ${i} is ${gap} ms`);
  });
});

Deno.test("a prepare is not sent again to a node that has promised", () => {
  const cluster = settled({ nodes: ["A", "B", "C", "D", "E"] });
  for (const uid of ["C", "D", "E"]) cluster.crash(uid);
  const [toB, toC] = [sentTo(cluster, "B", "prepare"), sentTo(cluster, "C", "prepare")];
  cluster.propose("A", "x", 60_000);
  cluster.run(5000);
  assertEquals(toB.length, 1);
  assert(toC.length > 6);
});

/** A node alone, whose randomness is always the highest, and the delays that it sets for a timer. */
function alone(): {
  node: PlainNode;
  step: (message: PeerMessage) => Effect[];
  delays: (effects: Effect[], name: string) => number[];
} {
  const env: Env = { now: () => 0, random: () => 1 - Number.EPSILON };
  const node = new PlainNode({ uid: "A", nodes: ["A", "B", "C"], settings: DEFAULT_SETTINGS, pid: 1, env });
  node.step({ kind: "start" });
  const step = (message: PeerMessage): Effect[] => {
    node.step({ kind: "message", fromUid: "B", message });
    return node.takeEffects();
  };
  const delays = (effects: Effect[], name: string): number[] =>
    effects.flatMap((effect) =>
      effect.kind === "set_timer" && effect.name === name ? [Math.round(effect.delayMs)] : []
    );
  return { node, step, delays };
}

Deno.test("each collision doubles the window out of which the wait is drawn, up to 2 s; a decision resets it", () => {
  const { node, step, delays } = alone();
  node.step({ kind: "propose", value: "x" });
  node.takeEffects();
  const windows: number[] = [];
  for (let number = 1; number <= 12; number++) {
    const proposalId = node.paxos.proposer.proposalId!;
    const refusal = {
      type: "nack",
      instanceNumber: node.instanceNumber,
      proposalId,
      promisedId: { number: 0, uid: "B" },
    } as const;
    windows.push(...delays(step(refusal), "backoff"));
    assertEquals(delays(step(refusal), "backoff"), [], "a second refusal of the same proposal says nothing new");
    node.step({ kind: "timer", name: "backoff" });
  }
  assertEquals(windows, [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2000, 2000, 2000]);
  for (const uid of ["B", "C"]) {
    node.step({
      kind: "message",
      fromUid: uid,
      message: { type: "hello", answer: true, life: "l", fresh: true, ...node.configuration },
    });
    const proposalId = { number: 99, uid: "B" };
    node.step({
      kind: "message",
      fromUid: uid,
      message: { type: "accepted", instanceNumber: 0, proposalId, value: "y" },
    });
  }
  assertEquals(node.instanceNumber, 1);
  node.takeEffects();
  const proposalId = node.paxos.proposer.proposalId!;
  assertEquals(delays(step({ type: "nack", instanceNumber: 1, proposalId, promisedId: null }), "backoff"), [5]);
});

Deno.test("a refusal of an earlier proposal makes nobody back off", () => {
  const { node, step, delays } = alone();
  node.step({ kind: "propose", value: "x" });
  node.takeEffects();
  const proposalId = { number: 0, uid: "A" };
  assertEquals(
    delays(step({ type: "nack", instanceNumber: 0, proposalId, promisedId: { number: 9, uid: "B" } }), "backoff"),
    [],
  );
  node.drive();
  assertEquals(node.paxos.proposer.proposalId, { number: 10, uid: "A" }, "but its number is noted");
});

Deno.test("when the driver goes silent after its accept, another node takes over after 3 s and finishes its value", () => {
  const cluster = settled();
  cluster.onSend = (from, to, message) => {
    const fate = from === "A" && message?.type === "accept" && to === "B" ? [1] : [];
    if (from === "A" && message?.type === "accepted") {
      cluster.schedule(0, () => cluster.isUp("A") && cluster.crash("A"));
    }
    return message?.type === "accept" || message?.type === "accepted" ? fate : [1];
  };
  cluster.proposeRaw("A", "x");
  cluster.run(5);
  assertEquals([cluster.isUp("A"), cluster.node("B").paxos.acceptor.acceptedValue], [false, "x"]);
  const startMs = cluster.nowMs;
  cluster.onSend = () => [1];
  assert(cluster.runUntil(() => cluster.chain.size === 1, 4000));
  assertEquals(cluster.chain.get(0), "x");
  const waitMs = cluster.nowMs - startMs;
  assert(waitMs > 2990 && waitMs < 3800, `after ${waitMs} ms`);
});

Deno.test("a node that restarts with an accepted value finishes it, though nobody else knows of it any more", () => {
  const cluster = settled();
  cluster.onSend = (_from, to, message) => {
    return message?.type === "accepted" || (message?.type === "accept" && to !== "B") ? [] : [1];
  };
  cluster.proposeRaw("A", "x");
  cluster.run(5);
  assertEquals([...cluster.chain], []);
  for (const uid of cluster.nodes) cluster.crash(uid);
  cluster.onSend = () => [1];
  cluster.restart("B");
  cluster.restart("C");
  cluster.run(4500);
  assertEquals([...cluster.chain], [[0, "x"]]);
});

Deno.test("nobody takes over from a driver that keeps on talking", () => {
  const cluster = undecided("are lost");
  cluster.propose("A", "x", 60_000);
  cluster.run(100);
  const prepares = sentTo(cluster, "C", "prepare");
  cluster.run(20_000);
  assertEquals(prepares, []);
  cluster.crash("A");
  cluster.run(3800);
  assertEquals(prepares[0]?.text, "prepare 2.B @0");
});

Deno.test("the highest proposal number there is, forged or not, stops a node from proposing but not from running", () => {
  const { node, step } = alone();
  step({
    type: "nack",
    instanceNumber: 0,
    proposalId: { number: 1, uid: "A" },
    promisedId: { number: 2 ** 52, uid: "B" },
  });
  node.step({ kind: "propose", value: "x" });
  assert(
    node.takeEffects().some((effect) =>
      effect.kind === "dropped" && effect.reason.includes("no proposal number is left")
    ),
  );
  assertStringIncludes(node.status().troubles.map(({ text }) => text).join(), "can propose nothing");
});
