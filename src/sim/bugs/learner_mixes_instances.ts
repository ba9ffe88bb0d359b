import { PlainNode } from "../../node.ts";
import type { ChainMessage } from "../../replica/messages.ts";
import type { Bug, Slip } from "./bug.ts";

/** Takes a vote for any link as one for the current link. */
const muddled: Slip = (Base) =>
  class MuddledNode extends Base {
    protected override isCurrent(fromUid: string, message: ChainMessage): boolean {
      return super.isCurrent(fromUid, message) || message.type === "accepted";
    }
  };

/**
 * A learner counts the votes for each link by itself.
 *
 * Votes for x at link 0 arrive when the node is at link 1, and are counted there: it announces x for both.
 */
export const learnerMixesInstances: Bug = {
  name: "learner-mixes-instances",
  rule: "a learner counts the votes for each link by itself",
  ruleRef: "S8",
  source: "the search for the protocol's rules",
  slip: muddled,
  subject: { nodeClass: muddled(PlainNode) },
  kinds: ["agreement"],
};
