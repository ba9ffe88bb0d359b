import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type { Constructor } from "../strategies/constructor.ts";
import type { Resolving } from "../strategies/resolution.ts";
import { type Bounds, valueOf } from "./model.ts";

/** The timers by which the search makes a node do something; any of them may go off at any moment, and again. */
export const TIMERS: readonly string[] = ["drive", "go on", "tend"];

/** What a node with leases does when time has passed. */
interface Tending {
  readonly isMaster: boolean;
  tendLease(): void;
}

/**
 * Leaves it to the search when a node drives. That is every order in which a proposal, a takeover, a backoff or impatience could
 * make `Resolution` prepare, and more; it stands where `Resolution` would.
 */
export function Driving<B extends Constructor<ReplicatedValue>>(
  Base: B,
  bounds: Bounds,
): B & Constructor<Resolving> {
  return class Driving extends Base implements Resolving {
    protected override start(): void {
      super.start();
      for (const name of TIMERS) this.#arm(name);
    }

    protected override timerFired(name: string): void {
      if (name === "drive") this.drive();
      if (name === "go on") this.#goOn();
      if (name === "tend" && isTending(this)) this.tendLease();
      if (TIMERS.includes(name)) this.#arm(name);
      super.timerFired(name);
    }

    drive(): void {
      const { proposer } = this.paxos;
      const highest = bounds.numbers[this.uid] ?? 0;
      if (proposer.highestNumber >= highest || this.#isAtEnd()) return;
      proposer.propose(this.#link());
      this.broadcast(this.paxos.prepare());
    }

    /** The search does when it likes. */
    driveIfIdle(): void {}

    wantsDecision(): boolean {
      return this.paxos.proposer.proposedValue !== null;
    }

    /** Proposes under an ID that was promised in an earlier instance. */
    #goOn(): void {
      const { leading, accept } = this.paxos.proposer;
      const mayPropose = !isTending(this) || this.isMaster;
      if (leading && accept === null && mayPropose) this.offerLink(this.#link());
    }

    /** Nobody proposes beyond the last link, be it to renew a lease. */
    protected override offerLink(link: string): void {
      if (!this.#isAtEnd()) super.offerLink(link);
    }

    #link(): string {
      return this.encodeLink([{ value: valueOf(this) }]);
    }

    #isAtEnd(): boolean {
      return this.instanceNumber >= bounds.instances;
    }

    #arm(name: string): void {
      if (this.uid in bounds.numbers) this.effect({ kind: "set_timer", name, delayMs: 0 });
    }
  };
}

function isTending(node: object): node is Tending {
  return "tendLease" in node;
}
