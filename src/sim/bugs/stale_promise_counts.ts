import type { AcceptMessage, PromiseMessage } from "../../paxos/messages.ts";
import { Proposer } from "../../paxos/proposer.ts";
import { PlainNode } from "../../node.ts";
import { type Bug, nodeWith } from "./bug.ts";

/** Takes a promise for any ID as one for the ID that it is trying. */
class CarelessProposer extends Proposer {
  override receivePromise(fromUid: string, message: PromiseMessage): AcceptMessage | null {
    return super.receivePromise(fromUid, { ...message, proposalId: this.proposalId ?? message.proposalId });
  }
}

const careless = nodeWith({ proposer: CarelessProposer });

/**
 * A promise counts for its own ID only.
 *
 * B's promise for 1.A is late. C prepares 2.C at B and gets y chosen at B and C. A tries 3.A and counts its own promise and the late
 * one, which reports nothing: it gets x accepted at A and B.
 *
 * Source: MyPaxos, issue 18.
 */
export const stalePromiseCounts: Bug = {
  name: "stale-promise-counts",
  rule: "a promise counts for its own ID only",
  ruleRef: "S8",
  source: "MyPaxos#18",
  slip: careless,
  subject: { nodeClass: careless(PlainNode) },
  kinds: ["agreement"],
};
