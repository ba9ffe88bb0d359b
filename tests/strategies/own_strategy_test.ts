import { assert, assertEquals } from "../assert.ts";
import { watchRules } from "../support/rules.ts";
import { outcome, settled } from "../support/scenes.ts";
import type { VirtualCluster } from "../support/virtual_cluster.ts";
import StubbornNode from "./own_strategy.ts";

function stubborn(seed = 1): VirtualCluster {
  return settled({ nodeClass: StubbornNode, seed });
}

Deno.test("a node with a strategy of one's own decides, also among others that want to", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const cluster = stubborn(seed);
    const breaches = watchRules(cluster);
    const told = cluster.nodes.map((uid) => cluster.propose(uid, `of ${uid}`));
    assert(cluster.runUntil(() => told.every((answers) => answers.length > 0), 5000), `seed ${seed}`);
    assertEquals(told.map(outcome).sort(), ["chosen 0", "chosen 1", "chosen 2"]);
    assertEquals([...breaches], []);
  }
});

Deno.test("it survives lost datagrams and a driver that dies, and it reads linearizably", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const cluster = stubborn(seed);
    cluster.onSend = () => cluster.random() < 0.2 ? [] : [1];
    cluster.proposeRaw("A", "of A");
    cluster.run(3);
    cluster.crash("A");
    const answers = cluster.propose("B", "of B", 20_000);
    assert(cluster.runUntil(() => answers.length > 0, 15_000), `seed ${seed}`);
    assert(outcome(answers).startsWith("chosen"));
    const read = cluster.get("C", false, 20_000);
    assert(cluster.runUntil(() => read.length > 0, 15_000), `seed ${seed}`);
    assert(read[0]?.result === "value" && read[0].value === "of B");
  }
});
