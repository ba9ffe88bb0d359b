import type { AcceptMessage, PaxosMessage, PrepareMessage, PromiseMessage } from "../paxos/messages.ts";
import type { Proposal } from "../replica/proposals.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type { Trouble } from "../replica/trouble.ts";
import type { Constructor } from "./constructor.ts";
import type { Synchronizing } from "./synchronization.ts";

/** What `Resolution` adds. */
export interface Resolving {
  /** Drives the current instance to a decision, under a new proposal ID. */
  drive(): void;
  /** Drives the current instance, unless this node is at it already. */
  driveIfIdle(): void;
  /** Whether this node has a reason to see the current instance decided. */
  wantsDecision(): boolean;
}

/**
 * Brings instances to a decision: sends again what was not answered, backs off for a random time when it is refused, takes over
 * when the node that drove the instance has gone silent.
 *
 * It stands on synchronization: a driver that is behind would send for ever to nodes that have moved on.
 */
export function Resolution<B extends Constructor<ReplicatedValue & Synchronizing>>(
  Base: B,
): B & Constructor<Resolving> {
  return class Resolution extends Base implements Resolving {
    #backoffWindowMs = 0;
    #retransmitMs = 0;
    #deadlineTimerMs: number | null = null;
    #phase: "idle" | "driving" | "backing off" = "idle";

    protected override start(): void {
      super.start();
      this.#backoffWindowMs = this.settings.backoffMinMs;
      if (this.paxos.acceptor.acceptedId !== null) this.#watchDriver();
    }

    override proposeUpdate(proposal: Proposal): boolean {
      if (!super.proposeUpdate(proposal)) return false;
      if (proposal.deadlineMs !== null) this.#watchDeadline(proposal.deadlineMs);
      return true;
    }

    protected override offerProposal(): void {
      super.offerProposal();
      // An instance that this node is driving already takes the value with it, and after a refusal the backoff decides when.
      if (this.proposals.waiting) this.driveIfIdle();
    }

    driveIfIdle(): void {
      if (this.#phase === "idle") this.drive();
    }

    drive(): void {
      if (this.paxos.proposer.exhausted) return this.drop("an instance to drive, for no proposal number is left");
      this.#phase = "driving";
      this.effect({ kind: "cancel_timer", name: "backoff" });
      this.broadcast(this.paxos.prepare());
      this.#startRetransmission();
    }

    wantsDecision(): boolean {
      const { proposer, acceptor } = this.paxos;
      return proposer.proposedValue !== null || acceptor.acceptedId !== null;
    }

    protected override sendAccept(message: AcceptMessage): void {
      super.sendAccept(message);
      this.#phase = "driving";
      this.#startRetransmission();
    }

    protected override receivePromise(fromUid: string, message: PromiseMessage): void {
      super.receivePromise(fromUid, message);
      // A quorum has promised and there is nothing to propose: nothing is left to do until there is.
      const { leading, accept } = this.paxos.proposer;
      if (this.#phase === "driving" && leading && accept === null) this.#rest();
    }

    protected override proposalRefused(): void {
      super.proposalRefused();
      // A second refusal of the same proposal says nothing new.
      if (this.#phase !== "driving") return;
      this.#phase = "backing off";
      this.effect({ kind: "cancel_timer", name: "retransmit" });
      this.effect({ kind: "set_timer", name: "backoff", delayMs: this.env.random() * this.#backoffWindowMs });
      this.#backoffWindowMs = Math.min(this.#backoffWindowMs * 2, this.settings.backoffMaxMs);
    }

    protected override receivePrepare(fromUid: string, message: PrepareMessage): void {
      super.receivePrepare(fromUid, message);
      if (fromUid !== this.uid && this.paxos.acceptor.acceptedId !== null) this.#watchDriver();
    }

    protected override receiveAccept(fromUid: string, message: AcceptMessage): void {
      super.receiveAccept(fromUid, message);
      if (fromUid !== this.uid) this.#watchDriver();
    }

    protected override advance(instanceNumber: number): void {
      super.advance(instanceNumber);
      this.#phase = "idle";
      this.#backoffWindowMs = this.settings.backoffMinMs;
      for (const name of ["retransmit", "backoff", "takeover"]) this.effect({ kind: "cancel_timer", name });
    }

    protected override timerFired(name: string): void {
      if (name === "retransmit") this.#retransmit();
      if (name === "deadline") this.#expire();
      if (name === "backoff" && this.#phase === "backing off") this.#tryAgain();
      if (name === "takeover" && this.wantsDecision()) this.drive();
      super.timerFired(name);
    }

    protected override troubles(): readonly Trouble[] {
      const { exhausted, highestNumber } = this.paxos.proposer;
      const text =
        `node ${this.uid} can propose nothing: it has seen proposal number ${highestNumber}, the highest that ` +
        "there is, which no honest node comes near: find out which peer sent it";
      return exhausted ? [...super.troubles(), { kind: "other", about: null, text }] : super.troubles();
    }

    #tryAgain(): void {
      this.#phase = "idle";
      if (this.wantsDecision()) this.drive();
    }

    #rest(): void {
      this.#phase = "idle";
      this.effect({ kind: "cancel_timer", name: "retransmit" });
    }

    #startRetransmission(): void {
      this.#retransmitMs = this.settings.retransmitMinMs;
      this.#setRetransmitTimer();
    }

    #retransmit(): void {
      const { proposer, learner } = this.paxos;
      if (proposer.proposalId === null || this.#phase !== "driving") return;
      const { accept, promises, proposalId } = proposer;
      if (accept !== null) this.#sendAgain(accept, learner.acceptedBy(proposalId));
      else this.#sendAgain({ type: "prepare", proposalId }, new Set(promises.keys()));
      this.#retransmitMs = Math.min(this.#retransmitMs * 2, this.settings.retransmitMaxMs);
      this.#setRetransmitTimer();
    }

    #sendAgain(message: PaxosMessage, answeredBy: ReadonlySet<string>): void {
      for (const uid of this.nodes) {
        if (answeredBy.has(uid)) continue;
        this.sendPaxos(uid, message);
        this.askAncestor(uid);
      }
    }

    #setRetransmitTimer(): void {
      // Jitter on top, so that two drivers do not stay in step.
      const delayMs = this.#retransmitMs * (1 + this.env.random() / 2);
      this.effect({ kind: "set_timer", name: "retransmit", delayMs });
    }

    #watchDriver(): void {
      // Jitter on top, so that those who wait do not all take over at once.
      const delayMs = this.settings.takeoverMs * (1 + this.env.random() / 4);
      this.effect({ kind: "set_timer", name: "takeover", delayMs });
    }

    /** One timer serves all deadlines: it is set for the first of them, and again when it has gone off. */
    #watchDeadline(deadlineMs: number): void {
      if (this.#deadlineTimerMs !== null && this.#deadlineTimerMs <= deadlineMs) return;
      this.#deadlineTimerMs = deadlineMs;
      this.effect({ kind: "set_timer", name: "deadline", delayMs: Math.max(deadlineMs - this.env.now(), 0) });
    }

    #expire(): void {
      this.#deadlineTimerMs = null;
      this.settle(this.proposals.expire(this.env.now(), () => this.paxos.proposer.withdraw()));
      this.offerSoon();
      const deadlineMs = this.proposals.nextDeadlineMs;
      if (deadlineMs !== null) this.#watchDeadline(deadlineMs);
    }
  };
}
