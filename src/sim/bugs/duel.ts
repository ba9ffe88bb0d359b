import { PlainNode } from "../../node.ts";
import type { Bug } from "./bug.ts";

/** Comes back at once when it is refused. */
class StubbornNode extends PlainNode {
  protected override proposalRefused(): void {
    this.drive();
  }
}

/**
 * A proposer that is refused waits for a random time before it tries a higher ID.
 *
 * A prepares 1.A, C prepares 2.C, A's accept is refused and A prepares 3.A, C's accept is refused, and so on.
 */
export const duel: Bug = {
  name: "duel",
  rule: "a proposer that is refused waits for a random time before it tries a higher ID",
  ruleRef: "section 4",
  source: "classic",
  subject: { nodeClass: StubbornNode },
  kinds: ["liveness"],
};
