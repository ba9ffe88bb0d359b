// What a composition of mixins is, for the reader and for the compiler.
import { MasterNode, PlainNode } from "../../src/node.ts";
import { DEFAULT_SETTINGS, type NodeOptions } from "../../src/replica/ports.ts";
import { ReplicatedValue } from "../../src/replica/replicated_value.ts";
import { Clients } from "../../src/strategies/clients.ts";
import { Introduction } from "../../src/strategies/introduction.ts";
import { MasterClients } from "../../src/strategies/master_clients.ts";
import { MasterLease } from "../../src/strategies/master_lease.ts";
import { QuorumRead } from "../../src/strategies/quorum_read.ts";
import { Resolution } from "../../src/strategies/resolution.ts";
import { ShortVotes } from "../../src/strategies/short_votes.ts";
import { SingleRoundTrip } from "../../src/strategies/single_round_trip.ts";
import { Synchronization } from "../../src/strategies/synchronization.ts";
import { Watching } from "../../src/strategies/watching.ts";
import { PaxosInstance } from "../../src/paxos/instance.ts";
import { assert, assertEquals } from "../assert.ts";
import StubbornNode from "./own_strategy.ts";

const OPTIONS: NodeOptions = {
  uid: "A",
  nodes: ["A", "B", "C"],
  settings: DEFAULT_SETTINGS,
  pid: 1,
  env: { now: () => 0, random: () => 0 },
};

/** The names along the prototype chain, as `A < B < C`. */
function chainOf(nodeClass: new (options: NodeOptions) => ReplicatedValue): string {
  const names: string[] = [];
  for (let it: unknown = nodeClass; typeof it === "function" && it.name !== ""; it = Object.getPrototypeOf(it)) {
    names.push(it.name);
  }
  return names.join(" < ");
}

Deno.test("the prototype chain of a node reads like its composition", () => {
  assertEquals(
    chainOf(PlainNode),
    "PlainNode < Recollection < Reachability < Rejoin < QuorumRead < Watching < Clients < Resolution < ShortVotes < Synchronization < Introduction < ReplicatedValue < Hooks",
  );
  assertEquals(
    chainOf(MasterNode),
    `MasterNode < MasterClients < MasterLease < SingleRoundTrip < ${chainOf(PlainNode).replace("PlainNode < ", "")}`,
  );
  assertEquals(
    chainOf(StubbornNode),
    "StubbornNode < QuorumRead < Clients < Stubbornness < Synchronization < Introduction < ReplicatedValue < Hooks",
  );
});

Deno.test("a node can be made in the right order of mixins, and has what each of them adds", () => {
  const node = new PlainNode(OPTIONS);
  const { acquaintance, askForNews, drive, respond, readLinearizable, waitingReads } = node;
  for (const method of [acquaintance, askForNews, drive, respond, readLinearizable]) {
    assertEquals(typeof method, "function");
  }
  assertEquals(waitingReads, 0);
  assert(node instanceof ReplicatedValue);
});

Deno.test("nothing is done and nothing is drawn during construction: what a node does begins with its start", () => {
  const forbidden = (): never => {
    throw new Error("too early");
  };
  const node = new PlainNode({ ...OPTIONS, env: { now: forbidden, random: forbidden } });
  assertEquals(node.takeEffects(), []);
});

Deno.test("a composition in the wrong order, on the wrong base or with the wrong arguments does not compile", () => {
  class NoChain {
    readonly uid: string = "A";
  }
  const refusedByTheCompiler = [
    // @ts-expect-error Synchronization stands on Introduction.
    () => Synchronization(ReplicatedValue),
    // @ts-expect-error Resolution stands on Synchronization.
    () => Resolution(Introduction(ReplicatedValue)),
    // @ts-expect-error A wrong order: Resolution comes to stand below Synchronization.
    () => Synchronization(Resolution(Introduction(ReplicatedValue))),
    // @ts-expect-error ShortVotes stands on Synchronization.
    () => ShortVotes(Introduction(ReplicatedValue)),
    // @ts-expect-error Watching stands on Clients.
    () => Watching(Resolution(Synchronization(Introduction(ReplicatedValue)))),
    // @ts-expect-error QuorumRead stands on Clients.
    () => QuorumRead(Resolution(Synchronization(Introduction(ReplicatedValue)))),
    // @ts-expect-error QuorumRead stands on Resolution.
    () => QuorumRead(Clients(Synchronization(Introduction(ReplicatedValue)))),
    // @ts-expect-error SingleRoundTrip stands on Introduction.
    () => SingleRoundTrip(ReplicatedValue),
    // @ts-expect-error MasterLease stands on SingleRoundTrip.
    () => MasterLease(PlainNode),
    // @ts-expect-error MasterLease stands on Resolution.
    () => MasterLease(SingleRoundTrip(Synchronization(Introduction(ReplicatedValue)))),
    // @ts-expect-error MasterClients stands on MasterLease.
    () => MasterClients(SingleRoundTrip(PlainNode)),
    // @ts-expect-error A wrong order: MasterLease comes to stand above MasterClients.
    () => MasterLease(MasterClients(SingleRoundTrip(PlainNode))),
    // @ts-expect-error MasterClients stands on Clients.
    () => MasterClients(MasterLease(SingleRoundTrip(Resolution(Synchronization(Introduction(ReplicatedValue)))))),
    // @ts-expect-error A mixin stands on the chain, not on any class.
    () => Introduction(NoChain),
    // @ts-expect-error Nor on one instance of Paxos.
    () => Clients(PaxosInstance),
    // @ts-expect-error An instance is no class.
    () => Introduction(new ReplicatedValue(OPTIONS)),
    // @ts-expect-error A node is made with options.
    () => new PlainNode(),
    // @ts-expect-error All of them.
    () => new PlainNode({ uid: "A", nodes: ["A"] }),
    // @ts-expect-error And of the right types.
    () => new PlainNode({ ...OPTIONS, nodes: "A,B,C" }),
    // @ts-expect-error What a mixin adds has a type, too.
    () => new PlainNode(OPTIONS).acquaintance(5),
    // @ts-expect-error What no mixin adds is not there.
    () => new PlainNode(OPTIONS).lease,
  ];
  assertEquals(refusedByTheCompiler.length, 21);
});
