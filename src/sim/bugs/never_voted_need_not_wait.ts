import { MasterNode } from "../../node.ts";
import { scheduleOf } from "../by_hand.ts";
import { type Bug, WITH_MASTER } from "./bug.ts";
import { bringsAndElects, elects, restarts } from "./lease_steps.ts";

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
  byHand: scheduleOf(
    [
      ...elects("A", "B"),
      "C>A sync_request",
      "A>C snapshot",
      "B>C sync_request",
      ...restarts("C"),
      ...bringsAndElects("C", "B"),
    ],
    "mastership",
    1,
  ),
};
