/**
 * The compositions: what `paxos serve` and the simulator run.
 *
 * @module
 */
import { ReplicatedValue } from "./replica/replicated_value.ts";
import { type Answering, Clients } from "./strategies/clients.ts";
import type { Constructor } from "./strategies/constructor.ts";
import { type Introducing, Introduction } from "./strategies/introduction.ts";
import { QuorumRead, type Reading } from "./strategies/quorum_read.ts";
import { Reachability, type Reaching } from "./strategies/reachability.ts";
import { Resolution, type Resolving } from "./strategies/resolution.ts";
import { type Watched, Watching } from "./strategies/watching.ts";
import { Synchronization, type Synchronizing } from "./strategies/synchronization.ts";

/** The base of `PlainNode`, named so that its type can be. */
export const PlainNodeBase:
  & typeof ReplicatedValue
  & Constructor<Introducing>
  & Constructor<Synchronizing>
  & Constructor<Resolving>
  & Constructor<Answering>
  & Constructor<Watched>
  & Constructor<Reading>
  & Constructor<Reaching> = Reachability(
    QuorumRead(Watching(Clients(Resolution(Synchronization(Introduction(ReplicatedValue)))))),
  );

/** A node without leases: any node proposes, and a read asks a quorum. */
export class PlainNode extends PlainNodeBase {}
