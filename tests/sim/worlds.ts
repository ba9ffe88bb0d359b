// A world that does nothing by itself, for tests that make things happen one by one.
import { PlainNode } from "../../src/node.ts";
import { DEFAULT_SETTINGS } from "../../src/replica/ports.ts";
import { decodeUtf8 } from "../../src/wire/utf8.ts";
import type { Clock, NodeClass } from "../../src/sim/host.ts";
import { World } from "../../src/sim/world.ts";
import type { Shortcut } from "../../src/sim/world_options.ts";
import { assert } from "../assert.ts";

const UIDS = ["A", "B", "C"];

/** What a test's world is made with; everything has a default. */
export interface WorldSpec {
  readonly nodeClass?: NodeClass;
  readonly clocks?: Readonly<Record<string, Clock>>;
  readonly shortcuts?: readonly Shortcut[];
}

/** Three nodes and two clients; only `step` makes anything happen. */
export function quietWorld({ nodeClass = PlainNode, clocks = {}, shortcuts = [] }: WorldSpec = {}): World {
  const world = new World({
    hosts: UIDS.map((uid, seed) => ({
      uid,
      nodes: UIDS,
      settings: DEFAULT_SETTINGS,
      nodeClass,
      clock: clocks[uid] ?? { rate: 1, offsetMs: 0 },
      seed,
    })),
    clients: 2,
    checkers: [],
    scheduler: { datagram: () => {}, timer: () => {}, saving: () => {} },
    shortcuts: new Set(shortcuts),
  });
  world.start();
  return world;
}

/** The datagrams of a type on their way from one to another, by number. */
export function inFlight(world: World, from: string, to: string, type: string): number[] {
  return [...world.inFlight.values()]
    .filter((one) => one.from === from && one.to === to && decodeUtf8(one.bytes)?.startsWith(`${type} `))
    .map(({ id }) => id);
}

/** Delivers the first such datagram, which must be there. */
export function deliver(world: World, from: string, to: string, type: string): void {
  const [datagram] = inFlight(world, from, to, type);
  assert(datagram !== undefined, `no ${type} is on its way from ${from} to ${to}`);
  world.step({ kind: "deliver", datagram });
}

/** Client 0 asks a node to set a value; the request takes no event. */
export function ask(world: World, uid: string, value: string): void {
  world.step({ kind: "call", client: 0, uid, operation: { type: "write", value } });
}
