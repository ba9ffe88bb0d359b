import { Lease } from "../../replica/lease.ts";
import { type Bug, leaseWith, masterWith, WITH_MASTER } from "./bug.ts";

/** Counts its own lease like that of any other node. */
class LateLease extends Lease {
  protected override masterSinceMs(nowMs: number): number {
    return nowMs;
  }
}

/**
 * A master counts its time from when it first proposed the grant, not from when it learned it.
 *
 * A's grant is chosen, and B and C learn it at once; A learns it late. The windows of B and C end before A's own does, and they elect
 * another master.
 */
export const masterCountsFromLearning: Bug = {
  name: "master-counts-from-learning",
  rule: "a master counts its time from when it first proposed the grant, not from when it learned it",
  ruleRef: "L1",
  source: "classic",
  subject: { ...WITH_MASTER, nodeClass: masterWith(LateLease) },
  slip: leaseWith(LateLease),
  control: WITH_MASTER,
  kinds: ["mastership"],
};
