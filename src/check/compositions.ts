// What the models run: the classes of the server, with the search in place of clocks and chance.
import { Lease } from "../replica/lease.ts";
import { ReplicatedValue } from "../replica/replicated_value.ts";
import type { NodeClass } from "../sim/host.ts";
import type { Slip } from "../sim/bugs/bug.ts";
import type { Constructor } from "../strategies/constructor.ts";
import type { Acquaintance, Introducing } from "../strategies/introduction.ts";
import { MasterLease } from "../strategies/master_lease.ts";
import { SingleRoundTrip } from "../strategies/single_round_trip.ts";
import { Synchronization } from "../strategies/synchronization.ts";
import { Driving } from "./driving.ts";
import { type Bounds, WINDOW_MS } from "./model.ts";

/** One decision: whoever learns it stays where it is, so that all that the roles can still do is seen. */
class OneDecision extends ReplicatedValue {
  // It does not call super, which would begin the next instance.
  protected override learn(link: string): void {
    this.effect({ kind: "chosen", instanceNumber: this.instanceNumber, link, results: [] });
  }
}

/** Introductions are over: whether votes count before them is no part of the proof. */
function Introduced<B extends Constructor<ReplicatedValue>>(Base: B): B & Constructor<Introducing> {
  return class Introduced extends Base implements Introducing {
    acquaintance(_uid: string): Acquaintance {
      return "same";
    }

    // Nobody asks for it where introductions are over.
    get life(): string {
      return "";
    }

    ancestorFound(_uid: string): void {}

    doubt(_uid: string): void {}

    // Nor has anybody lost a state.
    repents(_uid: string): void {}
  };
}

/** The roles of one instance. */
export function oneDecision(bounds: Bounds, slip: Slip): NodeClass {
  return Driving(slip(OneDecision), bounds);
}

/** The chain, and nodes that bring each other up to date. */
export function chain(bounds: Bounds, slip: Slip): NodeClass {
  return Driving(slip(Synchronization(Introduced(ReplicatedValue))), bounds);
}

/** The chain, and drivers that prepare once for many links. */
export function roundTrip(bounds: Bounds, slip: Slip): NodeClass {
  return Driving(slip(SingleRoundTrip(Synchronization(Introduced(ReplicatedValue)))), bounds);
}

/** The chain with leases. */
export function leasing(bounds: Bounds, slip: Slip): NodeClass {
  const Base = MasterLease(SingleRoundTrip(Driving(Synchronization(Introduced(ReplicatedValue)), bounds)));
  return slip(
    class LeasingNode extends Base {
      // It does not call super, for the window of the settings is shorter than a path.
      override createLease(): Lease {
        return new Lease(this.uid, WINDOW_MS);
      }
    },
  );
}
