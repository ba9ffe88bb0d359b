import type { Acceptor, AcceptorState } from "../../paxos/acceptor.ts";
import { MasterNode } from "../../node.ts";
import { PaxosInstance } from "../../paxos/instance.ts";
import type { Learner } from "../../paxos/learner.ts";
import type { Proposer } from "../../paxos/proposer.ts";
import type { Lease } from "../../replica/lease.ts";
import type { ReplicatedValue } from "../../replica/replicated_value.ts";
import type { Constructor } from "../../strategies/constructor.ts";
import type { Leasing } from "../../strategies/master_lease.ts";
import type { Violation } from "../events.ts";
import type { NodeClass } from "../host.ts";
import type { Subject } from "../storm.ts";
import { AIMED_STORM_MS } from "../weather.ts";

/** Takes a rule away from any class of nodes that stands on the passive replicated value. */
export type Slip = <B extends Constructor<ReplicatedValue>>(Base: B) => B;

/** One rule taken away from the real node, to show that the storms find it and what comes of it. */
export interface Bug {
  /** What `--bug` takes. */
  readonly name: string;
  /** The rule that is off, as a sentence that is true of the real node. */
  readonly rule: string;
  /** Where the protocol states it: `S1` to `S10`, `L6`, or a section. */
  readonly ruleRef: string;
  /** Where the bug was seen, or is explained. */
  readonly source: string;
  /** The cluster with the rule off. */
  readonly subject: Subject;
  /** What does it to the nodes, where that is no matter of any strategy: so `paxos check` can do it to its own composition. */
  readonly slip?: Slip;
  /** The same cluster with the rule in place, if it is not the usual one. */
  readonly control?: Subject;
  /** What the checkers may call it. */
  readonly kinds: readonly Violation["kind"][];
  /** Why its shortest story needs more than 20 events, and how many. */
  readonly maxEvents?: { readonly events: number; readonly reason: string };
}

/** Other classes in the roles. */
export function nodeWith(
  roles: {
    readonly proposer?: typeof Proposer;
    readonly acceptor?: typeof Acceptor;
    readonly learner?: typeof Learner;
  },
): Slip {
  return (Base) =>
    class extends Base {
      protected override createInstance(state?: AcceptorState): PaxosInstance {
        const { uid, quorumSize } = this;
        const instance = new PaxosInstance(
          uid,
          quorumSize,
          roles.proposer && new roles.proposer(uid, quorumSize),
          roles.acceptor && new roles.acceptor(),
          roles.learner && new roles.learner(quorumSize),
        );
        if (state !== undefined) instance.restoreAcceptor(state);
        return instance;
      }
    };
}

/** A cluster with a master and all rules in place. Of few nodes: leases keep all of them busy. */
export const WITH_MASTER: Subject = { nodeClass: MasterNode, nodes: 3, stormMs: AIMED_STORM_MS, aimed: true };

/** Another view of the lease, in any class of nodes that has leases. */
export function leaseWith(leaseClass: typeof Lease): Slip {
  return (Base) => {
    const LeasingBase = Base as unknown as Constructor<ReplicatedValue & Leasing>;
    return class Slipping extends LeasingBase {
      override createLease(): Lease {
        const { uid, windowMs } = super.createLease();
        return new leaseClass(uid, windowMs);
      }
    } as unknown as typeof Base;
  };
}

/** Nodes with a master that take another view of the lease. */
export function masterWith(leaseClass: typeof Lease): NodeClass {
  return leaseWith(leaseClass)(MasterNode);
}
