import { Learner } from "../../paxos/learner.ts";
import { PlainNode } from "../../node.ts";
import { type Bug, nodeWith } from "./bug.ts";

/** Adds up votes for different IDs. */
class HurriedLearner extends Learner {
  protected override tallyKey(): string {
    return "any ID";
  }
}

const hurried = nodeWith({ learner: HurriedLearner });

/**
 * A learner counts the votes for each ID by itself, even where the value is the same.
 *
 * A alone has accepted x under 1.A, and later B alone accepts the same x under 3.B: no quorum has accepted x under one ID, and a
 * value that C got chosen in between would win. A learner that adds the two announces x.
 *
 * Source: Lamport, *Paxos Made Simple*, section 2.3.
 */
export const learnerMixesIds: Bug = {
  name: "learner-mixes-ids",
  rule: "a learner counts the votes for each ID by itself, even where the value is the same",
  ruleRef: "S8",
  source: "classic",
  slip: hurried,
  subject: { nodeClass: hurried(PlainNode) },
  kinds: ["agreement"],
};
