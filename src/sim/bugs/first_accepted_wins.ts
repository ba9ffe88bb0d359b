import { Proposer } from "../../paxos/proposer.ts";
import { PlainNode } from "../../node.ts";
import { type Bug, nodeWith } from "./bug.ts";

/** Adopts the first accepted value that it hears of. */
class ImpatientProposer extends Proposer {
  protected override safeValue(): string | null {
    const first = [...this.promises.values()].find((promise) => promise.lastAcceptedId !== null);
    return first === undefined ? this.proposedValue : first.lastAcceptedValue;
  }
}

const impatient = nodeWith({ proposer: ImpatientProposer });

/**
 * A proposer adopts the accepted value with the *highest* ID that its promises report.
 *
 * A alone has accepted x under 1.A; B and C have accepted y under 2.C, so y is chosen. A prepares 3.A at A and B, hears of x first and
 * gets it chosen.
 *
 * Source: Lamport, *Paxos Made Simple*, section 2.2 (P2c).
 */
export const firstAcceptedWins: Bug = {
  name: "first-accepted-wins",
  rule: "a proposer adopts the accepted value with the highest ID that its promises report",
  ruleRef: "Paxos Made Simple, P2c",
  source: "classic",
  slip: impatient,
  subject: { nodeClass: impatient(PlainNode) },
  kinds: ["agreement"],
};
