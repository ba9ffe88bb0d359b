// What a run begins with: machines, clients, and what happens without the learner.
import { MAX_SESSIONS } from "../../replica/register.ts";
import { DEFAULT_SETTINGS, type Settings } from "../../replica/ports.ts";
import type { WorldEvent } from "../../sim/events.ts";
import type { Clock } from "../../sim/host.ts";
import type { Subject } from "../../sim/storm.ts";
import type { Shortcut } from "../../sim/world_options.ts";

/** One machine of a cluster. */
export interface Machine {
  /** Its node's name. */
  readonly uid: string;
  /** Its clock. */
  readonly clock: Clock;
  /** The seed of its chance. */
  readonly seed: number;
}

/** An event of a run that was recorded elsewhere, datagrams by number. */
export interface RecordedEvent {
  /** When, in milliseconds. */
  readonly atMs: number;
  /** What. */
  readonly event: WorldEvent;
}

/** All that a run begins with. */
export interface Setup {
  /** The machines. */
  readonly machines: readonly Machine[];
  /** The constants of the nodes. */
  readonly settings: Settings;
  /** How many sessions they keep. */
  readonly maxSessions: number;
  /** How many clients there are. */
  readonly clients: number;
  /** What needs no moment of its own. */
  readonly shortcuts: readonly Shortcut[];
  /** Whether nothing happens but what the learner does. */
  readonly byHand: boolean;
  /** The classes of machines and nodes, and what is let pass. */
  readonly subject: Subject;
  /** What happens first, up to the learner's first act. */
  readonly prelude: readonly RecordedEvent[];
}

/**
 * The nodes' constants in the lab: datagrams take some 20 to 60 ms there, so that they are seen, and whatever waits for an answer
 * waits accordingly.
 */
export const LAB_SETTINGS: Settings = {
  ...DEFAULT_SETTINGS,
  syncIntervalMs: 4000,
  retransmitMinMs: 300,
  retransmitMaxMs: 2000,
  backoffMinMs: 200,
  backoffMaxMs: 2000,
  takeoverMs: 2500,
  helloIntervalMs: 500,
};

/** Names of nodes, as many as a simulated cluster has at most. */
export const NODE_NAMES: readonly string[] = ["A", "B", "C", "D", "E", "F", "G"];

/** So many machines with true clocks. */
export function machines(count: number, seed: number): Machine[] {
  return NODE_NAMES.slice(0, count).map((uid, index) => ({
    uid,
    clock: { rate: 1, offsetMs: 0 },
    seed: seed * 8 + index,
  }));
}

/** A quiet cluster of three with visible disks, unless said otherwise. */
export function setup(nodes: number, seed: number, rest: Partial<Setup> = {}): Setup {
  return {
    machines: machines(nodes, seed),
    settings: LAB_SETTINGS,
    maxSessions: MAX_SESSIONS,
    clients: 3,
    shortcuts: ["hellos", "clients"],
    byHand: false,
    subject: {},
    prelude: [],
    ...rest,
  };
}
