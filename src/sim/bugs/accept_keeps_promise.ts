import { Acceptor, type AcceptorState } from "../../paxos/acceptor.ts";
import type { AcceptedMessage, AcceptMessage, NackMessage } from "../../paxos/messages.ts";
import { type ProposalId, sameProposalId } from "../../paxos/proposal_id.ts";
import { PlainNode } from "../../node.ts";
import { type Bug, nodeWith } from "./bug.ts";

interface AbsentMindedState extends AcceptorState {
  readonly asked: ProposalId | null;
  readonly raisedTo: ProposalId | null;
}

/** Judges an accept by the promises that were asked for, not by what it has accepted since. */
class AbsentMindedAcceptor extends Acceptor {
  #asked: ProposalId | null = null;
  #raisedTo: ProposalId | null = null;

  override receiveAccept(message: AcceptMessage): AcceptedMessage | NackMessage {
    const { promisedId } = this;
    if (!sameProposalId(promisedId, this.#raisedTo)) this.#asked = promisedId;
    this.promisedId = this.#asked;
    const answer = super.receiveAccept(message);
    if (answer.type === "nack") this.promisedId = promisedId;
    else this.#raisedTo = this.promisedId;
    return answer;
  }

  /** In memory it tells the two apart; no state file does. */
  override save(): AbsentMindedState {
    return { ...super.save(), asked: this.#asked, raisedTo: this.#raisedTo };
  }

  override restore(state: AcceptorState & Partial<AbsentMindedState>): void {
    super.restore(state);
    ({ asked: this.#asked = null, raisedTo: this.#raisedTo = null } = state);
  }
}

const absentMinded = nodeWith({ acceptor: AbsentMindedAcceptor });

/**
 * An accept raises the promise: who has accepted under an ID accepts nothing below it.
 *
 * A has promises for 1.A from B and C, then D for 2.D from A and B. D's accept of y reaches B and C, so y is chosen, with C never
 * asked to promise 2.D. A's late accept of x overwrites y at C. Whoever prepares at A and C next finds x alone.
 *
 * Source: Stack Overflow, question 29880949.
 */
export const acceptKeepsPromise: Bug = {
  name: "accept-keeps-promise",
  rule: "an accept raises the promise: who has accepted under an ID accepts nothing below it",
  ruleRef: "S2",
  source: "Stack Overflow 29880949",
  slip: absentMinded,
  subject: { nodeClass: absentMinded(PlainNode) },
  kinds: ["promises", "agreement"],
};
