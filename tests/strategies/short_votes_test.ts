import { PlainNode } from "../../src/node.ts";
import type { PeerMessage } from "../../src/replica/messages.ts";
import { DEFAULT_SETTINGS } from "../../src/replica/ports.ts";
import { SYNC_PAUSE_MS } from "../../src/strategies/synchronization.ts";
import { assert, assertEquals } from "../assert.ts";
import { outcome, settled } from "../support/scenes.ts";
import type { VirtualCluster } from "../support/virtual_cluster.ts";

const ID = { number: 1, uid: "B" };

const accept = (instanceNumber: number, value: string): PeerMessage => ({
  type: "accept",
  instanceNumber,
  proposalId: ID,
  value,
});

const vote = (instanceNumber: number): PeerMessage => ({
  type: "accepted",
  instanceNumber,
  proposalId: ID,
  value: null,
});

/** A of A to E, which knows its peers; it is told what they say. */
function alone() {
  const nodes = ["A", "B", "C", "D", "E"];
  const env = { now: () => 0, random: () => 0.5 };
  const node = new PlainNode({ uid: "A", nodes, settings: DEFAULT_SETTINGS, pid: 1, env });
  node.step({ kind: "start" });
  const tell = (fromUid: string, message: PeerMessage) => node.step({ kind: "message", fromUid, message });
  for (const uid of node.peers) {
    tell(uid, { type: "hello", answer: true, life: uid, fresh: true, ...node.configuration });
  }
  const said = () =>
    node.takeEffects().flatMap((effect) => effect.kind === "send" ? [[effect.toUid, effect.message] as const] : []);
  said();
  return { node, tell, said };
}

Deno.test("a vote for a peer of our kind leaves the value out, and one for a peer that is not known yet has it", () => {
  const { tell, said } = alone();
  tell("B", accept(0, "x"));
  assertEquals(said(), ["B", "C", "D", "E"].map((uid) => [uid, vote(0)] as const));
  const stranger = new PlainNode({
    uid: "A",
    nodes: ["A", "B"],
    settings: DEFAULT_SETTINGS,
    pid: 1,
    env: { now: () => 0, random: () => 0.5 },
  });
  stranger.step({ kind: "message", fromUid: "B", message: accept(0, "x") });
  const [effect] = stranger.takeEffects();
  assertEquals(effect, {
    kind: "send",
    toUid: "B",
    message: { type: "accepted", instanceNumber: 0, proposalId: ID, value: "x" },
  });
});

Deno.test("votes that come before the accept wait for it, and count for its value", () => {
  const { node, tell } = alone();
  for (const uid of ["B", "C"]) tell(uid, vote(0));
  assertEquals([node.instanceNumber, node.paxos.learner.tallies.size], [0, 0]);
  tell("B", accept(0, "x"));
  assertEquals([node.instanceNumber, node.register.value], [1, "x"]);
});

Deno.test("a vote counts for the value of its own ID, whatever else was proposed meanwhile", () => {
  const { node, tell } = alone();
  tell("B", accept(0, "x"));
  tell("C", { type: "accept", instanceNumber: 0, proposalId: { number: 2, uid: "C" }, value: "y" });
  for (const uid of ["B", "D", "E"]) tell(uid, vote(0));
  assertEquals([node.instanceNumber, node.register.value], [0, null], "A knows what stands under 2.C now");
  tell("B", accept(0, "x"));
  assertEquals([node.instanceNumber, node.register.value], [1, "x"]);
});

Deno.test("a vote that waits is void with its link: the same ID may stand for another value in the next one", () => {
  const { node, tell } = alone();
  for (const uid of ["B", "C", "D"]) tell(uid, vote(0));
  // Of the three that wait two make up a quorum with A's own; the third must not be counted for the link after it.
  tell("B", accept(0, "x"));
  assertEquals(node.instanceNumber, 1);
  tell("B", accept(1, "y"));
  assertEquals([...node.paxos.learner.acceptedBy(ID)], ["A"]);
  tell("E", vote(1));
  assertEquals(node.instanceNumber, 1);
  tell("D", vote(1));
  assertEquals([node.instanceNumber, node.register.value], [2, "y"]);
});

Deno.test("an accept under another node's ID tells nothing about its votes", () => {
  const { node, tell } = alone();
  for (const uid of ["C", "D"]) tell(uid, vote(0));
  tell("C", accept(0, "forged"));
  assertEquals([node.instanceNumber, node.paxos.learner.tallies.size], [0, 0]);
});

Deno.test("a node that has lost the accept of a link that is chosen asks soon, and is told", () => {
  const cluster: VirtualCluster = settled();
  cluster.onSend = (_from, to, message) => to === "C" && message?.type === "accept" ? [] : [1];
  const answers = cluster.propose("A", "x");
  cluster.run(5);
  assertEquals([outcome(answers), cluster.node("C").instanceNumber], ["chosen 0", 0]);
  assert(cluster.runUntil(() => cluster.node("C").instanceNumber === 1, SYNC_PAUSE_MS + 5));
  assertEquals(cluster.node("C").register.value, "x");
});

Deno.test("it asks again where the answer is lost, and no more once it knows", () => {
  const cluster = settled();
  let isLost = true;
  cluster.onSend = (_from, to, message) =>
    to === "C" && (message?.type === "accept" || (isLost && message?.type === "snapshot")) ? [] : [1];
  cluster.propose("A", "x");
  cluster.run(3 * SYNC_PAUSE_MS);
  assertEquals(cluster.node("C").instanceNumber, 0);
  isLost = false;
  assert(cluster.runUntil(() => cluster.node("C").instanceNumber === 1, 2 * SYNC_PAUSE_MS));
  cluster.run(SYNC_PAUSE_MS);
  const before = cluster.sends;
  cluster.run(10 * SYNC_PAUSE_MS);
  assertEquals(cluster.sends, before);
});
