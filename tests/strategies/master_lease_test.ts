// The lease: how it is granted, counted and renewed, and what it forbids.
import { decodeLink, encodeGrant } from "../../src/replica/link.ts";
import { assert, assertEquals } from "../assert.ts";
import {
  elect,
  grants,
  lose,
  masterCluster,
  masterNode,
  mastersOf,
  paxosSent,
  proposalsSent,
  watchMasters,
  WINDOW_MS,
  withMaster,
} from "../support/masters.ts";
import { outcome, sentTo } from "../support/scenes.ts";

/** For so long a master is one, from when its grant left. */
const MASTER_MS = WINDOW_MS * 0.95;

Deno.test("nodes that never lived elect one master at once, by a link that grants it the lease (L1)", () => {
  const { cluster, master, others } = withMaster();
  assertEquals([...cluster.chain], [[0, encodeGrant(master)]]);
  assert(cluster.nowMs < 200, `at ${cluster.nowMs}`);
  assertEquals(mastersOf(cluster), [master]);
  assertEquals(others.map((uid) => masterNode(cluster, uid).otherMaster), [master, master]);
  assertEquals(masterNode(cluster, master).otherMaster, null);
});

Deno.test("a value that came before there was a master is chosen, after the grant, and wrapped as a pair", () => {
  const cluster = masterCluster();
  cluster.proposeRaw("B", "early");
  elect(cluster);
  cluster.run(50);
  const [first, second] = [...cluster.chain.values()];
  assertEquals([decodeLink(first!).updates, second], [[], '[null,"early"]']);
});

Deno.test("the master counts from when its grant first left, also where that is sent again: the others' windows end later (L1)", () => {
  const cluster = masterCluster();
  let leftMs = NaN;
  cluster.watchers.push((_uid, message) => {
    if (message?.type === "accept" && Number.isNaN(leftMs)) leftMs = cluster.nowMs;
  });
  // The accepts arrive only when they are sent for the third time or later.
  lose(cluster, (_from, _to, message) => message.type === "accept" && !(cluster.nowMs - leftMs > 200));
  const master = elect(cluster);
  const learnedMs = cluster.nowMs;
  assert(learnedMs - leftMs > 200);
  lose(cluster, (from) => from === master);
  cluster.runUntil(() => mastersOf(cluster).length === 0, 3 * WINDOW_MS);
  const wasMasterMs = cluster.nowMs - leftMs;
  assert(Math.abs(wasMasterMs - MASTER_MS) < 5, `it was master for ${wasMasterMs} ms`);
  const other = cluster.nodes.find((uid) => uid !== master)!;
  const restMs = masterNode(cluster, other).lease.remainingMs(cluster.nowMs);
  assert(restMs > 200, `${restMs} ms are left at ${other}`);
});

Deno.test("while a lease is known prepare and accept of others are dropped, and no answer is given (L2)", () => {
  const { cluster, master, others: [one, two] } = withMaster();
  const { instanceNumber } = cluster.node(one!);
  const proposalId = { number: 99, uid: two! };
  const sent = paxosSent(cluster);
  for (const uid of [master, one!]) {
    const { acceptor } = cluster.node(uid).paxos;
    const before = acceptor.save();
    const node = cluster.node(uid);
    node.step({ kind: "message", fromUid: two!, message: { type: "prepare", instanceNumber, proposalId } });
    node.step({ kind: "message", fromUid: two!, message: { type: "accept", instanceNumber, proposalId, value: "x" } });
    assertEquals(acceptor.save(), before, uid);
    const dropped = node.takeEffects().flatMap((effect) => effect.kind === "dropped" ? [effect.reason] : []);
    assertEquals(dropped.length, 2);
  }
  assertEquals(sent, []);
});

Deno.test("a question in an old link is answered though a lease is known: whoever is behind is brought up to date (S5 before L2)", () => {
  const { cluster, master, others: [one, two] } = withMaster();
  cluster.propose(master, "x");
  cluster.run(60);
  const proposalId = { number: 99, uid: two! };
  const snapshots = sentTo(cluster, two!, "snapshot");
  const message = { type: "prepare", instanceNumber: 0, proposalId } as const;
  cluster.node(one!).step({ kind: "message", fromUid: two!, message });
  const effects = cluster.node(one!).takeEffects();
  assert(effects.some((effect) => effect.kind === "send" && effect.message.type === "snapshot"));
  assertEquals(snapshots, []);
});

Deno.test("the lease is renewed ahead of its end, so that the master never changes (L5)", () => {
  const { cluster, master } = withMaster();
  const breaches = watchMasters(cluster);
  for (let i = 0; i < 100; i++) {
    cluster.run(WINDOW_MS / 10);
    assertEquals(mastersOf(cluster), [master], `at ${cluster.nowMs}`);
  }
  assertEquals([new Set(grants(cluster)), breaches], [new Set([master]), []]);
  assert(grants(cluster).length >= 10 && grants(cluster).length < 40, `${grants(cluster).length} grants in 10 windows`);
});

Deno.test("a stream of values does not starve the renewal: it goes first (L5)", () => {
  const { cluster, master } = withMaster({ settings: { leaseWindowMs: 200 } });
  // As each is chosen the next ones wait already.
  for (let i = 0; cluster.nowMs < 1500; i++) {
    for (let j = 0; j < 3; j++) cluster.proposeRaw(master, `v${i}.${j}`);
    cluster.run(2);
    if (mastersOf(cluster)[0] !== master) break;
  }
  assertEquals(mastersOf(cluster), [master]);
  assertEquals(new Set(grants(cluster)), new Set([master]));
  assert(cluster.chain.size > 500);
});

Deno.test("no single lost datagram costs the lease, whichever it is (L5)", () => {
  for (let lost = 1; lost <= 12; lost++) {
    const { cluster, master } = withMaster();
    let count = 0;
    lose(cluster, (_from, _to, message) => "proposalId" in message && ++count === lost);
    cluster.run(3 * WINDOW_MS);
    assertEquals([mastersOf(cluster), new Set(grants(cluster))], [[master], new Set([master])], `datagram ${lost}`);
  }
});

Deno.test("a third of all datagrams lost does not cost the lease either, in most runs of ten windows (L5)", () => {
  let kept = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const { cluster } = withMaster({ seed });
    const breaches = watchMasters(cluster);
    cluster.onSend = () => cluster.random() < 1 / 3 ? [] : [1];
    cluster.run(10 * WINDOW_MS);
    if (new Set(grants(cluster)).size === 1) kept++;
    assertEquals(breaches, []);
  }
  assert(kept >= 15, `in ${kept} of 20`);
});

Deno.test("if the granting link was finished by another node, the master prepares before it goes on (L9)", () => {
  const cluster = masterCluster();
  const master = elect(cluster);
  // From now on the holder's renewals arrive, but their votes do not: another node has to finish them.
  cluster.run(20);
  const node = masterNode(cluster, master);
  const [one, two] = cluster.nodes.filter((uid) => uid !== master);
  lose(cluster, (_from, to, message) => message.type === "accepted" && to !== one);
  assert(cluster.runUntil(() => cluster.node(one!).instanceNumber === 2, WINDOW_MS));
  cluster.onSend = () => [1];
  const prepares = proposalsSent(cluster, "prepare");
  // A vote of a takeover, as it were, with the same grant under a higher ID.
  const proposalId = { number: 5, uid: two! };
  for (const uid of [one!, two!]) {
    const message = { type: "accepted", instanceNumber: 1, proposalId, value: encodeGrant(master) } as const;
    node.step({ kind: "message", fromUid: uid, message });
  }
  assertEquals([node.instanceNumber, node.isMaster], [2, true]);
  const answers = cluster.propose(master, "x");
  cluster.run(50);
  assertEquals([outcome(answers), prepares], ["chosen 2", [`prepare 6.${master} @2`]]);
});
