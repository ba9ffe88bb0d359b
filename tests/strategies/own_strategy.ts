// A strategy of one's own: resolution with one timer instead of four. Run it by `paxos serve A --node tests/strategies/own_strategy.ts`.
import { ReplicatedValue } from "../../src/replica/replicated_value.ts";
import type { AcceptMessage } from "../../src/paxos/messages.ts";
import { Clients } from "../../src/strategies/clients.ts";
import type { Constructor } from "../../src/strategies/constructor.ts";
import { Introduction } from "../../src/strategies/introduction.ts";
import { QuorumRead } from "../../src/strategies/quorum_read.ts";
import type { Resolving } from "../../src/strategies/resolution.ts";
import { Synchronization, type Synchronizing } from "../../src/strategies/synchronization.ts";

/** Whoever wants a decision waits for 100 to 200 ms after the last accept or attempt, and then tries under a new ID. */
function Patience<B extends Constructor<ReplicatedValue & Synchronizing>>(Base: B): B & Constructor<Resolving> {
  return class Patience extends Base implements Resolving {
    #waiting = false;

    wantsDecision(): boolean {
      return this.proposals.waiting || this.paxos.acceptor.acceptedId !== null;
    }
    driveIfIdle(): void {
      if (!this.#waiting) this.drive();
    }
    drive(): void {
      this.broadcast(this.paxos.prepare());
      this.#wait();
    }
    protected override offerProposal(): void {
      super.offerProposal();
      if (this.proposals.waiting) this.driveIfIdle();
    }
    protected override receiveAccept(fromUid: string, message: AcceptMessage): void {
      super.receiveAccept(fromUid, message);
      this.#wait();
    }
    protected override timerFired(name: string): void {
      if (name === "patience") this.#tryAgain();
      super.timerFired(name);
    }
    protected override advance(instanceNumber: number): void {
      super.advance(instanceNumber);
      this.#waiting = false;
    }
    #wait(): void {
      this.#waiting = true;
      this.effect({ kind: "set_timer", name: "patience", delayMs: 100 * (1 + this.env.random()) });
    }
    #tryAgain(): void {
      this.#waiting = false;
      this.settle(this.proposals.expire(this.env.now(), () => this.paxos.proposer.withdraw()));
      if (this.wantsDecision()) this.drive();
    }
  };
}

/** A node as any other, but for its patience. */
export default class PatientNode
  extends QuorumRead(Clients(Patience(Synchronization(Introduction(ReplicatedValue))))) {}
