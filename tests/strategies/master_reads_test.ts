// Reads where there is a master: while its lease stands it asks nobody.
import { assert, assertEquals } from "../assert.ts";
import { elect, masterNode, WINDOW_MS, withMaster } from "../support/masters.ts";
import type { Answers } from "../support/virtual_cluster.ts";

/** The value that a reader was told, and how it was read. */
function read([answer]: Answers): string {
  return answer?.result === "value" ? `${answer.value} ${answer.read}` : answer?.result ?? "no answer";
}

Deno.test("while the lease holds the master answers a linearizable read at once, and sends nothing (L6)", () => {
  const { cluster, master } = withMaster();
  cluster.propose(master, "x");
  cluster.run(50);
  const before = cluster.sends;
  const answers = cluster.get(master);
  assertEquals([read(answers), cluster.sends - before], ["x linearizable", 0]);
});

Deno.test("another node than the master asks a quorum (L6)", () => {
  const { cluster, master, others: [one] } = withMaster();
  cluster.propose(master, "x");
  cluster.run(50);
  const before = cluster.sends;
  const answers = cluster.get(one!);
  assertEquals(read(answers), "no answer");
  cluster.run(50);
  assertEquals(read(answers), "x linearizable");
  assert(cluster.sends > before);
});

Deno.test("while an accept of its own is under way the master answers no read: it waits for that link (L6)", () => {
  const { cluster, master } = withMaster();
  cluster.propose(master, "x");
  cluster.run(50);
  cluster.propose(master, "y");
  const answers = cluster.get(master);
  assert(cluster.node(master).paxos.proposer.accept !== null);
  assertEquals([read(answers), masterNode(cluster, master).parkedReads], ["no answer", 1]);
  cluster.run(1.5);
  assertEquals(read(answers), "no answer", "others have learned y already");
  cluster.run(5);
  assertEquals([read(answers), masterNode(cluster, master).parkedReads], ["y linearizable", 0]);
});

Deno.test("a renewal under way holds a read up as well, for one round trip", () => {
  const { cluster, master } = withMaster({ latencyMs: 10 });
  cluster.propose(master, "x");
  const node = masterNode(cluster, master);
  cluster.run(100);
  assert(cluster.runUntil(() => node.paxos.proposer.accept !== null, WINDOW_MS), "the lease is being renewed");
  const answers = cluster.get(master);
  assertEquals(read(answers), "no answer");
  cluster.run(20.5);
  assertEquals(read(answers), "x linearizable");
});

Deno.test("a read that waits is answered before the next link leaves: a stream of values does not starve it (L6)", () => {
  const { cluster, master } = withMaster();
  for (let i = 0; i < 50; i++) cluster.proposeRaw(master, `v${i}`);
  const answers = cluster.get(master);
  for (let i = 0; i < 50; i++) {
    cluster.proposeRaw(master, `w${i}`);
    cluster.run(0.5);
    if (answers.length > 0) break;
  }
  assert(read(answers).endsWith("linearizable"));
  assertEquals(cluster.node(master).instanceNumber, 2, "with the first link after the question");
});

Deno.test("a master that loses the lease while a read waits asks a quorum, and the answer is not old (L4, L6)", () => {
  const { cluster, master, others } = withMaster();
  cluster.propose(master, "x");
  cluster.run(50);
  // Its accepts are lost, and all that others tell it: it knows nothing of what comes.
  for (const uid of others) cluster.cut(master, uid);
  cluster.propose(master, "lost", 60_000);
  const answers = cluster.get(master, false, 60_000);
  cluster.run(WINDOW_MS + 200);
  assertEquals([read(answers), masterNode(cluster, master).parkedReads], ["no answer", 0]);
  const second = elect(cluster);
  cluster.propose(second, "y");
  cluster.run(100);
  cluster.heal();
  cluster.run(3000);
  // Which of the two values came last, the chain says.
  const value = cluster.node(second).register.value;
  assert(value === "y" || value === "lost");
  assert(["y linearizable", "lost linearizable"].includes(read(answers)), read(answers));
});

Deno.test("a master whose lease is over reads through a quorum, also before it has noticed by a timer (L4, L6)", () => {
  const { cluster, master } = withMaster();
  cluster.propose(master, "x");
  cluster.run(50);
  const node = masterNode(cluster, master);
  const { lease } = node;
  const saved = lease.save();
  // As if its clock had made a jump: no timer has gone off yet.
  lease.restore({ ...saved, masterUntilMs: cluster.nowMs });
  const answers = cluster.get(master);
  assertEquals(read(answers), "no answer");
  cluster.run(50);
  assertEquals(read(answers), "x linearizable");
});

Deno.test("the lease is judged by the latest that it may be: after a machine was suspended it is over (L4)", () => {
  const { cluster, master } = withMaster();
  const node = masterNode(cluster, master);
  assert(node.isMaster);
  const env = node.env as { nowAtLatest?: () => number };
  env.nowAtLatest = () => cluster.nowMs + WINDOW_MS;
  assertEquals(node.isMaster, false);
  delete env.nowAtLatest;
});

Deno.test("a local read needs no lease and no quorum, at any node", () => {
  const { cluster, others: [one, two] } = withMaster();
  cluster.crash(two!);
  assertEquals(read(cluster.get(one!, true)), "null local");
});
