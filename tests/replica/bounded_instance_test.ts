import { BoundedLearner, MAX_VOTES } from "../../src/replica/bounded_instance.ts";
import { assertEquals } from "../assert.ts";
import { accepted, id } from "../paxos/ids.ts";

Deno.test("of an acceptor's votes those under its highest IDs are remembered, in whatever order they came", () => {
  const learner = new BoundedLearner(2);
  learner.receiveAccepted("A", accepted("3.A", "x"));
  for (let number = 10_000; number > 0; number--) learner.receiveAccepted("C", accepted(`${number}.C`, "y"));
  assertEquals(learner.tallies.size, 1 + MAX_VOTES);
  assertEquals(learner.acceptedBy(id(`${10_000 - MAX_VOTES}.C`)).size, 0);
  assertEquals([...learner.acceptedBy(id(`${10_001 - MAX_VOTES}.C`))], ["C"]);
  assertEquals(learner.receiveAccepted("B", accepted("3.A", "x"))?.value, "x", "what C sends costs A no vote");
});

Deno.test("an acceptor whose lower votes were forgotten decides by its latest", () => {
  const learner = new BoundedLearner(2);
  for (let number = 1; number <= 100; number++) learner.receiveAccepted("A", accepted(`${number}.A`, "x"));
  assertEquals(learner.receiveAccepted("B", accepted("1.A", "x")), null);
  assertEquals(learner.receiveAccepted("B", accepted("100.A", "x"))?.proposalId, id("100.A"));
});

Deno.test("a vote that is forgotten leaves those of others under the same ID", () => {
  const learner = new BoundedLearner(3);
  for (const uid of ["A", "B"]) learner.receiveAccepted(uid, accepted("1.A", "x"));
  for (let number = 2; number <= 1 + MAX_VOTES; number++) learner.receiveAccepted("A", accepted(`${number}.A`, "x"));
  assertEquals([...learner.acceptedBy(id("1.A"))], ["B"]);
});
