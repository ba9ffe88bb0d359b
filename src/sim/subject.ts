// What is simulated, and what a simulation has shown.
import type { Violation } from "./events.ts";
import type { Host, NodeClass } from "./host.ts";

/** What a storm is to show. */
export interface Subject {
  /** The class of the nodes. */
  readonly nodeClass?: NodeClass;
  /** The class of the machines. */
  readonly hostClass?: typeof Host;
  /** How long the faults go on, in virtual milliseconds; `STORM_MS`, if not given. */
  readonly stormMs?: number;
  /** Whether the storms are aimed at leases: clocks are at the bound, and things break when a grant is learned. */
  readonly aimed?: boolean;
  /** How many nodes there are; drawn from the seed, 3 to 7, if not given. */
  readonly nodes?: number;
  /** The kinds of violations that are let pass: a broken promise, say, so that a disagreement may come of it. */
  readonly tolerates?: readonly Violation["kind"][];
}

/** A storm in one line: from these numbers it follows, event by event. */
export interface Genes {
  /** Where chance begins. */
  readonly seed: number;
  /** Where chance begins anew: the run up to that event is the parent's. */
  readonly forks: readonly { readonly atEvent: number; readonly seed: number }[];
}

/** What a storm has shown. */
export interface StormResult {
  /** The storm. */
  readonly genes: Genes;
  /** How many events have happened. */
  readonly events: number;
  /** How long it took, on the virtual clock, in milliseconds. */
  readonly virtualMs: number;
  /** What a checker has against it. */
  readonly violation: Violation | null;
}
