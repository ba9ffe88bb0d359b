import { PlainNode } from "../../node.ts";
import type { Bug, Slip } from "./bug.ts";

/** Takes what it has accepted along to the next link. */
const clinging: Slip = (Base) =>
  class ClingingNode extends Base {
    protected override advance(instanceNumber: number): void {
      const { acceptedId, acceptedValue } = this.paxos.acceptor;
      super.advance(instanceNumber);
      this.paxos.acceptor.acceptedId = acceptedId;
      this.paxos.acceptor.acceptedValue = acceptedValue;
    }
  };

/**
 * What was accepted belongs to its link, and is cleared when that is decided.
 *
 * A has accepted x for link 0 under 5.A and reports it for link 1 too, where it outranks the value y that B and C have accepted under
 * 4.C: link 1 is decided twice.
 */
export const acceptedSurvivesLink: Bug = {
  name: "accepted-survives-link",
  rule: "what was accepted belongs to its link, and is cleared when that is decided",
  ruleRef: "S4",
  source: "the search for the protocol's rules",
  slip: clinging,
  subject: { nodeClass: clinging(PlainNode) },
  kinds: ["exactly-once", "agreement", "liveness"],
};
