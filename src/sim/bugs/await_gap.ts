import { compareProposalIds } from "../../paxos/proposal_id.ts";
import { PlainNode } from "../../node.ts";
import type { ChainMessage } from "../../replica/messages.ts";
import type { Input } from "../../replica/ports.ts";
import type { Bug } from "./bug.ts";

type Accept = Extract<ChainMessage, { type: "accept" }>;

/** Checks an accept in one step and carries it out in the next, after whatever that one does. */
class WaitingNode extends PlainNode {
  #checked: Accept | null = null;

  override step(input: Input): void {
    const checked = this.#checked;
    const accept = input.kind === "message" && input.message.type === "accept" ? input.message : null;
    this.#checked = null;
    if (accept !== null && this.#isAllowed(accept)) this.#checked = accept;
    else super.step(input);
    if (checked?.instanceNumber === this.instanceNumber) this.#carryOut(checked);
  }

  #isAllowed({ instanceNumber, proposalId }: Accept): boolean {
    return instanceNumber === this.instanceNumber &&
      compareProposalIds(proposalId, this.paxos.acceptor.promisedId) >= 0;
  }

  #carryOut({ proposalId, value }: Accept): void {
    const { acceptor } = this.paxos;
    if (compareProposalIds(proposalId, acceptor.promisedId) > 0) acceptor.promisedId = proposalId;
    acceptor.acceptedId = proposalId;
    acceptor.acceptedValue = value;
    this.broadcast({ type: "accepted", proposalId, value });
    this.deliverToSelf();
  }
}

/**
 * A step is atomic: between the check of an accept and its effect nothing else happens.
 *
 * B checks A's accept of x under 1.A and waits. Meanwhile it promises 2.C and reports nothing. Then it carries the accept out: A and B
 * have accepted x, so x is chosen, and C gets y accepted at B and C.
 *
 * Source: swiftpaxos, issue 2.
 */
export const awaitGap: Bug = {
  name: "await-gap",
  rule: "a step is atomic: between the check of an accept and its effect nothing else happens",
  ruleRef: "one synchronous state machine",
  source: "swiftpaxos#2",
  subject: { nodeClass: WaitingNode, tolerates: ["promises"] },
  kinds: ["agreement"],
};
