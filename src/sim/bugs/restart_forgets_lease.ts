import { Lease } from "../../replica/lease.ts";
import { type Bug, leaseWith, masterWith, WITH_MASTER } from "./bug.ts";

/** Begins each life as if it were the first. */
class NewbornLease extends Lease {
  override begin(nowMs: number, _isBlank: boolean, savedWindowMs: number): void {
    super.begin(nowMs, true, savedWindowMs);
  }
}

/**
 * A node that starts again votes for nobody for a whole window: a lease may stand that it knew of.
 *
 * B has learned A's lease, restarts, and elects C with it while A is still master.
 *
 * Source: the ancestor.
 */
export const restartForgetsLease: Bug = {
  name: "restart-forgets-lease",
  rule: "a node that starts again votes for nobody for a whole window, since a lease may stand that it knew of",
  ruleRef: "L3",
  source: "the ancestor",
  subject: { ...WITH_MASTER, nodeClass: masterWith(NewbornLease) },
  slip: leaseWith(NewbornLease),
  control: WITH_MASTER,
  kinds: ["mastership"],
};
