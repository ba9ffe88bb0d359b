import { formatProposalId, type ProposalId } from "../../paxos/proposal_id.ts";
import type { PeerMessage } from "../../replica/messages.ts";
import type { NodeState } from "../../replica/node_state.ts";
import type { Violation } from "../events.ts";
import type { Checker } from "./checker.ts";

/** A proposal has one value: no two are ever sent or accepted under one ID for one instance. */
export class ProposalChecker implements Checker {
  #values = new Map<string, string>();

  /** Compares the value of an accept, or of a vote for it, with what was heard under the ID before. */
  sent(_uid: string, message: PeerMessage): Violation | null {
    if (message.type !== "accept" && message.type !== "accepted") return null;
    return message.value === null ? null : this.#compare(message.instanceNumber, message.proposalId, message.value);
  }

  /** Compares what was accepted though nobody was told. */
  survived(_uid: string, { instanceNumber, acceptor: { acceptedId, acceptedValue } }: NodeState): Violation | null {
    if (acceptedId === null || acceptedValue === null) return null;
    return this.#compare(instanceNumber, acceptedId, acceptedValue);
  }

  #compare(instanceNumber: number, proposalId: ProposalId, value: string): Violation | null {
    const id = formatProposalId(proposalId);
    const key = `${instanceNumber} ${id}`;
    const before = this.#values.get(key);
    if (before === undefined) this.#values.set(key, value);
    if (before === undefined || before === value) return null;
    const values = `${JSON.stringify(before)} and ${JSON.stringify(value)}`;
    return {
      kind: "proposals",
      message: `proposal ${id} of instance ${instanceNumber} stands for two values, ${values}`,
    };
  }
}
