import type { Checker } from "./checkers/checker.ts";
import type { Violation } from "./events.ts";
import type { Host, HostOptions } from "./host.ts";
import type { Scheduler } from "./scheduler.ts";

/** What happens at once and by itself in a world, where the story does not need it as an event. */
export type Shortcut = "saves" | "hellos" | "clients";

/** What a world is made with. */
export interface WorldOptions {
  /** The machines. */
  readonly hosts: readonly Omit<HostOptions, "trueNow" | "saving">[];
  /** The machine's class, where a bug needs another. */
  readonly hostClass?: typeof Host;
  /** How many clients there are. */
  readonly clients: number;
  /** Who judges. */
  readonly checkers: readonly Checker[];
  /** The kinds of violations that are let pass, so that a run goes on to a worse one. */
  readonly tolerates?: readonly Violation["kind"][];
  /** Who decides when things happen. */
  readonly scheduler: Scheduler;
  /** What needs no event. */
  readonly shortcuts?: ReadonlySet<Shortcut>;
}
