import type { AcceptMessage, PromiseMessage } from "../../paxos/messages.ts";
import { Proposer } from "../../paxos/proposer.ts";
import { PlainNode } from "../../node.ts";
import { type Bug, nodeWith } from "./bug.ts";

/** Counts promises, not those who promise. */
class CountingProposer extends Proposer {
  override receivePromise(fromUid: string, message: PromiseMessage): AcceptMessage | null {
    return super.receivePromise(`${fromUid}, promise ${this.promises.size}`, message);
  }
}

const counting = nodeWith({ proposer: CountingProposer });

/**
 * Each acceptor has one vote, however often its answer arrives.
 *
 * A and B accept x, so x is chosen. C prepares 2.C and hears its own promise twice, which it takes for a quorum: it proposes y, and B
 * and C accept it.
 *
 * Source: coyote-samples, issue 8.
 */
export const duplicateCountsTwice: Bug = {
  name: "duplicate-counts-twice",
  rule: "each acceptor has one vote, however often its answer arrives",
  ruleRef: "S8",
  source: "coyote-samples#8",
  slip: counting,
  subject: { nodeClass: counting(PlainNode) },
  kinds: ["agreement"],
};
