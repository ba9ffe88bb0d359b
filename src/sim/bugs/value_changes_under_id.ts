import { PlainNode } from "../../node.ts";
import { decodeLink, encodeLink } from "../../replica/link.ts";
import type { Proposal } from "../../replica/proposals.ts";
import type { Bug } from "./bug.ts";

/** Adds an update that comes in late to the accept that is on its way already. */
class GrowingNode extends PlainNode {
  override proposeUpdate(proposal: Proposal): boolean {
    const { proposer } = this.paxos;
    if (proposer.accept !== null && proposer.free) {
      const updates = [...decodeLink(proposer.accept.value).updates, proposal.update];
      proposer.accept = { ...proposer.accept, value: encodeLink(updates) };
    }
    return super.proposeUpdate(proposal);
  }
}

/**
 * An accept is sent again with the same bytes: never two values under one ID.
 *
 * A's accept of x under 1.A reaches A and B, so x is chosen, but B's vote is lost. A client asks A for y, and A sends the accept again with x and
 * y: B and C accept that.
 */
export const valueChangesUnderId: Bug = {
  name: "value-changes-under-id",
  rule: "an accept is sent again with the same bytes: never two values under one ID",
  ruleRef: "S3",
  source: "the search for the protocol's rules",
  subject: { nodeClass: GrowingNode, tolerates: ["proposals", "exactly-once"] },
  kinds: ["agreement"],
};
