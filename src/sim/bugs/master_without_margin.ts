import { Lease } from "../../replica/lease.ts";
import { type Bug, masterWith, WITH_MASTER } from "./bug.ts";

/** Takes all clocks for equally fast. */
class TightLease extends Lease {
  override get masterWindowMs(): number {
    return this.windowMs;
  }
}

/**
 * A master stops a twentieth of the window early, since clocks may each be off by up to 2.5 %.
 *
 * The master's clock is slow and those of the others are fast, all within the bound: their windows end first.
 */
export const masterWithoutMargin: Bug = {
  name: "master-without-margin",
  rule: "a master stops a twentieth of the window early, since clocks may each be off by up to 2.5 %",
  ruleRef: "L4",
  source: "classic",
  subject: { ...WITH_MASTER, nodeClass: masterWith(TightLease) },
  control: WITH_MASTER,
  kinds: ["mastership"],
};
