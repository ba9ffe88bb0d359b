import { PlainNode } from "../../node.ts";
import type { Asker } from "../../replica/proposals.ts";
import type { Bug } from "./bug.ts";

/** Answers reads with what it has. */
class StaleNode extends PlainNode {
  override readLinearizable(asker: Asker, _deadlineMs: number): void {
    this.respond(asker, this.value("linearizable"));
  }
}

/**
 * Without a lease a read asks a quorum where the chain stands.
 *
 * A and B choose x. C, which has not heard of it, answers a read that begins later with the old value.
 */
export const readAsksNobody: Bug = {
  name: "read-asks-nobody",
  rule: "without a lease a read asks a quorum where the chain stands",
  ruleRef: "L6",
  source: "classic",
  subject: { nodeClass: StaleNode },
  kinds: ["linearizability"],
};
