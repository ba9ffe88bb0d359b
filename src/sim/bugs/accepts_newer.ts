import { PlainNode } from "../../node.ts";
import type { ChainMessage } from "../../replica/messages.ts";
import type { Bug } from "./bug.ts";

/** Accepts for later links as if they were the current one. */
class EagerNode extends PlainNode {
  protected override isCurrent(fromUid: string, message: ChainMessage): boolean {
    return super.isCurrent(fromUid, message) ||
      (message.type === "accept" && message.instanceNumber > this.instanceNumber);
  }
}

/**
 * An acceptor that is behind neither promises nor accepts.
 *
 * A and C accept x for link 0, and only C learns that. C's accept of y for link 1 meets A and B at link 0, which accept it there: link 0
 * is decided twice.
 */
export const acceptsNewer: Bug = {
  name: "accepts-newer",
  rule: "an acceptor that is behind neither promises nor accepts",
  ruleRef: "S5",
  source: "the search for the protocol's rules",
  subject: { nodeClass: EagerNode },
  kinds: ["agreement"],
};
