// From a run that breaks a rule to the few events that do: delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating
// Failure-Inducing Input", 2002), after cuts and simplifications that know what a run is made of.
import type { Violation } from "./events.ts";
import { replay } from "./replay.ts";
import type { Schedule } from "./schedule.ts";
import { cuts, tidyings, type Variant } from "./simplify.ts";
import type { Subject } from "./storm.ts";

/** What is left of a run. */
export interface Shrunk {
  /** The schedule: every event in it is needed, unless the bound was reached. */
  readonly schedule: Schedule;
  /** What a checker has against it: of the kind that was looked for. */
  readonly violation: Violation;
  /** How many replays it took. */
  readonly replays: number;
  /** Whether the bound was reached before nothing could be taken out any more. */
  readonly cutShort: boolean;
}

/** How many events may be replayed to shrink one run, unless another bound is given; a few seconds' work. */
export const MAX_REPLAYED_EVENTS = 1_500_000;

/** What the start of a world costs, in events. */
const START_COST = 20;

/** Up to this length of a schedule, any two events are tried together. */
const PAIRS_UP_TO = 40;

/**
 * Shrinks a recorded run; `null` if its replay does not show the violation. The same arguments give the same result.
 *
 * `maxReplayedEvents` bounds the work; when it is reached, what is left so far is the answer.
 */
export function shrink(
  recorded: Schedule,
  subject: Subject,
  maxReplayedEvents: number = MAX_REPLAYED_EVENTS,
): Shrunk | null {
  const shrinker = new Shrinker(subject, recorded, maxReplayedEvents);
  return shrinker.run();
}

class Shrinker {
  #replays = 0;
  #left: number;
  #best: Schedule;
  #violation: Violation | null = null;

  constructor(readonly subject: Subject, recorded: Schedule, maxReplayedEvents: number) {
    this.#best = recorded;
    this.#left = maxReplayedEvents;
  }

  run(): Shrunk | null {
    if (!this.#try(this.#best)) return null;
    for (let before = Infinity; this.#best.events.length < before && this.#left > 0;) {
      before = this.#best.events.length;
      for (const cut of cuts) this.#tryAll(cut);
      this.#dropChunks();
      if (this.#best.events.length <= PAIRS_UP_TO) this.#dropPairs();
    }
    for (const tidy of tidyings) this.#tryAll(tidy);
    const [schedule, violation, replays] = [this.#best, this.#violation!, this.#replays];
    return { schedule, violation, replays, cutShort: this.#left <= 0 };
  }

  /** Takes the candidate for the best if it shows a violation of the kind that is looked for. */
  #try(candidate: Schedule): boolean {
    if (this.#left <= 0) return false;
    this.#replays++;
    const { violation, schedule, events } = replay(candidate, this.subject);
    this.#left -= events + START_COST;
    if (violation?.kind !== candidate.judge || schedule.events.length > this.#best.events.length) return false;
    this.#best = schedule;
    this.#violation = violation;
    return true;
  }

  /** Each candidate is made from what the ones before it have left. */
  #tryAll(variants: (schedule: Schedule) => readonly Variant[]): void {
    for (const variant of variants(this.#best)) {
      if (this.#best.events.length === 0) return;
      const candidate = variant(this.#best);
      if (candidate !== null) this.#try(candidate);
    }
  }

  /** Large chunks first, then smaller ones, until no single event can be taken out. */
  #dropChunks(): void {
    let size = Math.ceil(this.#best.events.length / 2);
    for (;;) {
      const before = this.#best.events.length;
      for (let start = 0; start < this.#best.events.length;) {
        if (!this.#tryWithout((index) => index >= start && index < start + size)) start += size;
      }
      const { length } = this.#best.events;
      if (this.#left <= 0 || length === 0 || (size === 1 && length === before)) return;
      size = length === before ? Math.ceil(size / 2) : Math.min(size, Math.ceil(length / 2));
    }
  }

  /** What is only useless together: a crash and its restart, a cut and its mending. */
  #dropPairs(): void {
    for (let first = 0; first < this.#best.events.length; first++) {
      for (let second = first + 1; second < this.#best.events.length; second++) {
        if (this.#tryWithout((index) => index === first || index === second)) second = first;
      }
    }
  }

  #tryWithout(dropped: (index: number) => boolean): boolean {
    return this.#try({ ...this.#best, events: this.#best.events.filter((_, index) => !dropped(index)) });
  }
}
