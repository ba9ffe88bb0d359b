/**
 * The compositions: what `paxos serve` and the simulator run, and what they are composed of.
 *
 * A node is one synchronous state machine. An `EffectLoop` runs it: it steps the inputs at hand, saves, and only then lets the node
 * speak. What carries messages, where the state is kept and what the time is are handed in. Three nodes in one process, with
 * nothing on a disk:
 *
 * ```ts
 * import { DEFAULT_SETTINGS, EffectLoop, PlainNode } from "@paxos/paxos";
 *
 * const nodes = ["A", "B", "C"];
 * const loops = new Map<string, EffectLoop>();
 * const chosen = Promise.withResolvers<string>();
 * for (const uid of nodes) {
 *   const env = { now: () => performance.now(), random: Math.random };
 *   const timers = new Map<string, ReturnType<typeof setTimeout>>();
 *   const node = new PlainNode({ uid, nodes, env, settings: DEFAULT_SETTINGS, pid: 0 });
 *   const store = { save: (_state: unknown, done: (error: Error | null) => void) => done(null) };
 *   const loop = new EffectLoop(node, store, {
 *     send: (to, message) => queueMicrotask(() => loops.get(to)?.push({ kind: "message", fromUid: uid, message })),
 *     respond: () => {},
 *     setTimer(name, delayMs, fire) {
 *       clearTimeout(timers.get(name));
 *       timers.set(name, setTimeout(fire, delayMs));
 *     },
 *     cancelTimer: (name) => clearTimeout(timers.get(name)),
 *     announce: (event) => event.kind === "chosen" && chosen.resolve(`instance ${event.instanceNumber}: ${event.link}`),
 *     stopped: (error) => chosen.reject(error),
 *   });
 *   loops.set(uid, loop);
 * }
 * for (const loop of loops.values()) loop.push({ kind: "start" });
 * loops.get("A")?.push({ kind: "propose", value: "hello" });
 * console.log(await chosen.promise); // instance 0: hello
 * for (const loop of loops.values()) loop.stop();
 * ```
 *
 * A composition of one's own: leave a concern out, or put a mixin of yours in its place. This one speaks up:
 *
 * ```ts
 * import {
 *   Clients,
 *   type Constructor,
 *   Introduction,
 *   QuorumRead,
 *   Reachability,
 *   Recollection,
 *   Rejoin,
 *   ReplicatedValue,
 *   Resolution,
 *   ShortVotes,
 *   Synchronization,
 *   Watching,
 * } from "@paxos/paxos";
 *
 * function Announcing<B extends Constructor<ReplicatedValue>>(Base: B): B {
 *   return class Announcing extends Base {
 *     protected override learn(link: string): void {
 *       console.log(`${this.uid} learns instance ${this.instanceNumber}: ${link}`);
 *       super.learn(link);
 *     }
 *   };
 * }
 *
 * // `paxos serve A --node FILE.ts` runs such a class, `paxos sim --node FILE.ts` sends storms over it.
 * const Basic = Resolution(ShortVotes(Synchronization(Introduction(Announcing(ReplicatedValue)))));
 * class MyNode extends Recollection(Reachability(Rejoin(QuorumRead(Watching(Clients(Basic)))))) {}
 * console.log(MyNode.name);
 * ```
 *
 * `MasterNode` is `PlainNode` with three concerns more: promises that hold for all links that follow, a lease, and what clients gain
 * by a master.
 *
 * ```ts
 * import { MasterClients, MasterLease, MasterNode, PlainNode, SingleRoundTrip } from "@paxos/paxos";
 *
 * class TheSame extends MasterClients(MasterLease(SingleRoundTrip(PlainNode))) {}
 * console.log(TheSame.name, MasterNode.name);
 * ```
 *
 * @module
 */
import { ReplicatedValue } from "./replica/replicated_value.ts";
import { type Answering, Clients } from "./strategies/clients.ts";
import type { Constructor } from "./strategies/constructor.ts";
import { type Introducing, Introduction } from "./strategies/introduction.ts";
import { MasterClients, type Serving } from "./strategies/master_clients.ts";
import { type Leasing, MasterLease } from "./strategies/master_lease.ts";
import { QuorumRead, type Reading } from "./strategies/quorum_read.ts";
import { Reachability, type Reaching } from "./strategies/reachability.ts";
import { type Recollecting, Recollection } from "./strategies/recollection.ts";
import { Rejoin, type Rejoining } from "./strategies/rejoin.ts";
import { Resolution, type Resolving } from "./strategies/resolution.ts";
import { ShortVotes } from "./strategies/short_votes.ts";
import { type Continuing, SingleRoundTrip } from "./strategies/single_round_trip.ts";
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
  & Constructor<Rejoining>
  & Constructor<Reaching>
  & Constructor<Recollecting> = Recollection(
    Reachability(
      Rejoin(QuorumRead(Watching(Clients(Resolution(ShortVotes(Synchronization(Introduction(ReplicatedValue)))))))),
    ),
  );

/** A node without leases: any node proposes, and a read asks a quorum. */
export class PlainNode extends PlainNodeBase {}

/** The base of `MasterNode`, named so that its type can be. */
export const MasterNodeBase:
  & typeof PlainNodeBase
  & Constructor<Continuing>
  & Constructor<Leasing>
  & Constructor<Serving> = MasterClients(MasterLease(SingleRoundTrip(PlainNodeBase)));

/** A node with leases: only the master adds values, in one round trip, and reads without asking anybody. */
export class MasterNode extends MasterNodeBase {}

// What a composition is made of, for those who use this as a library.
export {
  Clients,
  Introduction,
  MasterClients,
  MasterLease,
  QuorumRead,
  Reachability,
  Recollection,
  Rejoin,
  ReplicatedValue,
  Resolution,
  ShortVotes,
  SingleRoundTrip,
  Synchronization,
  Watching,
};
export { EffectLoop } from "./replica/effect_loop.ts";
export { DEFAULT_SETTINGS } from "./replica/ports.ts";

// And all types that these name.
export type * from "./paxos/core.ts";
export type * from "./replica/effect_loop.ts";
export type * from "./replica/hooks.ts";
export type * from "./replica/lease.ts";
export type * from "./replica/link.ts";
export type * from "./replica/link_record.ts";
export type * from "./replica/messages.ts";
export type * from "./replica/node_state.ts";
export type * from "./replica/ports.ts";
export type * from "./replica/proposals.ts";
export type * from "./replica/register.ts";
export type * from "./replica/requests.ts";
export type * from "./replica/trouble.ts";
export type * from "./strategies/clients.ts";
export type * from "./strategies/constructor.ts";
export type * from "./strategies/introduction.ts";
export type * from "./strategies/master_clients.ts";
export type * from "./strategies/master_lease.ts";
export type * from "./strategies/quorum_read.ts";
export type * from "./strategies/reachability.ts";
export type * from "./strategies/recollection.ts";
export type * from "./strategies/rejoin.ts";
export type * from "./strategies/resolution.ts";
export type * from "./strategies/single_round_trip.ts";
export type * from "./strategies/synchronization.ts";
export type * from "./strategies/watching.ts";
