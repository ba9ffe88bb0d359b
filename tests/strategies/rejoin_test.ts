// A node that has lost its state comes back without breaking a promise that it does not remember.
import { ALL_LINKS, decodeState, encodeState, LOST_STATE } from "../../src/replica/node_state.ts";
import type { PeerMessage } from "../../src/replica/messages.ts";
import type { ClientResponse } from "../../src/replica/requests.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { VirtualCluster } from "../support/virtual_cluster.ts";

const VOTES: readonly PeerMessage["type"][] = ["prepare", "promise", "accept", "accepted", "nack", "read_answer"];

/** A cluster in which three links are chosen, and then node B loses its disk. */
function clusterWithoutB(): VirtualCluster {
  const cluster = new VirtualCluster();
  cluster.run(300);
  for (const value of ["x", "y", "z"]) assert(isChosen(cluster, "B", value));
  loseDisk(cluster, "B");
  return cluster;
}

/** What `serve --rejoin` does before it starts. */
function loseDisk(cluster: VirtualCluster, uid: string): void {
  if (cluster.isUp(uid)) cluster.crash(uid);
  cluster.disk.set(uid, encodeState(LOST_STATE, { uid, nodes: cluster.nodes }));
}

function abstainsThrough(cluster: VirtualCluster, uid: string): number | undefined {
  return cluster.node(uid).save().abstainsThrough;
}

/** Whether the value is chosen within two seconds. */
function isChosen(cluster: VirtualCluster, uid: string, value: string): boolean {
  const answers = cluster.propose(uid, value, 2000);
  cluster.runUntil(() => answers.length > 0, 2500);
  const [answer] = answers;
  return answer?.result === "proposed" && answer.outcome === "chosen";
}

/** The votes that the node gives from now on. */
function votesOf(cluster: VirtualCluster, uid: string): string[] {
  const votes: string[] = [];
  cluster.watchers.push((from, message) => {
    if (from === uid && message !== null && VOTES.includes(message.type)) votes.push(message.type);
  });
  return votes;
}

Deno.test("a node without its state votes for nothing until all others have answered", () => {
  const cluster = clusterWithoutB();
  cluster.crash("C");
  const votes = votesOf(cluster, "B");
  cluster.restart("B");
  assert(!isChosen(cluster, "A", "alone"), "A has no quorum");
  assertEquals([abstainsThrough(cluster, "B"), votes], [ALL_LINKS, []]);
  assertEquals(cluster.node("B").instanceNumber, 3, "it learns meanwhile");
  cluster.restart("C");
  cluster.runUntil(() => abstainsThrough(cluster, "B") !== ALL_LINKS, 1000);
  assert(abstainsThrough(cluster, "B")! < ALL_LINKS);
});

Deno.test("it takes the highest promise over, abstains through the link after the highest, and then votes", () => {
  const cluster = clusterWithoutB();
  const votes = votesOf(cluster, "B");
  cluster.restart("B");
  cluster.run(500);
  assertEquals(abstainsThrough(cluster, "B"), 4);
  const promised = ["A", "B", "C"].map((uid) => cluster.node(uid).paxos.acceptor.promisedId!.number);
  assertEquals(promised[1], Math.max(...promised));
  assert(isChosen(cluster, "A", "link 3") && isChosen(cluster, "C", "link 4"));
  assertEquals(votes, []);
  cluster.run(500);
  assertEquals(abstainsThrough(cluster, "B"), undefined);
  cluster.crash("C");
  assert(isChosen(cluster, "A", "link 5"), "B votes");
  assert(votes.includes("promise") && votes.includes("accepted"));
});

Deno.test("what it knows of its loss survives a crash at any time", () => {
  const cluster = clusterWithoutB();
  cluster.cut("B", "C");
  cluster.restart("B");
  cluster.run(300);
  cluster.crash("B");
  cluster.restart("B");
  cluster.run(300);
  assertEquals(abstainsThrough(cluster, "B"), ALL_LINKS);
  cluster.heal();
  cluster.run(300);
  // It tells others where it stands, and so has saved.
  cluster.run(2000);
  cluster.crash("B");
  cluster.restart("B");
  assertEquals(abstainsThrough(cluster, "B"), 4);
});

Deno.test("an answer to an earlier life does not count", () => {
  let answers = 0;
  const cluster = clusterWithoutB();
  cluster.onSend = (_from, _to, message) => {
    if (message?.type !== "rejoin_answer") return [1];
    // C's answers arrive in the next life.
    answers++;
    return [500];
  };
  cluster.restart("B");
  cluster.run(150);
  cluster.crash("B");
  cluster.onSend = (_from, _to, message) => message?.type === "rejoin_request" ? [] : [1];
  cluster.restart("B");
  cluster.run(1500);
  assert(answers >= 2);
  assertEquals(abstainsThrough(cluster, "B"), ALL_LINKS);
});

Deno.test("two nodes that have lost their states answer neither each other nor anybody's votes", () => {
  const cluster = clusterWithoutB();
  loseDisk(cluster, "C");
  const votes = [votesOf(cluster, "B"), votesOf(cluster, "C")];
  for (const uid of ["B", "C"]) cluster.restart(uid);
  assert(!isChosen(cluster, "A", "lost"));
  assertEquals(["B", "C"].map((uid) => abstainsThrough(cluster, uid)), [ALL_LINKS, ALL_LINKS]);
  assertEquals(votes, [[], []]);
});

Deno.test("clients are sent to other nodes, and status says why", () => {
  const cluster = clusterWithoutB();
  cluster.crash("C");
  cluster.restart("B");
  cluster.run(300);
  const answer = (answers: readonly ClientResponse[]): ClientResponse => {
    cluster.run(100);
    return answers[0]!;
  };
  const read = answer(cluster.get("B"));
  assert(read.result === "refused");
  assertMatch(read.reason, /^node B has lost its state and rejoins: .* answered, C among them: ask another node$/);
  const request = { operation: "status", requestId: cluster.newRequestId(), reach: false } as const;
  const status = answer(cluster.request("B", request));
  assert(status.result === "status");
  assertEquals(status.troubles.map(({ kind, about }) => [kind, about]), [["rejoining", "B"]]);
});

Deno.test("a state that abstains is read back as it was written, and one that has accepted something is none", () => {
  const owner = { uid: "B", nodes: ["A", "B", "C"] };
  const state = { ...LOST_STATE, abstainsThrough: 7 };
  assertEquals(decodeState(encodeState(state, owner), owner), state);
  const id = { number: 1, uid: "A" };
  const impossible = { ...state, acceptor: { promisedId: id, acceptedId: id, acceptedValue: "x" } };
  let message = "";
  try {
    encodeState(impossible, owner);
  } catch (error) {
    message = String(error);
  }
  assertMatch(message, /it abstains, and has accepted something/);
});
