import { PlainNode } from "../../node.ts";
import type { Bug } from "./bug.ts";

/** Sends everything once. */
class ProudNode extends PlainNode {
  protected override timerFired(name: string): void {
    if (name !== "retransmit") super.timerFired(name);
  }
}

/**
 * What is not answered is sent again.
 *
 * One message is lost, and everybody waits: silence until someone else speaks.
 *
 * Source: the ancestor, whose interval is 1000 s by a unit error.
 */
export const lostAcceptIsFinal: Bug = {
  name: "lost-accept-is-final",
  rule: "what is not answered is sent again",
  ruleRef: "section 4",
  source: "the ancestor",
  subject: { nodeClass: ProudNode },
  kinds: ["liveness"],
};
