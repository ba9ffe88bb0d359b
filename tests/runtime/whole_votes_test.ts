import type { ChainMessage } from "../../src/replica/messages.ts";
import { WholeVotes } from "../../src/runtime/whole_votes.ts";
import { assertEquals } from "../assert.ts";

type Vote = ChainMessage & { readonly type: "accepted" };

function vote(value: string | null, instanceNumber = 4, number = 3): Vote {
  return { type: "accepted", instanceNumber, proposalId: { number, uid: "A" }, value } as Vote;
}

Deno.test("a vote without the value gets it from the proposer's own, whichever comes first", () => {
  const before = new WholeVotes();
  assertEquals(before.take("A", vote("x")), [["A", vote("x")]]);
  assertEquals(before.take("B", vote(null)), [["B", vote("x")]]);
  const after = new WholeVotes();
  assertEquals(after.take("B", vote(null)), [["B", vote(null)]]);
  assertEquals(after.take("C", vote(null)), [["C", vote(null)]]);
  assertEquals(after.take("A", vote("x")), [["A", vote("x")], ["B", vote("x")], ["C", vote("x")]]);
  assertEquals(after.take("A", vote("x")), [["A", vote("x")]]);
});

Deno.test("the same ID in another instance, and another ID, stand for other values", () => {
  const votes = new WholeVotes();
  votes.take("A", vote("x"));
  assertEquals(votes.take("B", vote(null, 5)), [["B", vote(null, 5)]]);
  assertEquals(votes.take("C", vote(null, 5, 4)), [["C", vote(null, 5, 4)]]);
  assertEquals(votes.take("A", vote("y", 5)), [["A", vote("y", 5)]], "the last one that lacks its value is waited for");
});

Deno.test("only the proposer knows for sure what it has proposed: others' votes make none whole", () => {
  const votes = new WholeVotes();
  assertEquals(votes.take("B", vote("z")), [["B", vote("z")]]);
  assertEquals(votes.take("C", vote(null)), [["C", vote(null)]]);
});
