import { PlainNode } from "../../node.ts";
import type { News } from "../../replica/messages.ts";
import type { Bug } from "./bug.ts";

/** Lets itself be carried by the value alone, and believes that there are no sessions. */
class ContentNode extends PlainNode {
  protected override carry(fromUid: string, news: News): void {
    super.carry(fromUid, { ...news, register: { ...news.register, sessions: [], watermark: -1 } });
  }
}

/**
 * Only a snapshot moves a node: the sessions go with the value.
 *
 * A node is carried over links by their value alone, and applies a retry that the others skip.
 *
 * Source: the search for the protocol's rules.
 */
export const catchupLosesSessions: Bug = {
  name: "catchup-loses-sessions",
  rule: "only a snapshot moves a node: the sessions go with the value",
  ruleRef: "section 6",
  source: "the search for the protocol's rules",
  subject: { nodeClass: ContentNode, tolerates: ["chain"] },
  kinds: ["exactly-once", "linearizability"],
};
