import { Lease, type LeaseView } from "../../replica/lease.ts";
import { type Bug, masterWith, WITH_MASTER } from "./bug.ts";

/** Believes whoever says that it is master. */
class CredulousLease extends Lease {
  override carried(view: LeaseView, nowMs: number): void {
    super.carried(view, nowMs);
    this.#believe(view, nowMs);
  }

  override hear(view: LeaseView, nowMs: number): void {
    const waits = this.waitMs(nowMs) > 0;
    super.hear(view, nowMs);
    if (waits) this.#believe(view, nowMs);
  }

  #believe(view: LeaseView, nowMs: number): void {
    if (view.kind !== "master" || view.uid !== this.uid || this.isMaster(nowMs)) return;
    this.restore({ ...this.save(), masterUntilMs: nowMs + this.masterWindowMs, renewFromMs: nowMs });
  }
}

/**
 * What peers say makes nobody master: only a grant does that the node has proposed in this life.
 *
 * A is master, restarts, and is told by B that A is. It counts a window from then on, while B's own is almost over.
 */
export const snapshotMakesMaster: Bug = {
  name: "snapshot-makes-master",
  rule: "what peers say makes nobody master: only a grant does that the node has proposed in this life",
  ruleRef: "L8",
  source: "found by a search of the protocol's states",
  subject: { ...WITH_MASTER, nodeClass: masterWith(CredulousLease) },
  control: WITH_MASTER,
  kinds: ["mastership"],
};
