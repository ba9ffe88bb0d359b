import { PlainNode } from "../../node.ts";
import type { PeerMessage } from "../../replica/messages.ts";
import type { Bug, Slip } from "./bug.ts";

/** Promises for links that it has left behind. */
const obliging: Slip = (Base) =>
  class ObligingNode extends Base {
    protected override receive(fromUid: string, message: PeerMessage): void {
      if (message.type !== "prepare" || message.instanceNumber >= this.instanceNumber) {
        return super.receive(fromUid, message);
      }
      this.send(fromUid, { ...this.paxos.receivePrepare(message), instanceNumber: message.instanceNumber });
    }
  };

/**
 * An acceptor that has moved on answers an old link with where the chain stands, never with a promise.
 *
 * B and C accept x for link 0; C learns it and moves on. A prepares 2.A for link 0, and C, which has cleared x, reports nothing: A proposes
 * its own y, and B accepts it.
 */
export const answersOlder: Bug = {
  name: "answers-older",
  rule: "an acceptor that has moved on answers an old link with where the chain stands, never with a promise",
  ruleRef: "S5",
  source: "the search for the protocol's rules",
  slip: obliging,
  subject: { nodeClass: obliging(PlainNode) },
  kinds: ["agreement"],
};
