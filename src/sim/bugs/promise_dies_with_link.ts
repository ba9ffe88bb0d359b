import { PlainNode } from "../../node.ts";
import type { Bug, Slip } from "./bug.ts";

/** Forgets with each link what it has promised. */
const fickle: Slip = (Base) =>
  class FickleNode extends Base {
    protected override advance(instanceNumber: number): void {
      super.advance(instanceNumber);
      this.paxos.acceptor.promisedId = null;
    }
  };

/**
 * A promise outlives the link in which it was given.
 *
 * By itself this breaks no agreement as long as every link is prepared anew; what it breaks is the promise. It is the ground
 * on which a master sends its accepts without a prepare.
 *
 * Source: the ancestor.
 */
export const promiseDiesWithLink: Bug = {
  name: "promise-dies-with-link",
  rule: "a promise outlives the link in which it was given",
  ruleRef: "S4",
  source: "the ancestor",
  slip: fickle,
  subject: { nodeClass: fickle(PlainNode) },
  kinds: ["promises"],
};
