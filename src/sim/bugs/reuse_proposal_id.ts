import { PlainNode } from "../../node.ts";
import type { PeerMessage } from "../../replica/messages.ts";
import type { Bug } from "./bug.ts";

/** Asks the others only: its own acceptor hears of its proposals from nobody, so a restart begins at number 1 again. */
class SelflessNode extends PlainNode {
  protected override send(toUid: string, message: PeerMessage): void {
    const proposal = message.type === "prepare" || message.type === "accept";
    if (!proposal || toUid !== this.uid) super.send(toUid, message);
  }
}

/**
 * A proposer promises its own ID to itself, durably, before the prepare leaves: so it never uses an ID for two values.
 *
 * A gets promises for 1.A, and its accept of v reaches B alone. A restarts, prepares 1.A once more at nodes that report nothing,
 * and gets w chosen under 1.A. Whoever prepares at B next finds v under the highest ID there is, and gets v chosen.
 *
 * Source: the ancestor; phxpaxos, issue 145.
 */
export const reuseProposalId: Bug = {
  name: "reuse-proposal-id",
  rule: "a proposer promises its own ID to itself, durably, before the prepare leaves",
  ruleRef: "S3",
  source: "the ancestor; phxpaxos#145",
  subject: { nodeClass: SelflessNode, nodes: 5, tolerates: ["liveness"] },
  kinds: ["proposals", "agreement"],
};
