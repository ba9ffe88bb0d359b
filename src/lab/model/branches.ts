import type { LabAct } from "./act.ts";
import { describeMoment } from "./words.ts";
import { type Script, withAct } from "./script.ts";
import { Timeline } from "./timeline.ts";

/** One future. */
export interface Branch {
  /** Its number, from 1. */
  readonly number: number;
  /** Its moments. */
  readonly timeline: Timeline;
  /** The branch that it left; `null` for the first. */
  readonly parent: Branch | null;
  /** After which moment it left. */
  readonly forkedAt: number;
  /** What it is about. */
  readonly title: string;
}

/** Where two futures part. */
export interface Parting {
  /** The first moment at which they differ. */
  readonly index: number;
  /** What the first has there, in words; `null` if it has ended. */
  readonly first: string | null;
  /** What the second has there, in words; `null` if it has ended. */
  readonly second: string | null;
}

/** All futures that were tried. Nothing is ever taken away: an act in the past makes another one. */
export class Branches {
  /** In the order in which they were made. */
  readonly all: Branch[];
  /** The one that is seen. */
  current: Branch;

  /** Begins with one. */
  constructor(script: Script) {
    this.current = { number: 1, timeline: new Timeline(script), parent: null, forkedAt: 0, title: "the first run" };
    this.all = [this.current];
  }

  /** The moments of the one that is seen. */
  get timeline(): Timeline {
    return this.current.timeline;
  }

  /** Acts after that moment: at the end of the current branch, or in a new one. Answers with the number of the act's moment. */
  act(after: number, atMs: number, act: LabAct, title: string): number {
    const { timeline } = this;
    if (after === timeline.last.index && !timeline.hasPlans) return timeline.act(act, atMs).index;
    const script = withAct(timeline.script, after, atMs, act);
    this.#add(timeline.branch(after, script), after, title).timeline.extend();
    return this.timeline.last.index;
  }

  /** The same acts, but with another rule off, or with all rules in place. */
  withRule(rule: string | null): void {
    const { timeline } = this;
    const title = rule === null ? "all rules in place" : `without ${rule}`;
    const other = this.#add(new Timeline({ ...timeline.script, rule }), 0, title);
    other.timeline.extendTo(timeline.last.index);
  }

  #add(timeline: Timeline, forkedAt: number, title: string): Branch {
    const branch = { number: this.all.length + 1, timeline, parent: this.current, forkedAt, title };
    this.all.push(branch);
    return this.current = branch;
  }
}

/**
 * Where the rule that is off would have made the difference: up to there the same acts do the same with it in place. `null` where no
 * rule is off, or the run is not one of acts alone.
 */
export function turningPoint({ script, moments, last }: Timeline): Parting | null {
  if (script.rule === null || script.scenario.startsWith("storm")) return null;
  const other = new Timeline({ ...script, rule: null });
  other.extendTo(last.index);
  return partingOf({ moments }, other);
}

/** Where the futures part; `null` where neither shows a difference. */
export function partingOf(a: Pick<Timeline, "moments">, b: Pick<Timeline, "moments">): Parting | null {
  const count = Math.min(a.moments.length, b.moments.length);
  for (let index = 0; index < count; index++) {
    const [first, second] = [a, b].map((timeline) => describeMoment(timeline.moments[index]!, true));
    if (first !== second) return { index, first: first!, second: second! };
  }
  return null;
}
