// What clients learn of the master: whom to ask, and what they wait for where there is none.
import { assert, assertEquals } from "../assert.ts";
import { reasonsToWait } from "../../src/cli/patience.ts";
import type { StatusResult } from "../../src/replica/requests.ts";
import { elect, lose, masterCluster, masterNode, mastersOf, WINDOW_MS, withMaster } from "../support/masters.ts";
import { letSave, outcome } from "../support/scenes.ts";
import { applied, openSession, propose, requestFor, tagged, timesInChain } from "../support/sessions.ts";
import type { VirtualCluster } from "../support/virtual_cluster.ts";

/** What the node says of itself. */
function status(cluster: VirtualCluster, uid: string): StatusResult {
  const [answer] = cluster.request(uid, { operation: "status", requestId: cluster.newRequestId() });
  assert(answer?.result === "status");
  return answer;
}

Deno.test("an update at another node is answered with the name of the master, and is not proposed (L7)", () => {
  const { cluster, master, others: [one] } = withMaster();
  const session = openSession(cluster, one!);
  const [answer] = propose(cluster, one!, tagged(session, 1, "x"));
  assert(answer?.result === "redirected");
  assertEquals([answer.masterUid, answer.node], [master, one]);
  cluster.run(100);
  assertEquals(applied(cluster), []);
  const answers = propose(cluster, master, tagged(session, 1, "x"));
  cluster.run(20);
  assertEquals([outcome(answers), applied(cluster)], ["chosen 1", ["x"]]);
});

Deno.test("what was chosen already is answered by any node with its outcome, without a detour (L7)", () => {
  const { cluster, master, others: [one] } = withMaster();
  const update = tagged(openSession(cluster, master), 1, "x");
  propose(cluster, master, update);
  cluster.run(20);
  assertEquals(outcome(propose(cluster, one!, update)), "chosen 1");
});

Deno.test("a request without a session that was answered with the master's name gets the same answer again (L7)", () => {
  const { cluster, master, others: [one] } = withMaster();
  const life = masterNode(cluster, one!).life;
  const request = { ...requestFor(cluster, { value: "x" }), life };
  const answers = cluster.request(one!, request);
  cluster.request(one!, request);
  assertEquals(answers.map((answer) => answer.result === "redirected" && answer.masterUid), [master, master]);
  cluster.run(50);
  assertEquals(timesInChain(cluster, "x"), 0);
});

Deno.test("the ancestor's proposal is passed on to the master, and is chosen there (L7)", () => {
  const { cluster, master, others: [one, two] } = withMaster();
  cluster.proposeRaw(one!, "x");
  cluster.proposeRaw(two!, "y");
  cluster.proposeRaw(master, "z");
  cluster.run(50);
  assertEquals([..."xyz"].map((value) => timesInChain(cluster, value)), [1, 1, 1]);
});

Deno.test("a proposal that was passed on once is not passed on again: it waits where it is (L7)", () => {
  const { cluster, master, others: [one, two] } = withMaster();
  // Two nodes that take each other for the master.
  masterNode(cluster, one!).lease.learn(two!, 0, cluster.nowMs);
  masterNode(cluster, two!).lease.learn(one!, 0, cluster.nowMs);
  let passed = 0;
  lose(cluster, (from, _to, message) => {
    if (message.type === "propose") passed++;
    return from === master;
  });
  cluster.proposeRaw(one!, "x");
  cluster.run(100);
  assertEquals(passed, 1);
  assertEquals(cluster.node(two!).proposals.all.length, 1, "and will be handed to a master that is learned of later");
});

Deno.test("what waits at a node when another one becomes master is handed over: clients hear its name, the rest is passed on (L7)", () => {
  const cluster = masterCluster();
  cluster.run(10);
  // No master yet: the updates wait at every node.
  const answers = new Map(cluster.nodes.map((uid) => {
    cluster.proposeRaw(uid, `raw at ${uid}`);
    return [uid, propose(cluster, uid, tagged(openSession(cluster, uid), 1, `asked at ${uid}`), 60_000)];
  }));
  const master = elect(cluster);
  cluster.run(100);
  for (const [uid, [answer]] of answers) {
    assertEquals(
      answer?.result === "redirected" ? answer.masterUid : outcome([answer!]).split(" ")[0],
      uid === master ? "chosen" : master,
    );
  }
  assertEquals(applied(cluster).sort(), [`asked at ${master}`, "raw at A", "raw at B", "raw at C"].sort());
});

Deno.test("what may have been accepted already is not handed over: its node says what became of it (L7)", () => {
  const { cluster, master, others } = withMaster();
  // Its accept with the value reaches one other node, and the master hears of nobody any more.
  const [one, two] = others;
  lose(cluster, (from, to, message) => message.type === "accept" && from === master && to === two);
  const answers = propose(cluster, master, tagged(openSession(cluster, master), 1, "x"), 60_000);
  cluster.run(0.5);
  lose(cluster, (from, to) => from === master || to === master);
  cluster.run(WINDOW_MS + 500);
  assertEquals(answers, []);
  assert(mastersOf(cluster).length === 1 && mastersOf(cluster)[0] !== master, `${one} or ${two}`);
  cluster.onSend = () => [1];
  cluster.run(WINDOW_MS);
  assert(outcome(answers).startsWith("chosen"), outcome(answers));
  assertEquals(timesInChain(cluster, "x"), 1);
});

Deno.test("no value of the application is in the chain but under a lease: the master alone adds them", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const cluster = masterCluster({ seed });
    const wrong: string[] = [];
    cluster.watchers.push((fromUid, message) => {
      if (message?.type !== "accept" || !message.value.startsWith("[null,")) return;
      const { proposer: { free } } = cluster.node(fromUid).paxos;
      // One that it was told by promises it has to finish, master or not.
      if (free && !mastersOf(cluster).includes(fromUid)) wrong.push(`${fromUid} at ${cluster.nowMs}`);
    });
    cluster.onSend = () => cluster.random() < 0.1 ? [] : [1 + 10 * cluster.random()];
    for (let i = 0; i < 100; i++) {
      cluster.proposeRaw("ABC"[i % 3]!, `v${i}`);
      cluster.run(100);
      if (i % 30 === 29) {
        const [master] = mastersOf(cluster);
        if (master !== undefined) {
          cluster.crash(master);
          cluster.restart(master);
        }
      }
    }
    assert(cluster.chain.size > 50);
    assertEquals(wrong, [], `seed ${seed}`);
  }
});

Deno.test("the status shows the master and what is left of its lease, at the master and at the others", () => {
  const { cluster, master, others: [one] } = withMaster();
  const [own, other] = [status(cluster, master), status(cluster, one!)];
  assertEquals([own.mode, own.masterUid, other.masterUid], ["master", master, master]);
  assert(own.leaseRemainingMs! > WINDOW_MS * 0.9 && own.leaseRemainingMs! < WINDOW_MS * 0.95);
  assert(other.leaseRemainingMs! > own.leaseRemainingMs! && other.leaseRemainingMs! <= WINDOW_MS);
  assertEquals([own.leaseWaitMs, own.troubles, other.troubles], [0, [], []]);
});

Deno.test("the status shows no master where there is none, and how long the node waits", () => {
  const { cluster } = withMaster();
  for (const uid of cluster.nodes) cluster.crash(uid);
  cluster.restart("A");
  cluster.run(500);
  const { masterUid, leaseRemainingMs, leaseWaitMs } = status(cluster, "A");
  assertEquals([masterUid, leaseRemainingMs], [null, null]);
  assert(Math.abs(leaseWaitMs - (WINDOW_MS - 500)) < 1);
  cluster.run(WINDOW_MS);
  const later = status(cluster, "A");
  assertEquals([later.masterUid, later.leaseWaitMs], [null, 0], "then it stands for election, and hears nobody");
});

Deno.test("whoever waits is told for what: a lease of a node that is gone, or one that may stand, and for how long", () => {
  const { cluster, master, others: [one, two] } = withMaster();
  const report = (uid: string) => ({ uid, status: cluster.isUp(uid) ? status(cluster, uid) : null });
  const reasons = () => reasonsToWait(cluster.nodes.map(report));
  assertEquals(reasons(), [], "there is a master");
  letSave(cluster, one!);
  cluster.crash(master);
  const silent = `waits: 1 of 3 nodes does not answer (${master})`;
  const known = (uid: string) => `node ${uid} knows a lease of ${master}, which does not answer`;
  assertEquals(reasons(), [silent, ...[one!, two!].map((uid) => `waits 2.0 s: ${known(uid)}`)]);
  cluster.run(500);
  cluster.crash(one!);
  cluster.cut(one!, two!);
  cluster.restart(one!);
  cluster.run(200);
  assertEquals(reasons(), [
    silent,
    `waits 1.8 s: a lease may still stand (node ${one} was restarted or brought up to date)`,
    `waits 1.3 s: ${known(two!)}`,
  ]);
  cluster.run(WINDOW_MS);
  assertEquals(reasons(), [silent]);
});

Deno.test("a proposal that waits for a lease is kept, and chosen when there is a master again", () => {
  const { cluster, master, others: [one] } = withMaster();
  cluster.crash(master);
  cluster.run(100);
  const update = tagged(openSession(cluster, one!), 1, "x");
  // Its client is sent to the dead master, and asks again; the other nodes still know that lease.
  assertEquals(propose(cluster, one!, update)[0]?.result, "redirected");
  cluster.run(WINDOW_MS - 110);
  const answers = propose(cluster, one!, update);
  cluster.run(500);
  const [second] = mastersOf(cluster);
  if (second !== one) {
    const [answer] = answers;
    assert(answer?.result === "redirected");
    propose(cluster, second!, update);
    cluster.run(100);
  }
  assertEquals(applied(cluster), ["x"]);
});
