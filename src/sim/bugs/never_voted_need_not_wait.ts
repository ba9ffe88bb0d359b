import { MasterNode } from "../../node.ts";
import { type Bug, WITH_MASTER } from "./bug.ts";

/** Takes its never having voted for its never having lived. */
class HastyNode extends MasterNode {
  override get isNew(): boolean {
    const { promisedId, acceptedId } = this.paxos.acceptor;
    return promisedId === null && acceptedId === null;
  }
}

/**
 * A node that starts again waits for a window, also where it has never voted.
 *
 * C has never voted, but it has learned A's grant. It restarts, does not wait, and tells B that there is no master. B, which accepted
 * the grant without learning that it was chosen, elects C with it.
 */
export const neverVotedNeedNotWait: Bug = {
  name: "never-voted-need-not-wait",
  rule: "a node that starts again waits for a window, also where it has never voted",
  ruleRef: "L3",
  source: "found by a search of the protocol's states",
  subject: { ...WITH_MASTER, nodeClass: HastyNode },
  control: WITH_MASTER,
  kinds: ["mastership"],
  maxEvents: { events: 21, reason: "two nodes learn of the lease, and both start again" },
};
