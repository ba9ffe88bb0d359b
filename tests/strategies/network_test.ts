// What the network may do to datagrams: lose, double, delay and reorder them.
import { decodeLink } from "../../src/replica/link.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { watchRules } from "../support/rules.ts";
import { applied, openSession, propose, tagged } from "../support/sessions.ts";
import { type Answers, type Fate, VirtualCluster } from "../support/virtual_cluster.ts";

/** Proposes at all nodes at once, in sessions, and waits until all are told. */
function proposeAtAll(cluster: VirtualCluster, limitMs: number, what: string): void {
  const breaches = watchRules(cluster);
  const told: [string, Answers][] = cluster.nodes.map((uid) => {
    const update = tagged(openSession(cluster, uid), 1, `of ${uid}`);
    return [update.value, propose(cluster, uid, update, 60_000)];
  });
  const done = (): boolean => told.every(([, answers]) => answers.length > 0);
  assert(cluster.runUntil(done, limitMs), `${what}: not done in ${limitMs} ms\n${cluster.trace.slice(-30).join("\n")}`);
  for (const [value, [answer]] of told) {
    assert(answer?.result === "proposed" && answer.instanceNumber !== null, `${what}: ${JSON.stringify(answer)}`);
    assertStringIncludes(cluster.chain.get(answer.instanceNumber) ?? "", `"${value}"`, what);
  }
  assertEquals(applied(cluster).sort(), ["of A", "of B", "of C"], what);
  assertEquals([...breaches], [], what);
}

/** A cluster whose nodes know each other, and which then gets this network. */
function settled(seed: number, network: (cluster: VirtualCluster, count: number) => Fate): VirtualCluster {
  const cluster = new VirtualCluster({ seed });
  cluster.run(300);
  const before = cluster.sends;
  cluster.onSend = (_from, _to, _message, count) => network(cluster, count - before);
  return cluster;
}

Deno.test("three values proposed at once all get into the chain, whichever datagram is lost", () => {
  let datagrams = 1;
  for (let lost = 0; lost <= datagrams; lost++) {
    const cluster = settled(1, (_, count) => count === lost ? [] : [1]);
    const before = cluster.sends;
    proposeAtAll(cluster, 1000, `datagram ${lost} is lost`);
    if (lost === 0) datagrams = cluster.sends - before;
  }
  assert(datagrams > 50, `${datagrams} datagrams`);
});

Deno.test("a fifth of all datagrams lost costs time, and nothing else", () => {
  for (let seed = 1; seed <= 20; seed++) {
    proposeAtAll(settled(seed, (cluster) => cluster.random() < 0.2 ? [] : [1]), 20_000, `seed ${seed}`);
  }
});

Deno.test("datagrams that arrive twice and three times change nothing", () => {
  for (let seed = 1; seed <= 20; seed++) {
    proposeAtAll(settled(seed, (cluster) => [1, 1 + 2 * cluster.random(), 80]), 5000, `seed ${seed}`);
  }
});

Deno.test("datagrams that overtake each other change nothing", () => {
  for (let seed = 1; seed <= 20; seed++) {
    proposeAtAll(settled(seed, (cluster) => [40 * cluster.random()]), 10_000, `seed ${seed}`);
  }
});

Deno.test("loss, copies and delays together, with nodes that crash and restart: agreement holds and all get on", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const cluster = new VirtualCluster({ seed });
    const breaches = watchRules(cluster);
    const delay = (): number => 30 * cluster.random() ** 3;
    cluster.onSend = () => cluster.random() < 0.2 ? [] : cluster.random() < 0.2 ? [delay(), delay()] : [delay()];
    const told: [string, Answers][] = [];
    for (let step = 0; step < 60; step++) {
      cluster.run(100 * cluster.random());
      const uid = cluster.nodes[Math.floor(cluster.random() * 3)]!;
      if (!cluster.isUp(uid)) cluster.restart(uid);
      else if (cluster.random() < 0.15) cluster.crash(uid);
      else told.push([`${step}`, cluster.propose(uid, `${step}`, 20_000)]);
    }
    cluster.onSend = () => [1];
    for (const uid of cluster.nodes) if (!cluster.isUp(uid)) cluster.restart(uid);
    cluster.run(2000);
    const last = cluster.propose("A", "last");
    assert(cluster.runUntil(() => last.length > 0, 5000), `seed ${seed}: no progress in the calm`);
    cluster.run(3000);
    for (const [value, [answer]] of told) {
      if (answer?.result !== "proposed" || answer.outcome !== "chosen") continue;
      const { updates } = decodeLink(cluster.chain.get(answer.instanceNumber ?? -1)!);
      assert(updates.some((update) => update.value === value), `seed ${seed}: ${value}`);
    }
    assert(told.filter(([, [answer]]) => answer?.result === "proposed" && answer.outcome === "chosen").length > 20);
    assertEquals(new Set(cluster.nodes.map((uid) => cluster.node(uid).instanceNumber)).size, 1, `seed ${seed}`);
    assertEquals([...breaches], [], `seed ${seed}`);
  }
});

Deno.test("the same seed gives the same run, line by line", () => {
  const run = (seed: number): string[] => {
    const cluster = settled(seed, (cluster) => cluster.random() < 0.3 ? [] : [10 * cluster.random()]);
    proposeAtAll(cluster, 20_000, `seed ${seed}`);
    return cluster.trace;
  };
  assertEquals(run(5), run(5));
  assert(run(5).join("\n") !== run(6).join("\n"));
});
