// A strategy of one's own: resolution with one timer of its own instead of four. Run it by `paxos serve A --node tests/strategies/own_strategy.ts`.
import { ReplicatedValue } from "../../src/replica/replicated_value.ts";
import { Clients } from "../../src/strategies/clients.ts";
import type { Constructor } from "../../src/strategies/constructor.ts";
import { Introduction } from "../../src/strategies/introduction.ts";
import { QuorumRead } from "../../src/strategies/quorum_read.ts";
import type { Resolving } from "../../src/strategies/resolution.ts";
import { Synchronization, type Synchronizing } from "../../src/strategies/synchronization.ts";

/** Whoever wants a decision tries under a new ID whenever a timer goes off: it never retransmits, backs off or gives up. */
function Stubbornness<B extends Constructor<ReplicatedValue & Synchronizing>>(Base: B): B & Constructor<Resolving> {
  return class Stubbornness extends Base implements Resolving {
    wantsDecision(): boolean {
      return this.proposals.waiting || this.paxos.acceptor.acceptedId !== null;
    }
    driveIfIdle(): void {
      if (this.paxos.proposer.proposalId === null) this.drive();
    }
    drive(): void {
      this.broadcast(this.paxos.prepare());
      this.effect({ kind: "set_timer", name: "again", delayMs: 100 * (1 + this.env.random()) });
    }
    protected override offerProposal(): void {
      super.offerProposal();
      if (this.proposals.waiting) this.driveIfIdle();
    }
    protected override timerFired(name: string): void {
      super.timerFired(name);
      if (this.wantsDecision()) this.drive();
    }
  };
}

/** A node as any other, but stubborn. */
export default class StubbornNode
  extends QuorumRead(Clients(Stubbornness(Synchronization(Introduction(ReplicatedValue))))) {}
