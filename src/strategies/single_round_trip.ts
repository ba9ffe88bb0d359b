import type { AcceptorState } from "../paxos/acceptor.ts";
import type { PaxosInstance } from "../paxos/instance.ts";
import { boundedInstance } from "../replica/bounded_instance.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type { Constructor } from "./constructor.ts";
import type { Introducing } from "./introduction.ts";
import { StableProposer } from "./stable_proposer.ts";

/** What `SingleRoundTrip` adds. */
export interface Continuing {
  /** Whether the peer keeps its promises over links: only those of such nodes hold in the next instance. */
  keepsPromises(uid: string): boolean;
}

/**
 * Lets a node that drives one instance after the other prepare once: promises outlive links, so its accept for the next instance
 * leaves at once, under the ID that a quorum has really promised.
 *
 * No clock has a part in this. A node that was restarted has no such ID, and one that has seen a higher one prepares again.
 */
export function SingleRoundTrip<B extends Constructor<ReplicatedValue & Introducing>>(
  Base: B,
): B & Constructor<Continuing> {
  return class SingleRoundTrip extends Base implements Continuing {
    protected override advance(instanceNumber: number): void {
      const { proposer: before } = this.paxos;
      super.advance(instanceNumber);
      const { proposer, acceptor } = this.paxos;
      if (!(before instanceof StableProposer && proposer instanceof StableProposer)) return;
      if (![...before.promises.keys()].every((uid) => this.keepsPromises(uid))) return;
      proposer.continueFrom(before);
      proposer.observe(acceptor.promisedId);
    }

    protected override createInstance(acceptor?: AcceptorState): PaxosInstance {
      // The base's is not wanted: the proposer is another one.
      const { uid, quorumSize } = this;
      return boundedInstance(uid, quorumSize, acceptor, new StableProposer(uid, quorumSize));
    }

    /** A node of the ancestor begins each link without promises; of one that has not been heard nobody knows. */
    keepsPromises(uid: string): boolean {
      return this.acquaintance(uid) === "same";
    }
  };
}
