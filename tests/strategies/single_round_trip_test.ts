// The master prepares once, for all links that follow.
import { StableProposer } from "../../src/strategies/stable_proposer.ts";
import { assert, assertEquals } from "../assert.ts";
import { lose, masterNode, mastersOf, paxosSent, proposalsSent, WINDOW_MS, withMaster } from "../support/masters.ts";
import { outcome } from "../support/scenes.ts";
import { watchRules } from "../support/rules.ts";

/** A proposer that leads an instance of three nodes, and has sent what it wanted to. */
function leader(): StableProposer {
  const proposer = new StableProposer("A", 2);
  const { proposalId } = proposer.prepare();
  for (const uid of ["A", "B"]) {
    proposer.receivePromise(uid, { type: "promise", proposalId, lastAcceptedId: null, lastAcceptedValue: null });
  }
  proposer.propose("x");
  return proposer;
}

Deno.test("a proposer goes on under the ID that a quorum has promised in an earlier instance (S4)", () => {
  const next = new StableProposer("A", 2);
  next.continueFrom(leader());
  assert(next.leading && next.free);
  assertEquals(next.propose("y"), { type: "accept", proposalId: { number: 1, uid: "A" }, value: "y" });
});

Deno.test("a proposer that no quorum has promised has nothing to go on with (S4)", () => {
  const [before, next] = [new StableProposer("A", 2), new StableProposer("A", 2)];
  before.prepare();
  next.continueFrom(before);
  assertEquals([next.leading, next.propose("y")], [false, null]);
});

Deno.test("once a higher ID was seen a proposer goes on no more, and prepares above it (S4, L9)", () => {
  const higher = { number: 1, uid: "B" };
  const before = leader();
  before.observe(higher);
  const next = new StableProposer("A", 2);
  next.continueFrom(before);
  assertEquals([next.leading, next.propose("y")], [false, null], "seen before the instance began");
  const later = new StableProposer("A", 2);
  later.continueFrom(leader());
  later.observe(higher);
  assertEquals([later.leading, later.propose("y")], [false, null], "seen in it");
  assertEquals(later.prepare().proposalId, { number: 2, uid: "A" });
});

Deno.test("a proposer whose promises are of its own instance is not stopped by a higher ID: its acceptors will refuse (S4)", () => {
  const proposer = new StableProposer("A", 2);
  const { proposalId } = proposer.prepare();
  const promise = { type: "promise", proposalId, lastAcceptedId: null, lastAcceptedValue: null } as const;
  proposer.propose("x");
  proposer.receivePromise("A", promise);
  proposer.observe({ number: 5, uid: "B" });
  assertEquals(proposer.receivePromise("B", promise)?.value, "x");
});

Deno.test("whether a proposer has gone on, and was overtaken, is saved with the rest", () => {
  const proposer = new StableProposer("A", 2);
  proposer.continueFrom(leader());
  proposer.observe({ number: 2, uid: "C" });
  const { continued, overtaken, proposalId } = proposer.save();
  assertEquals([continued, overtaken, proposalId], [true, true, { number: 1, uid: "A" }]);
  const copy = new StableProposer("A", 2);
  copy.restore(proposer.save());
  assertEquals([copy.save(), copy.leading], [proposer.save(), false]);
});

Deno.test("in steady state a link of the master takes accepts and the accepted messages, and not one prepare (S4)", () => {
  const { cluster, master } = withMaster();
  const sent = paxosSent(cluster);
  const answers = Array.from({ length: 20 }, (_, i) => {
    const answer = cluster.propose(master, `v${i}`);
    cluster.run(10);
    return answer;
  });
  assertEquals(answers.map(outcome), answers.map((_, i) => `chosen ${i + 1}`));
  const kinds = sent.map((line) => line.split(" ")[3]);
  assertEquals([...new Set(kinds)].sort(), ["accept", "accepted"]);
  // To two others: one accept of the master, and one vote of each of the three.
  assertEquals(kinds.filter((kind) => kind === "accept").length, 20 * 2);
  assertEquals(kinds.filter((kind) => kind === "accepted").length, 20 * 6);
});

Deno.test("a link of the master is chosen after one round trip", () => {
  const { cluster, master } = withMaster({ latencyMs: 10 });
  // The election may have seen a second candidate, and then the first link after it is prepared.
  cluster.propose(master, "first");
  cluster.run(100);
  const answers = cluster.propose(master, "x");
  cluster.run(19);
  assertEquals(outcome(answers), "no answer");
  cluster.run(1.5);
  assertEquals(outcome(answers), "chosen 2");
});

Deno.test("a minute of values and renewals in a calm: one ID for all links, and the rules hold (S1, S3, S4)", () => {
  const { cluster, master } = withMaster();
  const breaches = watchRules(cluster);
  const prepares = proposalsSent(cluster, "prepare");
  for (let i = 0; i < 600; i++) {
    cluster.propose(master, `v${i}`);
    cluster.run(100);
  }
  assertEquals([prepares, breaches, mastersOf(cluster)], [[], [], [master]]);
  assert(cluster.chain.size > 600 + 60_000 / WINDOW_MS);
});

Deno.test("after a higher ID is seen the master prepares above it before its next link, and then goes on as before (S4, L9)", () => {
  const { cluster, master, others: [other] } = withMaster();
  const node = cluster.node(master);
  const { instanceNumber, paxos: { proposer: { proposalId } } } = node;
  // A refusal: somebody has promised to another node.
  const promisedId = { number: 7, uid: other! };
  const message = { type: "nack", instanceNumber, proposalId: proposalId!, promisedId } as const;
  node.step({ kind: "message", fromUid: other!, message });
  const prepares = proposalsSent(cluster, "prepare");
  const accepts = proposalsSent(cluster, "accept");
  const answers = ["x", "y"].map((value) => {
    const answer = cluster.propose(master, value);
    cluster.run(20);
    return answer;
  });
  assertEquals(answers.map(outcome), ["chosen 1", "chosen 2"]);
  assertEquals(prepares, [`prepare 8.${master} @1`]);
  assertEquals(accepts, [`accept 8.${master} @1 [null,"x"]`, `accept 8.${master} @2 [null,"y"]`]);
});

Deno.test("an ID that only the master's own acceptor has promised ends its reign as well (S4)", () => {
  const { cluster, master } = withMaster();
  const { acceptor } = cluster.node(master).paxos;
  const [number, uid] = [acceptor.promisedId!.number + 5, cluster.nodes.find((uid) => uid !== master)!];
  acceptor.promisedId = { number, uid };
  // The link under way ends; the next one would go out under an ID that its own acceptor refuses.
  const first = cluster.propose(master, "x");
  cluster.run(2000);
  const accepts = proposalsSent(cluster, "accept");
  const second = cluster.propose(master, "y");
  cluster.run(20);
  assert(outcome(first).startsWith("chosen") && outcome(second).startsWith("chosen"));
  assert(accepts.length > 0 && accepts.every((text) => Number(/\d+/.exec(text)![0]) > number), accepts.join("\n"));
});

Deno.test("a master that was restarted has no ID to go on with: it prepares above its old one (S3, S4)", () => {
  const { cluster, master } = withMaster();
  cluster.propose(master, "x");
  cluster.run(20);
  cluster.crash(master);
  const prepares = proposalsSent(cluster, "prepare");
  const breaches = watchRules(cluster);
  cluster.restart(master);
  cluster.run(20_000);
  const answers = cluster.propose(mastersOf(cluster)[0]!, "y");
  cluster.run(50);
  assert(outcome(answers).startsWith("chosen"));
  assert(prepares.length >= 1 && !prepares.includes(`prepare 1.${master} @2`), prepares.join("\n"));
  assertEquals(breaches, []);
});

Deno.test("a promise of one that may not keep it over links is no reason to skip the prepare (S4)", () => {
  const { cluster, master } = withMaster();
  const node = masterNode(cluster, master);
  const [supporter] = [...node.paxos.proposer.promises.keys()].filter((uid) => uid !== master);
  assert(supporter !== undefined && node.keepsPromises(supporter) && node.keepsPromises(master));
  // From now on its hellos show another configuration.
  const hello = {
    type: "hello",
    answer: true,
    life: "l",
    fresh: false,
    ...node.configuration,
    leaseWindowMs: 1,
  } as const;
  node.step({ kind: "message", fromUid: supporter, message: hello });
  assertEquals(node.keepsPromises(supporter), false);
  const prepares = proposalsSent(cluster, "prepare");
  cluster.propose(master, "x");
  cluster.run(20);
  cluster.propose(master, "y");
  cluster.run(20);
  assertEquals(prepares.map((text) => text.split(" ")[2]), ["@2"], "link 1 had begun under the old promises");
});

Deno.test("accepts that were sent under the ID of an older link are refused where a higher one was promised, in any later link (S4)", () => {
  const { cluster, master, others } = withMaster();
  // All others have promised to one of them, at link 1, while the master heard nothing of it.
  for (const uid of others) cluster.node(uid).paxos.acceptor.promisedId = { number: 9, uid: others[0]! };
  lose(cluster, (_from, _to, message) => message.type === "nack");
  cluster.propose(master, "x");
  cluster.run(500);
  assertEquals(cluster.chain.get(1), undefined, "nothing is chosen below the promise");
  cluster.onSend = () => [1];
  cluster.run(3000);
  assertEquals(cluster.chain.get(1), '[null,"x"]', "and it is under a higher ID");
});
