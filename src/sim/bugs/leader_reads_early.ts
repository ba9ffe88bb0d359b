import { MasterNode } from "../../node.ts";
import type { Asker } from "../../replica/proposals.ts";
import { type Bug, WITH_MASTER } from "./bug.ts";

/** Reads alone as soon as a quorum has promised. */
class EarlyNode extends MasterNode {
  override readLinearizable(asker: Asker, deadlineMs: number): void {
    if (this.paxos.proposer.leading) this.respond(asker, this.value("linearizable"));
    else super.readLinearizable(asker, deadlineMs);
  }
}

/**
 * A node reads alone only while it holds a lease, and no sooner: promises of a quorum do not tell it all that is chosen.
 *
 * The master A gets x chosen with B, which has not heard of it. A dies. B leads, and before it has brought x to its end it answers a
 * read from its old value.
 *
 * Source: adjoint's raft, issue 41.
 */
export const leaderReadsEarly: Bug = {
  name: "leader-reads-early",
  rule: "a node reads alone only while it holds a lease: promises of a quorum do not tell it all that is chosen",
  ruleRef: "L6",
  source: "adjoint raft#41",
  subject: { ...WITH_MASTER, nodeClass: EarlyNode },
  control: WITH_MASTER,
  kinds: ["linearizability"],
};
