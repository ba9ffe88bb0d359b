import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type { Constructor } from "../strategies/constructor.ts";
import { type Bounds, valueOf } from "./model.ts";

/** The timer that makes a node drive. */
export const DRIVE = "drive";

/**
 * Leaves it to the search when a node drives: the timer may go off at any moment, and again. That is every order in which a
 * proposal, a takeover, a backoff or impatience could make `Resolution` prepare, and more.
 */
export function Driving<B extends Constructor<ReplicatedValue>>(Base: B, bounds: Bounds): B {
  return class Driving extends Base {
    protected override start(): void {
      super.start();
      this.#arm();
    }

    protected override timerFired(name: string): void {
      if (name === DRIVE) this.#drive();
      super.timerFired(name);
    }

    #drive(): void {
      const { proposer } = this.paxos;
      const highest = bounds.numbers[this.uid] ?? 0;
      if (proposer.highestNumber < highest && this.instanceNumber < bounds.instances) {
        proposer.propose(valueOf(this));
        this.broadcast(this.paxos.prepare());
      }
      this.#arm();
    }

    #arm(): void {
      if (this.uid in bounds.numbers) this.effect({ kind: "set_timer", name: DRIVE, delayMs: 0 });
    }
  };
}
