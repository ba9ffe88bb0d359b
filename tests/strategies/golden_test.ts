// Golden dialogues: short stories, a line an event, saves before the datagrams that they cover. A change to one of them is a
// change of what the nodes say: look at it as at code, then accept it with `deno test -A -u`.
import { assert, assertEquals } from "../assert.ts";
import { elect, masterCluster } from "../support/masters.ts";
import { settled } from "../support/scenes.ts";
import type { VirtualCluster } from "../support/virtual_cluster.ts";

/** What happened since the nodes know each other, at 100 ms. */
function story(cluster: VirtualCluster): string {
  return cluster.trace.join("\n");
}

Deno.test("golden: one value is chosen", async (t) => {
  const cluster = settled();
  cluster.propose("A", "x");
  cluster.run(20);
  await t.assertSnapshot(story(cluster));
});

Deno.test("golden: two nodes duel, are refused and back off, and both values are chosen", async (t) => {
  const cluster = settled({ nodes: ["A", "B"], latencyMs: 4 });
  const told = [cluster.propose("A", "a"), cluster.propose("B", "b")];
  assert(cluster.runUntil(() => told.every((answers) => answers.length > 0), 1000));
  await t.assertSnapshot(story(cluster));
});

Deno.test("golden: the driver crashes after its accept has reached one node, which takes over", async (t) => {
  const cluster = settled();
  cluster.onSend = (from, to, message) => {
    if (from === "A" && message?.type === "accepted") return "crash";
    return message?.type === "accept" && to === "C" ? [] : [1];
  };
  cluster.propose("A", "x");
  cluster.run(4);
  cluster.onSend = (_from, to) => to === "A" ? [] : [1];
  cluster.cut("B", "C");
  cluster.run(1);
  cluster.heal();
  cluster.run(4000);
  assertEquals([...cluster.chain], [[0, "x"]]);
  await t.assertSnapshot(story(cluster));
});

Deno.test("golden: a node that is behind sees a newer instance, asks and is brought up to date", async (t) => {
  const cluster = settled();
  cluster.cut("A", "C");
  cluster.cut("B", "C");
  cluster.proposeRaw("A", "x");
  cluster.run(20);
  cluster.heal();
  cluster.trace.length = 0;
  cluster.proposeRaw("B", "y");
  cluster.run(20);
  await t.assertSnapshot(story(cluster));
});

Deno.test("golden: a node crashes before its save, restarts and is introduced, brought up to date and heard again", async (t) => {
  const cluster = settled();
  const next = cluster.saves + 2;
  cluster.onSave = (_uid, count) => count === next ? "crash before" : "done";
  cluster.proposeRaw("A", "x");
  cluster.run(20);
  cluster.restart("B");
  cluster.run(20);
  cluster.propose("B", "y");
  cluster.run(20);
  await t.assertSnapshot(story(cluster));
});

Deno.test("golden: a read of a node that does not know of the last link", async (t) => {
  const cluster = settled();
  cluster.cut("A", "C");
  cluster.cut("B", "C");
  cluster.proposeRaw("A", "x");
  cluster.run(20);
  cluster.heal();
  cluster.trace.length = 0;
  cluster.get("C");
  cluster.run(20);
  await t.assertSnapshot(story(cluster));
});

Deno.test("golden: a node is elected, sets a value in one round trip, and renews its lease", async (t) => {
  const cluster = masterCluster({ settings: { leaseWindowMs: 300 } });
  const master = elect(cluster);
  // The nodes have introduced themselves before.
  const begin = cluster.trace.findIndex((line) => line.includes(" promised 1."));
  cluster.trace.splice(0, begin);
  cluster.run(10);
  cluster.propose(master, "x");
  cluster.run(110);
  await t.assertSnapshot(story(cluster));
});
