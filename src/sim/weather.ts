// What a storm is made of, drawn from its seed: how bad network and disks are, what clients do, and what breaks when.
import { DEFAULT_SETTINGS, type Settings } from "../replica/ports.ts";
import type { ClientOperation } from "./events.ts";
import type { Clock } from "./host.ts";
import type { Random } from "./random.ts";

/** The virtual length of a storm, before the calm, in milliseconds. */
export const STORM_MS = 30_000;

/** The same where nodes have a master, whom leases keep busy all the time: as much breaks within few windows of a lease. */
export const MASTER_STORM_MS = 6_000;

/** The same where the storm is aimed at leases: a few windows of one. */
export const AIMED_STORM_MS = 2_400;

/**
 * The nodes' constants: they tell each other seldom where they stand, so that who is behind stays behind for a while; and leases are
 * short beside the pauses, partitions and crashes.
 */
export const STORM_SETTINGS: Settings = { ...DEFAULT_SETTINGS, syncIntervalMs: 4000, leaseWindowMs: 400 };

/** How a network and its disks behave. */
export interface Weather {
  /** The probability that a datagram is lost. */
  readonly lossRate: number;
  /** The probability that it arrives twice. */
  readonly duplicateRate: number;
  /** The probability that it is held up. */
  readonly lateRate: number;
  /** How much longer than others such a datagram is on its way. */
  readonly lateFactor: number;
  /** The mean time on the way, in milliseconds, for each link. */
  readonly delayMs: (from: string, to: string) => number;
  /** The mean time of a save, in milliseconds. */
  readonly saveMs: number;
}

/** Something that breaks, and is mended after a while. */
export type Fault =
  | { readonly kind: "crash" | "pause" | "disk"; readonly uids: readonly string[]; readonly forMs: number }
  | { readonly kind: "cut"; readonly links: readonly (readonly [string, string])[]; readonly forMs: number }
  | { readonly kind: "rot" | "lose_disk"; readonly uids: readonly string[]; readonly forMs: number };

/** What happens in a storm from outside, and when. */
export interface Plan {
  /** What clients ask. */
  readonly calls: readonly { readonly atMs: number; readonly uid: string; readonly operation: ClientOperation }[];
  /** What breaks. */
  readonly faults: readonly { readonly atMs: number; readonly fault: Fault }[];
}

/** Draws the weather of a storm. */
export function drawWeather(random: Random): Weather {
  const base = random.pick([0.5, 2, 10, 40]);
  const paces = new Map<string, Map<string, number>>();
  const delayMs = (from: string, to: string) => {
    let links = paces.get(from);
    if (links === undefined) paces.set(from, links = new Map());
    let mean = links.get(to);
    // Each link has a pace of its own, so that messages of one moment meet the nodes in different orders.
    if (mean === undefined) links.set(to, mean = base * random.pick([0.5, 1, 1, 4]));
    return mean;
  };
  return {
    lossRate: random.pick([0, 0.05, 0.2, 0.4]),
    duplicateRate: random.pick([0, 0.05, 0.2]),
    lateRate: random.pick([0, 0.05, 0.3]),
    lateFactor: random.pick([5, 30, 150]),
    delayMs,
    saveMs: random.pick([0.1, 1, 10]),
  };
}

/** Draws the clocks of the nodes: each off by up to 2.5 %, and set to anything. */
export function drawClock(random: Random): Clock {
  return { rate: random.between(0.975, 1.025), offsetMs: Math.floor(random.between(0, 1e9)) };
}

/** Draws what happens from a moment to the end of the storm: about a tenth of the calls and faults come alone, the others in busy moments. */
export function drawPlan(
  random: Random,
  nodes: readonly string[],
  { fromMs, stormMs }: { readonly fromMs: number; readonly stormMs: number },
  prefix: string,
): Plan {
  const share = (stormMs - fromMs) / stormMs;
  const moments = Array.from({ length: 8 }, () => random.between(fromMs, stormMs - 1000));
  const spreadMs = random.pick([2, 10, 50, 200]);
  // A cluster that starts is in states that it never sees again; and a fork is taken where something is under way.
  moments.fill(fromMs, 0, fromMs === 0 ? 1 : 3);
  const when = () =>
    random.chance(0.1) ? random.between(fromMs, stormMs) : random.pick(moments) + random.wait(spreadMs);
  const calls = Array.from({ length: Math.ceil((20 + random.below(8)) * share) }, (_, index) => ({
    atMs: when(),
    uid: random.pick(nodes),
    operation: drawOperation(random, `${prefix}${index}`),
  }));
  const faults = Array.from({ length: Math.ceil((8 + random.below(8)) * share) }, () => ({
    atMs: when(),
    fault: drawFault(random, nodes),
  }));
  return { calls, faults };
}

/** Draws the loss of a disk, which one storm in six has. From another stream of chance than the rest, which stays as it is. */
export function drawLoss(
  random: Random,
  nodes: readonly string[],
  { fromMs, stormMs }: { readonly fromMs: number; readonly stormMs: number },
): Plan["faults"] {
  if (!random.chance(1 / 6)) return [];
  // A fork is taken where something is under way, and the nodes are soon past it.
  const atMs = random.chance(0.3) ? random.between(fromMs, stormMs) : fromMs + random.wait(random.pick([5, 50, 500]));
  const forMs = random.pick([1, 5, 50, 500]) * random.between(0.5, 1.5);
  return [{ atMs, fault: { kind: "lose_disk", uids: [random.pick(nodes)], forMs } }];
}

/** What a compare-and-set expects is decided when it is asked. */
function drawOperation(random: Random, value: string): ClientOperation {
  const type = random.pick(["write", "write", "compareAndSet", "read", "read"] as const);
  if (type === "read") return { type };
  return type === "write" ? { type, value } : { type, value, expected: null };
}

function drawFault(random: Random, nodes: readonly string[]): Fault {
  const forMs = random.pick([5, 50, 500, 4000]) * random.between(0.5, 1.5);
  const some = random.shuffled(nodes).slice(0, random.chance(0.7) ? 1 : 1 + random.below(nodes.length));
  const kind = random.pick(["crash", "crash", "crash", "pause", "disk", "cut", "cut", "rot"] as const);
  if (kind === "cut") return { kind, links: drawCut(random, nodes), forMs };
  return { kind, uids: kind === "rot" ? some.slice(0, 1) : some, forMs };
}

/** A partition in two, one link one way, or a chain in which only neighbours hear each other. */
function drawCut(random: Random, nodes: readonly string[]): (readonly [string, string])[] {
  const order = random.shuffled(nodes);
  const pairs = order.flatMap((a, i) => order.map((b, j) => ({ a, b, i, j }))).filter(({ i, j }) => i !== j);
  const half = 1 + random.below(order.length - 1);
  const shape = random.pick(["halves", "one way", "chain"] as const);
  return pairs.filter(({ i, j }) => {
    if (shape === "halves") return (i < half) !== (j < half);
    if (shape === "one way") return i < half && j >= half;
    return Math.abs(i - j) > 1;
  }).map(({ a, b }) => [a, b] as const);
}
