import { compareProposalIds, MAX_PROPOSAL_NUMBER, type ProposalId, sameProposalId } from "./proposal_id.ts";
import type { AcceptMessage, NackMessage, PrepareMessage, PromiseMessage } from "./messages.ts";

/** All that a proposer knows, as plain data. */
export interface ProposerState {
  /** The highest proposal number that it has seen. */
  readonly highestNumber: number;
  /** The ID that it is trying, if any. */
  readonly proposalId: ProposalId | null;
  /** The value that it would like to see chosen. */
  readonly proposedValue: string | null;
  /** The promises for that ID, each with the acceptor that gave it. */
  readonly promises: readonly (readonly [uid: string, promise: PromiseMessage])[];
  /** The accept that it has made under that ID, if any. */
  readonly accept: AcceptMessage | null;
}

/**
 * Gathers promises for an ID of its own, then asks for acceptance of a value that is safe under it.
 *
 * Source: Lamport, *Paxos Made Simple*, section 2.2 (P2c).
 */
export class Proposer {
  /** The ID that it is trying, if any. */
  proposalId: ProposalId | null = null;
  /** The value that it would like to see chosen, if the instance is free. */
  proposedValue: string | null = null;
  /** The accept that it has made under the ID: made once, and sent again unchanged. */
  accept: AcceptMessage | null = null;
  /** The highest proposal number that it has seen anywhere. */
  highestNumber = 0;
  /** The promises for the ID, by acceptor. */
  readonly promises: Map<string, PromiseMessage> = new Map();

  /** `uid` names the node; `quorumSize` is how many promises it needs, its own acceptor's included. */
  constructor(readonly uid: string, readonly quorumSize: number) {}

  /** Whether no number is left that is above all that it has seen: then it can prepare no more. */
  get exhausted(): boolean {
    return this.highestNumber >= MAX_PROPOSAL_NUMBER;
  }

  /** Whether a quorum has promised the ID. */
  get leading(): boolean {
    return this.promises.size >= this.quorumSize;
  }

  /** Whether a quorum has promised and none of it has accepted anything: nothing is chosen below the ID. */
  get free(): boolean {
    return this.leading && [...this.promises.values()].every((promise) => promise.lastAcceptedId === null);
  }

  /** Names the value to propose if the instance is free; the first one stands. Answers with the accept if that was all it waited for. */
  propose(value: string): AcceptMessage | null {
    this.proposedValue ??= value;
    return this.acceptOnce();
  }

  /** Takes back a value that no accept carries yet, and says whether it could. */
  withdraw(): boolean {
    if (this.accept === null) this.proposedValue = null;
    return this.accept === null;
  }

  /**
   * Starts over under a new ID, above every number that it has seen.
   *
   * Its own acceptor must promise this ID durably before the message leaves: so a restarted proposer never uses an ID twice.
   */
  prepare(): PrepareMessage {
    if (this.exhausted) {
      throw new RangeError(`Cannot prepare above number ${this.highestNumber}: no higher one is exact`);
    }
    this.highestNumber++;
    this.proposalId = { number: this.highestNumber, uid: this.uid };
    this.promises.clear();
    this.accept = null;
    return { type: "prepare", proposalId: this.proposalId };
  }

  /** Takes note of an ID in use, so that the next one of its own is above it. */
  observe(id: ProposalId | null): void {
    if (id !== null && id.number > this.highestNumber) this.highestNumber = id.number;
  }

  /** Counts a promise for the ID that it is trying, each acceptor once; answers with the accept when a quorum has promised. */
  receivePromise(fromUid: string, message: PromiseMessage): AcceptMessage | null {
    if (!sameProposalId(message.proposalId, this.proposalId) || this.promises.has(fromUid)) return null;
    this.promises.set(fromUid, message);
    return this.acceptOnce();
  }

  /** Whether the refusal concerns the ID that it is trying: then only a higher one can win. */
  receiveNack(message: NackMessage): boolean {
    this.observe(message.promisedId);
    return sameProposalId(message.proposalId, this.proposalId);
  }

  /** The accept, at the moment when both a quorum and a safe value are there. */
  protected acceptOnce(): AcceptMessage | null {
    if (this.proposalId === null || this.accept !== null || !this.leading) return null;
    const value = this.safeValue();
    if (value === null) return null;
    return this.accept = { type: "accept", proposalId: this.proposalId, value };
  }

  /** The value that may be proposed under the ID, now that a quorum has promised. */
  protected safeValue(): string | null {
    // A value chosen under a lower ID was accepted by a quorum, and this quorum of promises shares an acceptor with it.
    // That acceptor accepted before it promised, for afterwards it would have refused; so its promise reports a value.
    // The value reported under the highest ID is the chosen one, since whoever proposed under an ID in between met the
    // same rule. Only if nobody reports a value can nothing be chosen below this ID, and the proposer's own wish is safe.
    let highest: PromiseMessage | null = null;
    for (const promise of this.promises.values()) {
      if (compareProposalIds(promise.lastAcceptedId, highest?.lastAcceptedId ?? null) > 0) highest = promise;
    }
    return highest === null ? this.proposedValue : highest.lastAcceptedValue;
  }

  /** All that it knows, as plain data. */
  save(): ProposerState {
    const { highestNumber, proposalId, proposedValue, accept } = this;
    return { highestNumber, proposalId, proposedValue, promises: [...this.promises], accept };
  }

  /** Takes over what `save` gave. */
  restore({ promises, ...rest }: ProposerState): void {
    Object.assign(this, rest);
    this.promises.clear();
    for (const [uid, promise] of promises) this.promises.set(uid, promise);
  }
}
