import { compareProposalIds, formatProposalId, sameProposalId } from "../../src/paxos/proposal_id.ts";
import { assert, assertEquals, assertNotEquals } from "../assert.ts";
import { id } from "./ids.ts";

Deno.test("proposal IDs are ordered by number first, then by uid, and null is below all", () => {
  const ascending = [null, id("0.A"), id("1.A"), id("1.B"), id("2.A"), id("9.B"), id("10.A"), id("10.AA"), id("10.B")];
  for (const [i, a] of ascending.entries()) {
    for (const [j, b] of ascending.entries()) {
      assertEquals(
        Math.sign(compareProposalIds(a, b)),
        Math.sign(i - j),
        `${formatProposalId(a)} ${formatProposalId(b)}`,
      );
      assertEquals(sameProposalId(a, b), i === j);
    }
  }
});

Deno.test("10.A is above 9.B, which a comparison as text gets wrong", () => {
  assert(compareProposalIds(id("10.A"), id("9.B")) > 0);
  assert(!(String([10, "A"]) > String([9, "B"])));
});

Deno.test("no two proposal IDs share a text", () => {
  assertEquals(formatProposalId(id("5.B")), "5.B");
  assertEquals(formatProposalId(null), "none");
  assertNotEquals(formatProposalId({ number: 1, uid: "1.A" }), formatProposalId({ number: 11, uid: "A" }));
  assertNotEquals(formatProposalId({ number: 1, uid: ".A" }), formatProposalId({ number: 1, uid: "A" }));
});
