import { Learner } from "../../src/paxos/learner.ts";
import { assertEquals } from "../assert.ts";
import { accepted, copy, id } from "./ids.ts";

Deno.test("a learner announces a value once, when a quorum has accepted it under one ID", () => {
  const learner = new Learner(2);
  assertEquals(learner.receiveAccepted("A", accepted("1.A", "x")), null);
  assertEquals(learner.receiveAccepted("B", accepted("1.A", "x")), { proposalId: id("1.A"), value: "x" });
  assertEquals(learner.receiveAccepted("C", accepted("1.A", "x")), null);
  assertEquals(learner.chosen, { proposalId: id("1.A"), value: "x" });
});

Deno.test("a learner counts each acceptor once, however often it says so (S8)", () => {
  const learner = new Learner(2);
  for (let i = 0; i < 5; i++) assertEquals(learner.receiveAccepted("A", accepted("1.A", "x")), null);
  assertEquals([...learner.acceptedBy(id("1.A"))], ["A"]);
});

Deno.test("a learner never adds up votes for different IDs, not even for the same value (S8)", () => {
  const learner = new Learner(2);
  assertEquals(learner.receiveAccepted("A", accepted("1.A", "x")), null);
  assertEquals(learner.receiveAccepted("B", accepted("2.B", "x")), null);
  assertEquals(learner.receiveAccepted("C", accepted("1.C", "x")), null);
  assertEquals(learner.receiveAccepted("C", accepted("2.B", "x")), { proposalId: id("2.B"), value: "x" });
});

Deno.test("an acceptor that voted under a higher ID still counts under the lower one", () => {
  const learner = new Learner(2);
  learner.receiveAccepted("A", accepted("1.A", "x"));
  learner.receiveAccepted("A", accepted("2.B", "x"));
  assertEquals(learner.receiveAccepted("B", accepted("1.A", "x"))?.value, "x");
});

Deno.test("a second value under one ID is not counted for the first", () => {
  const learner = new Learner(2);
  learner.receiveAccepted("A", accepted("1.A", "x"));
  assertEquals(learner.receiveAccepted("B", accepted("1.A", "y")), null);
  assertEquals(learner.receiveAccepted("C", accepted("1.A", "x"))?.value, "x");
});

Deno.test("nobody has accepted an ID that was never heard of", () => {
  assertEquals([...new Learner(2).acceptedBy(id("7.A"))], []);
});

Deno.test("a learner that is restored from what it saved knows the same votes and the same decision", () => {
  const before = new Learner(2);
  before.receiveAccepted("A", accepted("1.A", "x"));
  before.receiveAccepted("B", accepted("2.B", "y"));
  const after = new Learner(2);
  after.receiveAccepted("C", accepted("9.C", "to be forgotten"));
  after.restore(copy(before.save()));
  assertEquals(after.save(), before.save());
  assertEquals(after.receiveAccepted("B", accepted("9.C", "to be forgotten")), null);
  assertEquals(after.receiveAccepted("C", accepted("2.B", "y")), { proposalId: id("2.B"), value: "y" });
  const later = new Learner(2);
  later.restore(copy(after.save()));
  assertEquals(later.chosen, after.chosen);
});
