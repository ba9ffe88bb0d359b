// Whoever does not know whether a lease stands, waits; and nobody becomes master by hearsay.
import { encodeGrant } from "../../src/replica/link.ts";
import { assert, assertEquals } from "../assert.ts";
import {
  elect,
  grants,
  lose,
  masterCluster,
  masterNode,
  mastersOf,
  proposalsSent,
  told,
  watchMasters,
  WINDOW_MS,
  withMaster,
} from "../support/masters.ts";
import { letSave } from "../support/scenes.ts";

Deno.test("a node that was restarted waits a full window before it promises, accepts or stands; it still learns (L3)", () => {
  const { cluster, master, others: [one] } = withMaster();
  // It has told somebody of the grant, so it has saved that it learned it.
  letSave(cluster, one!);
  cluster.crash(one!);
  cluster.trace.length = 0;
  // It is not told what the others know.
  lose(cluster, (_from, to, message) => to === one && message.type === "snapshot");
  cluster.restart(one!);
  const beganMs = cluster.nowMs;
  const votes = proposalsSent(cluster, "accept");
  cluster.run(10);
  cluster.propose(master, "x");
  cluster.run(50);
  assertEquals(cluster.node(one!).instanceNumber, 2, "it has learned the link");
  assertEquals(cluster.node(one!).paxos.acceptor.acceptedId, null);
  assert(votes.length > 0);
  assert(told(cluster, one!, `waits ${WINDOW_MS} ms, for a lease may stand`));
  assertEquals(masterNode(cluster, one!).lease.waitMs(cluster.nowMs), WINDOW_MS - (cluster.nowMs - beganMs));
  assert(
    !cluster.trace.some((line) => / (accepted|promise|prepare) /.test(line) && line.slice(10).startsWith(`${one} ->`)),
  );
});

Deno.test("a link that was learned during the wait ends it, if it grants the lease (L1, L3)", () => {
  const { cluster, master, others: [one] } = withMaster();
  letSave(cluster, one!);
  cluster.crash(one!);
  lose(cluster, (_from, to, message) => to === one && message.type === "snapshot");
  cluster.restart(one!);
  const { lease } = masterNode(cluster, one!);
  cluster.runUntil(() => lease.waitMs(cluster.nowMs) === 0, WINDOW_MS);
  assertEquals([lease.holder(cluster.nowMs), grants(cluster)], [master, [master, master]]);
  assert(cluster.nowMs < WINDOW_MS / 2, "that is, by the renewal after a third of a window");
});

Deno.test("all nodes down and up again: no master for a full window, then one, and the value stands (L3)", () => {
  const { cluster, master } = withMaster();
  cluster.propose(master, "x");
  cluster.run(50);
  // Some remember that they accepted the value, and not that it was chosen: it is finished first.
  for (const uid of cluster.nodes) cluster.crash(uid);
  for (const uid of cluster.nodes) cluster.restart(uid);
  const beganMs = cluster.nowMs;
  elect(cluster);
  const tookMs = cluster.nowMs - beganMs;
  assert(tookMs >= WINDOW_MS && tookMs < WINDOW_MS + 200, `after ${tookMs} ms`);
  assertEquals(cluster.node("A").register.value, "x");
});

Deno.test("a saved window that is longer than the configured one is waited for, also by one who is restarted twice (L3)", () => {
  const { cluster } = withMaster({ settings: { leaseWindowMs: 5000 } });
  const later = masterCluster({ settings: { leaseWindowMs: 1000 } });
  for (const uid of later.nodes) {
    later.crash(uid);
    later.disk.set(uid, cluster.disk.get(uid)!);
    later.restart(uid);
    later.crash(uid);
    later.restart(uid);
  }
  later.run(4990);
  assertEquals([mastersOf(later), later.node("A").save().leaseWindowMs], [[], 5000]);
  elect(later, 500);
  later.run(20);
  assertEquals(later.node("A").save().leaseWindowMs, 1000, "and then it is of the past");
});

Deno.test("a node that is brought up to date takes over the sender's view: who is master (L3)", () => {
  const { cluster, master, others: [one, two] } = withMaster();
  cluster.cut(one!, master);
  cluster.cut(one!, two!);
  cluster.propose(master, "x");
  cluster.propose(master, "y");
  cluster.run(WINDOW_MS / 3 + 200);
  assertEquals(cluster.node(one!).instanceNumber, 1);
  cluster.heal();
  // A message of a later link: it asks, and is brought up to date.
  cluster.propose(master, "z");
  cluster.run(20);
  assert(cluster.node(one!).instanceNumber > 2);
  const { lease } = masterNode(cluster, one!);
  assertEquals([lease.holder(cluster.nowMs), lease.waitMs(cluster.nowMs)], [master, 0]);
});

Deno.test("a node that is brought up to date by one that waits itself, waits as well (L3)", () => {
  const { cluster, master, others: [one, two] } = withMaster();
  cluster.cut(one!, master);
  cluster.cut(one!, two!);
  cluster.propose(master, "x");
  cluster.run(50);
  letSave(cluster, two!);
  cluster.crash(master);
  cluster.crash(two!);
  cluster.heal();
  cluster.restart(two!);
  cluster.run(10);
  // It says where it stands, and is asked for news.
  const message = { type: "sync_request", instanceNumber: 2 } as const;
  cluster.node(one!).step({ kind: "message", fromUid: two!, message });
  letSave(cluster, one!);
  cluster.run(10);
  assertEquals([one!, two!].map((uid) => cluster.node(uid).instanceNumber), [2, 2]);
  assert(masterNode(cluster, one!).lease.waitMs(cluster.nowMs) > WINDOW_MS - 60);
});

Deno.test("the view in a snapshot counts for a node of exactly that instance, and in none that is behind it (L3)", () => {
  const { cluster, master, others: [one, two] } = withMaster();
  cluster.propose(master, "x");
  cluster.run(50);
  lose(cluster, () => true);
  cluster.crash(one!);
  cluster.restart(one!);
  const node = masterNode(cluster, one!);
  const told = (instanceNumber: number): void => {
    const { register, lease } = { register: node.register.save(), lease: { kind: "none" } as const };
    const snapshots = cluster.node(two!);
    // As the other node writes it, but for the instance and the view.
    snapshots.step({ kind: "message", fromUid: one!, message: { type: "sync_request", instanceNumber: 0 } });
    for (const effect of snapshots.takeEffects()) {
      if (effect.kind !== "send" || effect.message.type !== "snapshot") continue;
      node.step({ kind: "message", fromUid: two!, message: { ...effect.message, register, lease, instanceNumber } });
    }
  };
  told(node.instanceNumber - 1);
  assert(node.lease.waitMs(cluster.nowMs) > 0);
  cluster.run(100);
  told(node.instanceNumber);
  assertEquals(node.lease.waitMs(cluster.nowMs), 0);
});

Deno.test("a grant that the node has adopted makes it no master: it gets a further one (L8)", () => {
  const cluster = masterCluster();
  // The grant of the first candidate reaches one other acceptor, and then only these two are up, in another life of the first.
  let first = "";
  const acceptors = new Set<string>();
  lose(cluster, (from, to, message) => {
    if (message.type === "accept") first = from;
    if (message.type === "accept" && acceptors.size < 1) acceptors.add(to);
    return message.type === "accepted" || (message.type === "accept" && !acceptors.has(to));
  });
  cluster.runUntil(() => first !== "", 1000);
  cluster.run(2);
  for (const uid of cluster.nodes) if (!acceptors.has(uid)) cluster.crash(uid);
  cluster.onSend = () => [1];
  cluster.restart(first);
  const breaches = watchMasters(cluster);
  const isGranted = (): boolean => cluster.node(first).instanceNumber > 0;
  assert(cluster.runUntil(isGranted, 10_000));
  // Its own grant, of an earlier life, was chosen: it is the known holder, and not master.
  assertEquals(cluster.chain.get(0), encodeGrant(first));
  assertEquals(mastersOf(cluster), []);
  assertEquals(masterNode(cluster, first).lease.holder(cluster.nowMs), first);
  cluster.run(10);
  assertEquals(
    [mastersOf(cluster), grants(cluster), breaches],
    [[first], [first, first], []],
    "at once, for nobody else can",
  );
});
