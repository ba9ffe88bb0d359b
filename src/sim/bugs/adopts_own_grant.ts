import { MasterNode } from "../../node.ts";
import type { AcceptMessage } from "../../paxos/messages.ts";
import { encodeGrant } from "../../replica/link.ts";
import { type Bug, WITH_MASTER } from "./bug.ts";

/** Takes every grant to itself that it proposes for its own, also one that it had to adopt. */
class AdoptingNode extends MasterNode {
  protected override sendAccept(message: AcceptMessage): void {
    if (message.value === encodeGrant(this.uid)) this.lease.originate(this.instanceNumber, this.env.now());
    super.sendAccept(message);
  }
}

/**
 * Only a grant that a node proposes of its own free choice makes it master, not one that it adopts.
 *
 * A's grant is accepted by B and C, and B learns it. A restarts and waits, and B's window runs out. A prepares anew, C reports the
 * grant, and A adopts it: it counts from then on. B, whose window is over, tells C that there is no master, and both elect C.
 */
export const adoptsOwnGrant: Bug = {
  name: "adopts-own-grant",
  rule: "only a grant that a node proposes of its own free choice makes it master, not one that it adopts",
  ruleRef: "L8",
  source: "found by a search of the protocol's states",
  subject: { ...WITH_MASTER, nodeClass: AdoptingNode },
  control: WITH_MASTER,
  kinds: ["mastership"],
  maxEvents: { events: 24, reason: "two nodes are elected, and one of them twice" },
};
