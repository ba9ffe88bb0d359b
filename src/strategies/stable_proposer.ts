import { compareProposalIds, type ProposalId } from "../paxos/proposal_id.ts";
import type { PrepareMessage } from "../paxos/messages.ts";
import { Proposer, type ProposerState } from "../paxos/proposer.ts";

/** All that a stable proposer knows, as plain data. */
export interface StableProposerState extends ProposerState {
  /** Whether its promises were given in an earlier instance. */
  readonly continued: boolean;
  /** Whether it has seen a higher ID since it took its own. */
  readonly overtaken: boolean;
}

/**
 * A proposer that may go on in the next instance under an ID that was promised in an earlier one.
 *
 * Source: Lamport, *Paxos Made Simple*, section 3: the leader runs the first phase once for all instances that follow.
 */
export class StableProposer extends Proposer {
  /** Whether its promises were given in an earlier instance. */
  continued = false;
  /** Whether it has seen a higher ID since it took its own. */
  overtaken = false;

  /** Promises of an earlier instance count until a higher ID is seen: then a real prepare comes first. */
  override get leading(): boolean {
    return super.leading && !(this.continued && this.overtaken);
  }

  /** Starts over, also above whatever had overtaken it. */
  override prepare(): PrepareMessage {
    this.continued = false;
    this.overtaken = false;
    return super.prepare();
  }

  /** Takes note of an ID in use: one that is higher than its own ends the reign of that. */
  override observe(id: ProposalId | null): void {
    super.observe(id);
    if (compareProposalIds(id, this.proposalId) > 0) this.overtaken = true;
  }

  /**
   * Goes on under the ID that a quorum has promised to the proposer of an earlier instance.
   *
   * An acceptor that keeps its promises over links came to this instance with the promise, so it has accepted nothing here under a
   * lower ID: each of those promises stands for one that reports nothing.
   */
  continueFrom({ proposalId, promises, leading, overtaken }: StableProposer): void {
    if (proposalId === null || !leading || overtaken) return;
    this.proposalId = proposalId;
    this.continued = true;
    this.overtaken = false;
    for (const uid of promises.keys()) {
      this.promises.set(uid, { type: "promise", proposalId, lastAcceptedId: null, lastAcceptedValue: null });
    }
  }

  /** All that it knows, as plain data. */
  override save(): StableProposerState {
    const { continued, overtaken } = this;
    return { ...super.save(), continued, overtaken };
  }
}
