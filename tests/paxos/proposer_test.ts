import { MAX_PROPOSAL_NUMBER } from "../../src/paxos/proposal_id.ts";
import { Proposer } from "../../src/paxos/proposer.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { accept, copy, id, nack, prepare, promise } from "./ids.ts";

/** Node A, of three, that has asked for promises under 1.A. */
function preparing(wish: string | null = "mine"): Proposer {
  const proposer = new Proposer("A", 2);
  if (wish !== null) proposer.propose(wish);
  assertEquals(proposer.prepare(), prepare("1.A"));
  return proposer;
}

Deno.test("a proposer proposes its own wish when a quorum has promised and reports nothing", () => {
  const proposer = preparing();
  assertEquals(proposer.receivePromise("A", promise("1.A")), null);
  assertEquals(proposer.receivePromise("B", promise("1.A")), accept("1.A", "mine"));
  assert(proposer.leading && proposer.free);
});

Deno.test("a proposer adopts the one value that a quorum reports", () => {
  const proposer = preparing();
  proposer.receivePromise("A", promise("1.A"));
  assertEquals(proposer.receivePromise("B", promise("1.A", "0.C", "theirs")), accept("1.A", "theirs"));
  assert(!proposer.free, "the value is not its own");
});

Deno.test("a proposer adopts the value reported under the highest ID, in whichever order the promises come", () => {
  const reports = [promise("9.A", "3.C", "low"), promise("9.A", "5.B", "high"), promise("9.A")];
  for (const order of [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]) {
    const proposer = new Proposer("A", 3);
    proposer.observe(id("8.B"));
    proposer.propose("mine");
    proposer.prepare();
    const answers = order.map((from) => proposer.receivePromise("ABC"[from]!, reports[from]!));
    assertEquals(answers, [null, null, accept("9.A", "high")]);
  }
});

Deno.test("the uid decides between two reports of the same number", () => {
  const proposer = preparing();
  proposer.receivePromise("B", promise("1.A", "0.B", "of B"));
  assertEquals(proposer.receivePromise("C", promise("1.A", "0.C", "of C")), accept("1.A", "of C"));
});

Deno.test("a promise counts for its own ID only (S8)", () => {
  const proposer = preparing();
  assertEquals(proposer.prepare(), prepare("2.A"));
  proposer.receivePromise("A", promise("2.A"));
  assertEquals(proposer.receivePromise("B", promise("1.A")), null);
  assertEquals(proposer.receivePromise("B", promise("2.B")), null);
  assertEquals(proposer.leading, false);
});

Deno.test("a promise counts once for each acceptor (S8)", () => {
  const proposer = preparing();
  for (let i = 0; i < 5; i++) assertEquals(proposer.receivePromise("B", promise("1.A")), null);
});

Deno.test("promises for an earlier ID are forgotten with it", () => {
  const proposer = preparing();
  proposer.receivePromise("B", promise("1.A", "0.C", "old"));
  proposer.prepare();
  proposer.receivePromise("A", promise("2.A"));
  assertEquals(proposer.receivePromise("C", promise("2.A")), accept("2.A", "mine"));
});

Deno.test("an accept is made once for an ID: neither a late promise nor another wish changes the value (S3)", () => {
  const proposer = preparing();
  proposer.receivePromise("A", promise("1.A"));
  proposer.receivePromise("B", promise("1.A"));
  assertEquals(proposer.receivePromise("C", promise("1.A", "0.C", "late")), null);
  assertEquals(proposer.propose("another wish"), null);
  assertEquals(proposer.withdraw(), false, "what an accept carries cannot be taken back");
  assertEquals(proposer.accept, accept("1.A", "mine"));
  assertEquals(proposer.proposedValue, "mine");
});

Deno.test("a proposer that leads with nothing to propose sends its accept when a value comes", () => {
  const proposer = preparing(null);
  proposer.receivePromise("A", promise("1.A"));
  assertEquals(proposer.receivePromise("B", promise("1.A")), null);
  assertEquals(proposer.propose("mine"), accept("1.A", "mine"));
});

Deno.test("a wish that no accept carries can be taken back, and another one named", () => {
  const proposer = preparing();
  assertEquals(proposer.withdraw(), true);
  proposer.propose("second");
  proposer.receivePromise("A", promise("1.A"));
  assertEquals(proposer.receivePromise("C", promise("1.A")), accept("1.A", "second"));
});

Deno.test("a new ID is above every number that the proposer has seen, in a refusal too", () => {
  const proposer = preparing();
  assertEquals(proposer.receiveNack(nack("1.A", "7.C")), true);
  assertEquals(proposer.prepare(), prepare("8.A"));
  proposer.observe(id("3.B"));
  proposer.observe(null);
  assertEquals(proposer.prepare(), prepare("9.A"));
});

Deno.test("a refusal of an earlier ID says nothing about the present one", () => {
  const proposer = preparing();
  proposer.prepare();
  assertEquals(proposer.receiveNack(nack("1.A", "1.C")), false);
});

Deno.test("a proposer that has seen the highest number there is prepares no more", () => {
  const proposer = new Proposer("A", 2);
  proposer.observe({ number: MAX_PROPOSAL_NUMBER - 1, uid: "B" });
  assertEquals(proposer.exhausted, false);
  assertEquals(proposer.prepare().proposalId.number, MAX_PROPOSAL_NUMBER);
  assertEquals(proposer.exhausted, true);
  assertThrows(() => proposer.prepare(), RangeError, "4503599627370496");
});

Deno.test("a proposer that is restored from what it saved goes on as before", () => {
  const before = preparing();
  before.observe(id("6.C"));
  before.receivePromise("A", promise("1.A", "0.C", "theirs"));
  const after = new Proposer("A", 2);
  after.receivePromise("C", promise("1.A"));
  after.restore(copy(before.save()));
  assertEquals(after.save(), before.save());
  assertEquals(after.receivePromise("B", promise("1.A")), accept("1.A", "theirs"));
  const leading = new Proposer("A", 2);
  leading.restore(copy(after.save()));
  assertEquals(leading.accept, accept("1.A", "theirs"));
  assertEquals(leading.prepare(), prepare("7.A"));
});
