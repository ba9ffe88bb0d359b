import { PlainNode } from "../../node.ts";
import type { PeerMessage } from "../../replica/messages.ts";
import type { Bug, Slip } from "./bug.ts";

/** Accepts for later links with the acceptor of the current one. */
const eager: Slip = (Base) =>
  class EagerNode extends Base {
    protected override receive(fromUid: string, message: PeerMessage): void {
      if (message.type !== "accept" || message.instanceNumber <= this.instanceNumber) {
        return super.receive(fromUid, message);
      }
      const answer = { ...this.paxos.receiveAccept(message), instanceNumber: message.instanceNumber };
      for (const uid of this.nodes) this.send(uid, answer);
    }
  };

/**
 * An acceptor that is behind neither promises nor accepts.
 *
 * B is at link 0 and accepts C's y for link 1: so y is chosen there by B and C. Then B learns link 0, moves on to link 1 and clears
 * what it has accepted. A prepares at A and B, hears of nothing and gets z chosen.
 */
export const acceptsNewer: Bug = {
  name: "accepts-newer",
  rule: "an acceptor that is behind neither promises nor accepts",
  ruleRef: "S5",
  source: "the search for the protocol's rules",
  slip: eager,
  subject: { nodeClass: eager(PlainNode) },
  kinds: ["agreement"],
};
