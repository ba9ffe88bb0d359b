// Storms that are aimed at leases: what is wrong with one shows where something breaks just when a grant is learned.
import { Lease } from "../replica/lease.ts";
import type { Clock, Host } from "./host.ts";
import type { Random } from "./random.ts";
import type { Datagram } from "./scheduler.ts";
import { drawClock, drawWeather, type Fault, type Plan, STORM_SETTINGS, type Weather } from "./weather.ts";

const WINDOW_MS = STORM_SETTINGS.leaseWindowMs;

/** The mean time of a datagram on its way is not longer, in milliseconds: one of these. */
const MOST_DELAYS_MS = [0.3, 5];

/** The part of other faults that is left. */
const OTHER_FAULTS = 0.3;

/** Messages without which an election takes another course. */
const TYPES = ["prepare", "promise", "accept", "accepted", "snapshot", "sync_request"];

/** What breaks when a node learns who is master, and which messages are lost for some windows. */
export class Aim {
  /** How often something breaks when a node learns of a lease. */
  #rate: number;
  /** Messages of such a type are mostly lost on such a link, until then. */
  #lost = new Map<string, number>();
  #known = new Map<string, string>();

  /** Draws what the storm is like. */
  constructor(random: Random, uids: readonly string[]) {
    this.#rate = random.pick([0.3, 0.7, 1]);
    for (let count = random.below(8); count > 0; count--) {
      const [from, to] = random.shuffled(uids);
      this.#lost.set(`${from}>${to} ${random.pick(TYPES)}`, random.wait(2 * WINDOW_MS));
    }
  }

  /** Whether a datagram is of those that this storm loses. */
  loses(random: Random, { from, to, bytes }: Datagram, nowMs: number): boolean {
    if (this.#lost.size === 0) return false;
    let type = "";
    for (let i = 0; i < bytes.length && bytes[i] !== 32; i++) type += String.fromCharCode(bytes[i]!);
    const untilMs = this.#lost.get(`${from}>${to} ${type}`);
    return untilMs !== undefined && nowMs < untilMs && random.chance(0.9);
  }

  /** Of what else happens only some, so that elections come to an end. */
  thinned(random: Random, { calls, faults }: Plan): Plan {
    return { calls, faults: faults.filter(() => random.chance(OTHER_FAULTS)) };
  }

  /** What breaks after an event: mostly nothing. */
  faults(random: Random, hosts: ReadonlyMap<string, Host>): Fault[] {
    const faults: Fault[] = [];
    for (const { uid, node } of hosts.values()) {
      const lease = node !== null && "lease" in node && node.lease instanceof Lease ? node.lease.save().known : null;
      const known = lease === null ? "" : `${lease.uid} ${lease.untilMs}`;
      if (known === (this.#known.get(uid) ?? "")) continue;
      this.#known.set(uid, known);
      if (lease !== null && random.chance(this.#rate)) {
        faults.push(...drawFaults(random, lease.uid, uid, [...hosts.keys()]));
      }
    }
    return faults;
  }
}

/** The master falls silent, and who has just learned of it forgets it. */
function drawFaults(random: Random, master: string, learner: string, uids: readonly string[]): Fault[] {
  const faults: Fault[] = [];
  if (random.chance(0.5)) faults.push(drawSilence(random, master, uids));
  if (random.chance(0.4)) {
    faults.push({ kind: "crash", uids: [learner], forMs: drawMs(random, [0.005, 0.005, 0.1, 1]) });
  }
  if (random.chance(0.2)) faults.push(drawSilence(random, random.pick(uids), uids));
  return faults;
}

function drawSilence(random: Random, uid: string, uids: readonly string[]): Fault {
  const forMs = drawMs(random, [0.5, 1, 1.5, 2.5]);
  const kind = random.pick(["crash", "pause", "cut", "cut"] as const);
  if (kind !== "cut") return { kind, uids: [uid], forMs };
  // Of some it is cut off, not always of all: who hears it still, may tell others.
  const others = random.shuffled(uids.filter((other) => other !== uid)).slice(random.below(uids.length - 1));
  const hears = random.chance(0.5);
  return {
    kind,
    forMs,
    links: others.flatMap((other) => [[uid, other], ...(hears ? [] : [[other, uid]])] as [string, string][]),
  };
}

function drawMs(random: Random, windows: readonly number[]): number {
  return random.pick(windows) * WINDOW_MS * random.between(0.8, 1.2);
}

/** Draws a weather in which an election takes a small part of a window. */
export function drawMildWeather(random: Random): Weather {
  const weather = drawWeather(random);
  const mostDelayMs = random.pick(MOST_DELAYS_MS);
  return {
    ...weather,
    lossRate: random.pick([0, 0.05, 0.2]),
    delayMs: (from, to) => Math.min(weather.delayMs(from, to), mostDelayMs),
    lateFactor: random.pick([5, 30, 150]),
    saveMs: random.pick([0.1, 1]),
  };
}

/** Draws a clock that is as slow or as fast as it may be, or anything between. */
export function drawClockAtBound(random: Random): Clock {
  const clock = drawClock(random);
  return { ...clock, rate: random.pick([0.975, 1.025, clock.rate]) };
}
