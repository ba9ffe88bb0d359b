import { BLANK_STATE, type NodeState } from "../../replica/node_state.ts";
import { Host } from "../host.ts";
import type { Bug } from "./bug.ts";

/** Finds nothing on its disk of what its node has promised to itself: a restart begins at number 1 again. */
class SelflessHost extends Host {
  protected override load(text: string | null): NodeState {
    const state = super.load(text);
    return state.acceptor.promisedId?.uid === this.uid ? { ...state, acceptor: BLANK_STATE.acceptor } : state;
  }
}

/**
 * A proposer promises its own ID to itself, durably, before the prepare leaves: so it never uses an ID for two values.
 *
 * A's accept of v under 1.A reaches B alone. A restarts, prepares 1.A once more at A and C, which report nothing, and gets w chosen
 * under 1.A. Whoever prepares at B next finds v under the highest ID there is, and gets v chosen.
 *
 * Source: the ancestor; phxpaxos, issue 145.
 */
export const reuseProposalId: Bug = {
  name: "reuse-proposal-id",
  rule: "a proposer promises its own ID to itself, durably, before the prepare leaves",
  ruleRef: "S3",
  source: "the ancestor; phxpaxos#145",
  subject: {
    hostClass: SelflessHost,
    tolerates: ["promises", "agreement", "chain", "exactly-once", "linearizability"],
  },
  kinds: ["proposals"],
};
