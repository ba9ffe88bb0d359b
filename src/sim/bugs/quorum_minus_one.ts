import type { AcceptorState } from "../../paxos/acceptor.ts";
import { PaxosInstance } from "../../paxos/instance.ts";
import { PlainNode } from "../../node.ts";
import type { Bug, Slip } from "./bug.ts";

/** Is content with one node less than a majority. */
const frugal: Slip = (Base) =>
  class FrugalNode extends Base {
    protected override createInstance(state?: AcceptorState): PaxosInstance {
      const instance = new PaxosInstance(this.uid, this.quorumSize - 1);
      if (state !== undefined) instance.restoreAcceptor(state);
      return instance;
    }
  };

/**
 * A quorum is a majority, so that any two share a node.
 *
 * A gets x chosen alone, and C gets y chosen alone.
 *
 * Source: dslabs.
 */
export const quorumMinusOne: Bug = {
  name: "quorum-minus-one",
  rule: "a quorum is a majority, so that any two share a node",
  ruleRef: "terms",
  source: "dslabs",
  slip: frugal,
  subject: { nodeClass: frugal(PlainNode) },
  kinds: ["agreement"],
};
