import { MasterNode } from "../../node.ts";
import { type Bug, WITH_MASTER } from "./bug.ts";

/** Reads what it has, whatever of its own is on its way. */
class ImpatientNode extends MasterNode {
  override hasLinkUnderWay(): boolean {
    return false;
  }
}

/**
 * A read at the master waits for a link of its own that is on its way.
 *
 * The master C has sent out x. A and B have accepted it, so x is chosen, and a client hears of it there. A read at C, which has heard
 * of nothing yet, answers the old value.
 */
export const readsOverOwnFlight: Bug = {
  name: "reads-over-own-flight",
  rule: "a read at the master waits for a link of its own that is on its way",
  ruleRef: "L6",
  source: "classic",
  subject: { ...WITH_MASTER, nodeClass: ImpatientNode },
  control: WITH_MASTER,
  kinds: ["linearizability"],
};
