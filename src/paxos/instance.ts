import type { AcceptedMessage, AcceptMessage, NackMessage, PrepareMessage, PromiseMessage } from "./messages.ts";
import { Acceptor, type AcceptorState } from "./acceptor.ts";
import { type Chosen, Learner, type Vote } from "./learner.ts";
import { Proposer, type ProposerState } from "./proposer.ts";

/** The three roles of one instance, as plain data. */
export interface InstanceState {
  /** The proposer. */
  readonly proposer: ProposerState;
  /** The acceptor: the only part that must survive a crash. */
  readonly acceptor: AcceptorState;
  /** The learner. */
  readonly learner: readonly Vote[];
}

/**
 * One decision: a proposer, an acceptor and a learner under one roof, as every node has them.
 *
 * Messages in are method calls, messages out are returned values. A message to every node must reach this instance too:
 * its own acceptor and its own learner count like any other.
 *
 * ```ts
 * import { PaxosInstance } from "@paxos/paxos/core";
 *
 * const [a, b] = [new PaxosInstance("A", 2), new PaxosInstance("B", 2)];
 * a.proposeValue("hello");
 * const prepare = a.prepare();
 * a.receivePromise("A", a.receivePrepare(prepare) as never);
 * const accept = a.receivePromise("B", b.receivePrepare(prepare) as never)!;
 * a.receiveAccepted("A", a.receiveAccept(accept) as never);
 * const chosen = a.receiveAccepted("B", b.receiveAccept(accept) as never);
 * console.log(chosen?.value); // hello
 * ```
 */
export class PaxosInstance {
  /** `uid` names the node, `quorumSize` is the number of nodes in a quorum; other roles than the usual ones may be given. */
  constructor(
    readonly uid: string,
    readonly quorumSize: number,
    readonly proposer: Proposer = new Proposer(uid, quorumSize),
    readonly acceptor: Acceptor = new Acceptor(),
    readonly learner: Learner = new Learner(quorumSize),
  ) {}

  /** Names the value to propose if the instance is free. */
  proposeValue(value: string): AcceptMessage | null {
    return this.proposer.propose(value);
  }

  /** Asks for promises under a new ID. */
  prepare(): PrepareMessage {
    return this.proposer.prepare();
  }

  /** The acceptor's answer to a prepare. */
  receivePrepare(message: PrepareMessage): PromiseMessage | NackMessage {
    this.proposer.observe(message.proposalId);
    return this.acceptor.receivePrepare(message);
  }

  /** The accept, if this promise completes a quorum. */
  receivePromise(fromUid: string, message: PromiseMessage): AcceptMessage | null {
    return this.proposer.receivePromise(fromUid, message);
  }

  /** Whether the proposal that this instance is trying was refused. */
  receiveNack(message: NackMessage): boolean {
    return this.proposer.receiveNack(message);
  }

  /** The acceptor's answer to an accept. */
  receiveAccept(message: AcceptMessage): AcceptedMessage | NackMessage {
    this.proposer.observe(message.proposalId);
    return this.acceptor.receiveAccept(message);
  }

  /** The decision, if this vote completes a quorum. */
  receiveAccepted(fromUid: string, message: AcceptedMessage): Chosen | null {
    this.proposer.observe(message.proposalId);
    return this.learner.receiveAccepted(fromUid, message);
  }

  /** The three roles as plain data. */
  save(): InstanceState {
    return { proposer: this.proposer.save(), acceptor: this.acceptor.save(), learner: this.learner.save() };
  }

  /** Takes over what `save` gave. */
  restore(state: InstanceState): void {
    this.proposer.restore(state.proposer);
    this.acceptor.restore(state.acceptor);
    this.learner.restore(state.learner);
  }

  /** Takes over what survived a crash, or an earlier instance: the proposer continues above every number in it. */
  restoreAcceptor(state: AcceptorState): void {
    this.acceptor.restore(state);
    this.proposer.observe(state.promisedId);
    this.proposer.observe(state.acceptedId);
  }
}
