import { MasterNode } from "../../node.ts";
import type { News } from "../../replica/messages.ts";
import { type Bug, WITH_MASTER } from "./bug.ts";

/** Takes over what a snapshot says of the lease, however old it is. */
class BackwardNode extends MasterNode {
  protected override carry(fromUid: string, news: News): void {
    if (news.instanceNumber < this.instanceNumber && news.lease) this.lease.hear(news.lease, this.env.now());
    super.carry(fromUid, news);
    this.tendLease();
  }
}

/**
 * What a snapshot says of the lease counts only if it is no older than the node's own chain.
 *
 * B tells C that there is no master, which is late. Meanwhile A is elected, and C learns the grant, restarts and waits. Then comes the
 * old news, and C waits no more.
 */
export const oldView: Bug = {
  name: "old-view",
  rule: "what a snapshot says of the lease counts only if it is no older than the node's own chain",
  ruleRef: "L3",
  source: "found by a search of the protocol's states",
  subject: { ...WITH_MASTER, nodeClass: BackwardNode },
  control: WITH_MASTER,
  kinds: ["mastership"],
  maxEvents: { events: 29, reason: "it takes news of a time between two masters, and a third" },
};
