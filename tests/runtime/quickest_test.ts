import type { ChainMessage } from "../../src/replica/messages.ts";
import { Quickest } from "../../src/runtime/quickest.ts";
import { assertEquals } from "../assert.ts";

const PEERS = ["B", "C", "D", "E"];

function accept(instanceNumber: number): ChainMessage {
  return { type: "accept", instanceNumber, proposalId: { number: 1, uid: "A" }, value: "x" };
}

function quickest(quickest: Quickest): string[] {
  return PEERS.filter((uid) => quickest.includes(uid));
}

Deno.test("until a quorum has voted all peers are asked at once, and then those of it", () => {
  const five = new Quickest(2);
  assertEquals(quickest(five), PEERS);
  five.asks(accept(0));
  five.voted("D", 0);
  five.voted("D", 0);
  assertEquals(quickest(five), PEERS);
  five.voted("B", 0);
  five.voted("C", 0);
  assertEquals(quickest(five), ["B", "D"]);
});

Deno.test("a vote for an earlier link is no quick one, and an accept that is sent again begins nothing anew", () => {
  const three = new Quickest(1);
  three.asks(accept(4));
  three.voted("B", 4);
  three.asks(accept(5));
  three.voted("C", 4);
  assertEquals(quickest(three), ["B"]);
  three.voted("B", 5);
  three.asks(accept(5));
  three.voted("C", 5);
  assertEquals(quickest(three), ["B"]);
});

Deno.test("a peer that does not vote any more is replaced by one that does", () => {
  const three = new Quickest(1);
  three.asks(accept(0));
  three.voted("B", 0);
  three.asks(accept(1));
  three.voted("C", 1);
  assertEquals(quickest(three), ["C"]);
});
