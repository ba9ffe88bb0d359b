import { Lease, type LeaseView } from "../../replica/lease.ts";
import { type Bug, masterWith, WITH_MASTER } from "./bug.ts";

/** Takes not knowing of a master for knowing that there is none. */
class IgnorantLease extends Lease {
  override view(nowMs: number): LeaseView {
    const view = super.view(nowMs);
    return view.kind === "unknown" ? { kind: "none" } : view;
  }
}

/**
 * A node that waits says that it does not know who is master, not that nobody is.
 *
 * B has learned A's grant, restarts and waits. It brings C up to date and says that there is no master; C, which is now free to vote,
 * says the same to B. Both elect C.
 */
export const viewWhileWaiting: Bug = {
  name: "view-while-waiting",
  rule: "a node that waits says that it does not know who is master, not that nobody is",
  ruleRef: "L3",
  source: "found by a search of the protocol's states",
  subject: { ...WITH_MASTER, nodeClass: masterWith(IgnorantLease) },
  control: WITH_MASTER,
  kinds: ["mastership"],
};
