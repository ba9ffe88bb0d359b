// One master is lost, and another one is elected; never two.
import { assert, assertEquals } from "../assert.ts";
import {
  elect,
  masterCluster,
  masterNode,
  mastersOf,
  oneWay,
  proposalsSent,
  told,
  watchMasters,
  WINDOW_MS,
  withMaster,
} from "../support/masters.ts";
import { watchRules } from "../support/rules.ts";
import { outcome } from "../support/scenes.ts";

Deno.test("a master that is cut off loses the lease before anybody else may get it, and says so (L4)", () => {
  const { cluster, master, others } = withMaster();
  for (const uid of others) cluster.cut(master, uid);
  const breaches = watchMasters(cluster);
  const cutMs = cluster.nowMs;
  assert(cluster.runUntil(() => mastersOf(cluster).length === 0, WINDOW_MS));
  assert(told(cluster, master, "is master no more"));
  const second = elect(cluster);
  assert(second !== master && cluster.nowMs - cutMs < WINDOW_MS + 200, `after ${cluster.nowMs - cutMs} ms`);
  cluster.run(5 * WINDOW_MS);
  assertEquals([mastersOf(cluster), breaches], [[second], []]);
  cluster.heal();
  cluster.run(WINDOW_MS);
  assertEquals([mastersOf(cluster), masterNode(cluster, master).otherMaster, breaches], [[second], second, []]);
});

Deno.test("a master whose disk hangs stops leading within one window, and another one is elected", () => {
  const { cluster, master } = withMaster();
  cluster.propose(master, "x");
  cluster.run(20);
  cluster.onSave = (uid) => uid === master ? "hang" : "done";
  const hungMs = cluster.nowMs;
  cluster.propose(master, "y");
  const isSecond = (): boolean => mastersOf(cluster).some((uid) => uid !== master);
  assert(cluster.runUntil(isSecond, 2 * WINDOW_MS));
  assert(cluster.nowMs - hungMs < WINDOW_MS + 200, `after ${cluster.nowMs - hungMs} ms`);
  assert(!mastersOf(cluster).includes(master));
});

Deno.test("a master whose disk hangs answers no read, and stands in nobody's way though its accepts still leave", () => {
  const { cluster, master, others: [one] } = withMaster();
  cluster.propose(master, "x");
  cluster.run(20);
  cluster.onSave = (uid) => uid === master ? "hang" : "done";
  cluster.propose(master, "y");
  cluster.run(20);
  const read = cluster.get(master);
  cluster.run(WINDOW_MS);
  assertEquals(read, []);
  const second = elect(cluster);
  const answers = cluster.propose(second, "z");
  cluster.run(100);
  assert(outcome(answers).startsWith("chosen"), `${second}, ${one}`);
});

Deno.test("a master whose disk fails stops, and another one is elected within a window", () => {
  const { cluster, master } = withMaster();
  cluster.onSave = (uid) => uid === master ? "fail" : "done";
  const failedMs = cluster.nowMs;
  cluster.propose(master, "x");
  cluster.run(20);
  assert(!cluster.isUp(master));
  elect(cluster);
  assert(cluster.nowMs - failedMs < WINDOW_MS + 200);
});

Deno.test("candidates do not duel: an election of five nodes takes few prepares, whatever the seed (L5)", () => {
  const counts: number[] = [];
  for (let seed = 1; seed <= 40; seed++) {
    const cluster = masterCluster({ nodes: ["A", "B", "C", "D", "E"], seed });
    const breaches = watchMasters(cluster);
    const prepares = proposalsSent(cluster, "prepare");
    const master = elect(cluster);
    cluster.run(20);
    // The next election, after the master is gone.
    cluster.crash(master);
    cluster.runUntil(() => mastersOf(cluster).length > 0, 2 * WINDOW_MS);
    cluster.run(20);
    counts.push(prepares.length);
    assertEquals(breaches, [], `seed ${seed}`);
    assertEquals(mastersOf(cluster).length, 1, `seed ${seed}`);
  }
  counts.sort((a, b) => a - b);
  assert(counts[20]! <= 4 && counts.at(-1)! <= 12, `prepares in two elections: ${counts.join(" ")}`);
});

Deno.test("a candidate that hears nobody does not keep the others from electing one", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const cluster = masterCluster({ seed });
    // C is heard, and hears nothing.
    oneWay(cluster, ["A C", "B C"]);
    const master = elect(cluster, 3 * WINDOW_MS);
    cluster.run(5 * WINDOW_MS);
    assert(master !== "C", `seed ${seed}`);
    assertEquals(mastersOf(cluster), [master], `seed ${seed}`);
  }
});

Deno.test("a master that can be heard and hears nobody any more loses the lease; one of the others gets it", () => {
  const { cluster, master } = withMaster();
  const breaches = watchMasters(cluster);
  oneWay(cluster, cluster.nodes.filter((uid) => uid !== master).map((uid) => `${uid} ${master}`));
  cluster.run(6 * WINDOW_MS);
  const [second] = mastersOf(cluster);
  assert(second !== undefined && second !== master, `${second} after ${master}`);
  const answers = cluster.propose(second, "x");
  cluster.run(200);
  assert(outcome(answers).startsWith("chosen"));
  assertEquals(breaches, []);
});

Deno.test("a master that hears all and is heard by nobody loses the lease; one of the others gets it", () => {
  const { cluster, master } = withMaster();
  const breaches = watchMasters(cluster);
  oneWay(cluster, cluster.nodes.filter((uid) => uid !== master).map((uid) => `${master} ${uid}`));
  cluster.run(6 * WINDOW_MS);
  assertEquals(mastersOf(cluster).filter((uid) => uid === master), []);
  assertEquals([mastersOf(cluster).length, breaches], [1, []]);
});

Deno.test("in a chain A-B-C of connections there is one working master in the end, wherever the master was", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { cluster } = withMaster({ seed });
    const breaches = watchMasters(cluster);
    cluster.cut("A", "C");
    cluster.run(6 * WINDOW_MS);
    const [master] = mastersOf(cluster);
    assert(master !== undefined, `seed ${seed}: no master`);
    const answers = cluster.propose(master, "x");
    cluster.run(500);
    assert(outcome(answers).startsWith("chosen"), `seed ${seed}: ${outcome(answers)} at ${master}`);
    assertEquals(breaches, [], `seed ${seed}`);
  }
});

Deno.test("elections never die: after every node was cut off from every other for long, one is master soon after", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const cluster = masterCluster({ nodes: ["A", "B", "C", "D", "E"], seed });
    cluster.onSend = () => [];
    cluster.run(60_000);
    cluster.onSend = () => [1];
    const healedMs = cluster.nowMs;
    elect(cluster, 2 * WINDOW_MS);
    assert(cluster.nowMs - healedMs < 2 * WINDOW_MS, `seed ${seed}: ${cluster.nowMs - healedMs} ms`);
  }
});

Deno.test("restarts of random nodes for a while: never two masters, agreement and the rules hold, and then there is one", () => {
  for (let seed = 1; seed <= 5; seed++) {
    const cluster = masterCluster({ seed, settings: { leaseWindowMs: 300, syncIntervalMs: 500 } });
    const [twice, breaches] = [watchMasters(cluster), watchRules(cluster)];
    cluster.onSend = () => cluster.random() < 0.1 ? [] : [1 + 20 * cluster.random()];
    for (let i = 0; i < 60; i++) {
      const uid = cluster.nodes[Math.floor(cluster.random() * 3)]!;
      if (cluster.isUp(uid)) cluster.crash(uid);
      else cluster.restart(uid);
      cluster.proposeRaw("ABC"[i % 3]!, `v${i}`);
      cluster.run(400 * cluster.random());
    }
    for (const uid of cluster.nodes) if (!cluster.isUp(uid)) cluster.restart(uid);
    cluster.onSend = () => [1];
    elect(cluster, 4000);
    assertEquals([twice, breaches], [[], []], `seed ${seed}`);
  }
});
