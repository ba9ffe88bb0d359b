import { PlainNode } from "../../node.ts";
import type { Proposal } from "../../replica/proposals.ts";
import type { Bug } from "./bug.ts";

/** Takes one value at a time and loses the others. */
class BusyNode extends PlainNode {
  override proposeUpdate(proposal: Proposal): boolean {
    return this.proposals.waiting || super.proposeUpdate(proposal);
  }
}

/**
 * Nothing is dropped silently: a value that comes in while another is in flight waits for its turn.
 *
 * A client asks A for y while A is busy with x. y is never chosen, and its client is never told.
 *
 * Source: the ancestor.
 */
export const dropWhenBusy: Bug = {
  name: "drop-when-busy",
  rule: "a value that comes in while another is in flight waits for its turn",
  ruleRef: "section 4",
  source: "the ancestor",
  subject: { nodeClass: BusyNode },
  kinds: ["liveness"],
};
