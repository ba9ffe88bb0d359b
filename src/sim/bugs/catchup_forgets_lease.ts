import { Lease, type LeaseView } from "../../replica/lease.ts";
import { type Bug, leaseWith, masterWith, WITH_MASTER } from "./bug.ts";

/** Takes no notice of what may have been granted by the links over which it was carried. */
class CarefreeLease extends Lease {
  override carried(_view: LeaseView, nowMs: number): void {
    super.carried({ kind: "none" }, nowMs);
  }
}

/**
 * A node that is carried over links votes for nobody for a whole window, unless it is told who is master.
 *
 * B is carried over the link that grants A the lease, and elects C with it while A is still master.
 *
 * Source: the ancestor.
 */
export const catchupForgetsLease: Bug = {
  name: "catchup-forgets-lease",
  rule: "a node that is carried over links votes for nobody for a whole window, unless it is told who is master",
  ruleRef: "L3",
  source: "the ancestor",
  subject: { ...WITH_MASTER, nodeClass: masterWith(CarefreeLease) },
  slip: leaseWith(CarefreeLease),
  control: WITH_MASTER,
  kinds: ["mastership"],
};
