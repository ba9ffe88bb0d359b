import { Proposer } from "../../paxos/proposer.ts";
import { PlainNode } from "../../node.ts";
import { type Bug, nodeWith } from "./bug.ts";

/** Proposes its own value whenever it has one. */
class SelfishProposer extends Proposer {
  protected override safeValue(): string | null {
    return this.proposedValue ?? super.safeValue();
  }
}

const selfish = nodeWith({ proposer: SelfishProposer });

/**
 * A proposer that hears of an accepted value proposes that one, not its own.
 *
 * A and B accept x, so x is chosen. C prepares 2.C, hears of x from B, and gets its own y accepted at B and C.
 *
 * Source: Lamport, *Paxos Made Simple*, section 2.2 (P2c).
 */
export const ownValueWins: Bug = {
  name: "own-value-wins",
  rule: "a proposer that hears of an accepted value proposes that one, not its own",
  ruleRef: "Paxos Made Simple, P2c",
  source: "classic",
  slip: selfish,
  subject: { nodeClass: selfish(PlainNode) },
  kinds: ["agreement"],
};
