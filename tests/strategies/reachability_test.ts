import type { PeerReport } from "../../src/replica/requests.ts";
import { PING_PAUSE_MS, REACH_MS } from "../../src/strategies/reachability.ts";
import { assert, assertEquals } from "../assert.ts";
import { plainNode, sentTo, settled } from "../support/scenes.ts";
import { type Answers, VirtualCluster } from "../support/virtual_cluster.ts";

/** Asks the node how it is, its peers first. */
function ask(cluster: VirtualCluster, uid: string): Answers {
  return cluster.request(uid, { operation: "status", requestId: cluster.newRequestId(), reach: true });
}

/** `B answers`, or `C silent for 500 ms`, of an answer. */
function told([answer]: Answers): string[] {
  if (answer?.result !== "status") return ["no answer"];
  const describe = ({ uid, heardMs, answers }: PeerReport): string => {
    if (answers) return `${uid} answers`;
    if (heardMs === null) return `${uid} was never heard`;
    return `${uid} ${heardMs <= REACH_MS ? "is heard" : "is silent"}${answers === null ? ", not asked" : ""}`;
  };
  return answer.peers.map(describe);
}

Deno.test("a node that is asked how it is asks its peers first, and answers as soon as they have", () => {
  const cluster = settled();
  const answers = ask(cluster, "A");
  assertEquals(answers, [], "not before they have");
  cluster.run(2);
  assertEquals(told(answers), ["B answers", "C answers"]);
  cluster.run(1000);
  assertEquals(answers.length, 1);
});

Deno.test("a cluster that nobody asks sends no pings", () => {
  const cluster = new VirtualCluster();
  const pings = cluster.nodes.map((uid) => sentTo(cluster, uid, "ping"));
  cluster.run(10_000);
  assertEquals(pings.flat(), []);
});

Deno.test("a peer that is down is asked again and again, and told to be silent in the end", () => {
  const cluster = settled();
  cluster.crash("C");
  cluster.run(1000);
  const pings = sentTo(cluster, "C", "ping");
  const answers = ask(cluster, "A");
  cluster.run(REACH_MS + PING_PAUSE_MS);
  assertEquals(told(answers), ["B answers", "C is silent"]);
  assertEquals(pings.length, REACH_MS / PING_PAUSE_MS);
  const late = pings.length;
  cluster.run(1000);
  assertEquals(pings.length, late, "once it is answered nobody is asked any more");
});

Deno.test("one way alone is broken: who is heard and does not answer is told from who is silent", () => {
  const cluster = settled();
  cluster.onSend = (from, to, message) => message !== null && from === "B" && to === "A" ? [] : [1];
  cluster.run(1000);
  const answers = ["A", "B", "C"].map((uid) => ask(cluster, uid));
  cluster.run(REACH_MS + PING_PAUSE_MS);
  assertEquals(answers.map(told), [
    ["B is silent", "C answers"],
    ["A is heard", "C answers"],
    ["A answers", "B answers"],
  ]);
});

Deno.test("lost datagrams are no reason to call a peer silent", () => {
  const cluster = settled();
  cluster.onSend = () => cluster.random() < 0.3 ? [] : [1];
  const answers = ask(cluster, "A");
  cluster.run(REACH_MS);
  assertEquals(told(answers), ["B answers", "C answers"]);
});

Deno.test("copies of a question are one question, and many questions at once share the pings", () => {
  const cluster = settled();
  const pings = sentTo(cluster, "B", "ping");
  const request = { operation: "status", requestId: "r", reach: true } as const;
  const answers = cluster.request("A", request);
  cluster.request("A", request);
  const others = Array.from({ length: 100 }, () => ask(cluster, "A"));
  cluster.run(10);
  assertEquals([answers.length, ...others.map(({ length }) => length)], Array(101).fill(1));
  assertEquals(pings.length, 1);
  assert(others.slice(0, 63).every((answer) => told(answer)[0] === "B answers"));
  assertEquals(told(others[63]!), ["B is heard, not asked", "C is heard, not asked"], "so many may wait");
});

Deno.test("a peer that has answered the question before, and has died since, does not answer this one, however soon it comes", () => {
  const cluster = settled();
  const before = ask(cluster, "A");
  cluster.run(3);
  assertEquals(told(before), ["B answers", "C answers"]);
  cluster.crash("C");
  const answers = ask(cluster, "A");
  cluster.run(REACH_MS + PING_PAUSE_MS);
  assertEquals(told(answers), ["B answers", "C is silent"]);
});

Deno.test("an answer to an earlier life is none to this one", () => {
  const cluster = settled();
  cluster.onSend = (_from, _to, message) => message?.type === "pong" ? [300] : [1];
  ask(cluster, "A");
  cluster.run(10);
  cluster.crash("A");
  cluster.restart("A");
  cluster.onSend = (from, _to, message) => message?.type === "pong" && from === "B" ? [] : [1];
  cluster.run(200);
  const answers = ask(cluster, "A");
  cluster.run(REACH_MS + PING_PAUSE_MS);
  assertEquals(told(answers), ["B is heard", "C answers"]);
});

Deno.test("who begins without its state, having lived before, is told of; who comes back with it is not", () => {
  const cluster = settled();
  cluster.propose("A", "x");
  cluster.run(100);
  const troubles = () => plainNode(cluster, "A").status().troubles.map(({ kind, about }) => `${kind} ${about}`);
  const restart = () => {
    cluster.crash("C");
    cluster.restart("C");
    cluster.run(100);
  };
  restart();
  assertEquals(troubles(), []);
  cluster.disk.delete("C");
  restart();
  assertEquals(troubles(), ["wiped_node C"]);
});
