import type { ProposeRequest } from "../../src/replica/requests.ts";
import { encodeLink } from "../../src/replica/link.ts";
import { MAX_PROPOSALS } from "../../src/replica/proposals.ts";
import { MAX_REMEMBERED } from "../../src/strategies/clients.ts";
import { Introduction } from "../../src/strategies/introduction.ts";
import { Clients } from "../../src/strategies/clients.ts";
import { Resolution } from "../../src/strategies/resolution.ts";
import { Synchronization } from "../../src/strategies/synchronization.ts";
import { ReplicatedValue } from "../../src/replica/replicated_value.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { settledMixed } from "../support/mixed.ts";
import { outcome, plainNode, settled } from "../support/scenes.ts";
import { openSession, requestFor, tagged } from "../support/sessions.ts";
import type { VirtualCluster } from "../support/virtual_cluster.ts";

function lifeOf(cluster: VirtualCluster, uid: string): string {
  const [answer] = cluster.request(uid, { operation: "open", requestId: cluster.newRequestId() });
  assert(answer?.result === "opened");
  return answer.life;
}

function request(cluster: VirtualCluster, uid: string, value: string): ProposeRequest {
  const requestId = cluster.newRequestId();
  return { operation: "propose", requestId, life: lifeOf(cluster, uid), update: { value }, timeoutMs: 5000 };
}

Deno.test("a request that is sent again while its value is on the way is not done twice", () => {
  const cluster = settled();
  const asked = request(cluster, "A", "x");
  const answers = cluster.request("A", asked);
  for (let i = 0; i < 5; i++) {
    cluster.request("A", asked);
    cluster.run(1);
  }
  cluster.run(500);
  assertEquals([...cluster.chain.values()], ["x"]);
  assertEquals(outcome(answers), "chosen 0");
});

Deno.test("a request that is sent again after its value was chosen gets the same answer again", () => {
  const cluster = settled();
  const asked = request(cluster, "A", "x");
  const answers = cluster.request("A", asked);
  cluster.run(50);
  cluster.proposeRaw("B", "y");
  cluster.run(50);
  cluster.request("A", asked);
  cluster.run(50);
  assertEquals([answers.length, answers[1]], [2, answers[0]]);
  assertEquals([...cluster.chain.values()], ["x", "y"]);
});

Deno.test("a proposal meant for an earlier life of the node is unknown: the node cannot know what it did before", () => {
  const cluster = settled();
  const asked = request(cluster, "A", "x");
  cluster.request("A", asked);
  cluster.run(50);
  cluster.crash("A");
  cluster.restart("A");
  cluster.run(50);
  const answers = cluster.request("A", asked);
  assertEquals(outcome(answers.slice(1)), "unknown");
  cluster.run(500);
  assertEquals([...cluster.chain.values()], ["x"], "and it is not proposed again");
});

Deno.test("every life of a node has another name, and keeps it", () => {
  const cluster = settled();
  const lives = cluster.nodes.map((uid) => lifeOf(cluster, uid));
  assertEquals(lifeOf(cluster, "A"), lives[0]);
  cluster.crash("A");
  cluster.restart("A");
  assertEquals(new Set([...lives, lifeOf(cluster, "A")]).size, 4);
  for (const life of lives) assertMatch(life, /^[0-9a-f]{13}$/);
});

Deno.test("a value over the limit is refused with its size and the limit, and never proposed", () => {
  const cluster = settled();
  const [answer] = cluster.request("A", request(cluster, "A", '"'.repeat(20_000)));
  assert(answer?.result === "refused");
  assertStringIncludes(answer.reason, "60000 is the limit");
  cluster.run(500);
  assertEquals(cluster.chain.size, 0);
});

Deno.test("a refused request stays refused, however often it is sent; another one for the same value is taken up", () => {
  const cluster = settled();
  for (const uid of ["B", "C"]) cluster.crash(uid);
  for (let i = 0; i < 1024; i++) cluster.proposeRaw("A", `v${i}`);
  const asked = request(cluster, "A", "x");
  const answers = cluster.request("A", asked);
  assertEquals(outcome(answers), "refused");
  for (const uid of ["B", "C"]) cluster.restart(uid);
  cluster.run(2000);
  cluster.request("A", asked);
  const again = cluster.request("A", { ...asked, requestId: cluster.newRequestId() });
  cluster.run(60_000);
  assertEquals([answers.length, answers[1]], [2, answers[0]]);
  assert(outcome(again).startsWith("chosen"));
});

Deno.test("the value that a node has is read at once, and may be old", () => {
  const cluster = settled();
  cluster.proposeRaw("A", "x");
  cluster.run(50);
  cluster.cut("A", "B");
  cluster.cut("A", "C");
  cluster.proposeRaw("B", "y");
  cluster.run(50);
  const [a, b] = ["A", "B"].map((uid) => cluster.get(uid, true)[0]);
  assert(a?.result === "value" && b?.result === "value");
  assertEquals([a.value, a.valueInstanceNumber, a.instanceNumber, a.read], ["x", 0, 1, "local"]);
  assertEquals([b.value, b.valueInstanceNumber, b.instanceNumber, b.read], ["y", 1, 2, "local"]);
});

Deno.test("the status of a node says what it knows, has promised and has accepted, and since when it lives", () => {
  const cluster = settled();
  cluster.onSend = (_from, to, message) => message?.type === "accepted" || (to === "C" && message) ? [] : [1];
  cluster.proposeRaw("A", "x");
  cluster.run(50);
  const [answer] = cluster.request("B", { operation: "status", requestId: cluster.newRequestId() });
  assertEquals(answer, {
    result: "status",
    instanceNumber: 0,
    value: null,
    promisedId: { number: 1, uid: "A" },
    acceptedId: { number: 1, uid: "A" },
    masterUid: null,
    leaseRemainingMs: null,
    leaseWaitMs: 0,
    mode: "plain",
    pid: 1,
    uptimeMs: 150,
    peers: [{ uid: "A", heardMs: 47, answers: null }, { uid: "C", heardMs: 148, answers: null }],
    troubles: [],
    requestId: answer?.requestId ?? "",
    node: "B",
  });
});

Deno.test("a node remembers the outcomes of its last 4096 requests, and never forgets one that is still open", () => {
  const cluster = settled();
  for (const uid of ["B", "C"]) cluster.crash(uid);
  const open = request(cluster, "A", "open");
  const answers = cluster.request("A", open);
  const late = { ...open, timeoutMs: 0 };
  const told = Array.from({ length: MAX_REMEMBERED }, (_, i) => {
    const asked = { ...late, requestId: `late ${i}`, update: { value: `${i}` } };
    const answers = cluster.request("A", asked);
    if (i % 512 === 511) cluster.run(1);
    return { asked, answers };
  });
  cluster.run(1);
  const last = told.at(-1)!;
  cluster.request("A", last.asked);
  assertEquals(last.answers.length, 2);
  cluster.request("A", open);
  cluster.run(10);
  for (const uid of ["B", "C"]) cluster.restart(uid);
  cluster.run(3000);
  assertEquals([answers.length, outcome(answers)], [1, "chosen 0"]);
  assertEquals([...cluster.chain.values()], ["open"]);
});

Deno.test("a composition without a strategy for linearizable reads refuses them, and says what to ask for instead", () => {
  class Writer extends Clients(Resolution(Synchronization(Introduction(ReplicatedValue)))) {}
  const cluster = settled({ nodeClass: Writer });
  const [answer] = cluster.get("A");
  assert(answer?.result === "refused");
  assertStringIncludes(answer.reason, "ask for its local value");
  const answers = cluster.propose("A", "x");
  cluster.run(50);
  assertEquals(outcome(answers), "chosen 0");
});

Deno.test("what a quorum keeps is answered without a save: the votes of the others are saved, and so was its own", () => {
  const cluster = settled({ saveMs: 20 });
  const answers = cluster.propose("A", "x");
  assert(cluster.runUntil(() => answers.length > 0, 500));
  const at = (text: string) => cluster.trace.findIndex((line) => line.includes(text));
  const answered = at("A answers chosen 0");
  assert(at("A saves @0, promised 1.A, accepted 1.A x") < answered && at("A -> B accepted 1.A @0") < answered);
  assertEquals(at("A saves @1"), -1);
});

Deno.test("an answer waits for the save of its own node's vote, for that may be one of the quorum", () => {
  const cluster = settled();
  const node = plainNode(cluster, "A");
  const session = openSession(cluster, "A");
  const update = tagged(session, 1, "x");
  const proposalId = { number: 9, uid: "B" };
  const value = encodeLink([update]);
  node.takeEffects();
  // A's own vote and B's are the quorum, and A gives its vote in the same burst.
  const request = { ...requestFor(cluster, update), requestId: "r" };
  node.step({ kind: "request", from: "client", request });
  node.step({ kind: "message", fromUid: "B", message: { type: "accept", instanceNumber: 0, proposalId, value } });
  node.step({ kind: "message", fromUid: "B", message: { type: "accepted", instanceNumber: 0, proposalId, value } });
  const answer = node.takeEffects().find((effect) => effect.kind === "respond");
  assert(answer?.kind === "respond" && answer.response.result === "proposed" && answer.beforeSave === undefined);
  node.step({ kind: "request", from: "client", request: { ...request, requestId: "again" } });
  const again = node.takeEffects().find((effect) => effect.kind === "respond");
  assert(again?.kind === "respond" && again.beforeSave === true, "nothing was voted since");
});

Deno.test("beside a node of the ancestor, which could not hand the sessions back, nothing is answered before what the node knows is saved", () => {
  const { cluster } = settledMixed({}, ["C"]);
  const answers = cluster.propose("A", "x");
  cluster.run(200);
  assertEquals(outcome(answers), "chosen 0");
  const at = (text: string) => cluster.trace.findIndex((line) => line.includes(text));
  const saved = at("A saves @1");
  assert(saved >= 0 && saved < at("A answers chosen 0"));
});

Deno.test("raw proposals over the limit or beyond the queue are dropped, and counted", () => {
  const cluster = settled();
  cluster.proposeRaw("A", "x".repeat(60_000));
  assert(cluster.trace.at(-1)!.endsWith("A ignores a value over the limit"));
  for (const uid of ["B", "C"]) cluster.crash(uid);
  for (let i = 0; i < MAX_PROPOSALS; i++) cluster.proposeRaw("A", `v${i}`);
  assert(!cluster.trace.some((line) => line.includes("too many")));
  cluster.proposeRaw("A", "one too many");
  assert(cluster.trace.at(-1)!.endsWith("A ignores too many proposals wait"));
});
