import { Lease } from "../../replica/lease.ts";
import { type Bug, leaseWith, masterWith, WITH_MASTER } from "./bug.ts";

/** Once master, takes itself for the master until it learns of another. */
class EndlessLease extends Lease {
  override get masterWindowMs(): number {
    return Number.MAX_VALUE;
  }
}

/**
 * A master stops being one when its time is over, whether it hears of another or not.
 *
 * A is master and is cut off, or paused. B and C elect C, and a client writes. A holds its lease for good, and answers reads with the
 * old value.
 *
 * Source: tikv, issue 964; etcd, issue 6005.
 */
export const leaseOutlivesMaster: Bug = {
  name: "lease-outlives-master",
  rule: "a master stops being one when its time is over, whether it hears of another or not",
  ruleRef: "L4",
  source: "tikv#964, etcd#6005",
  subject: { ...WITH_MASTER, nodeClass: masterWith(EndlessLease) },
  slip: leaseWith(EndlessLease),
  control: WITH_MASTER,
  kinds: ["mastership", "linearizability"],
};
