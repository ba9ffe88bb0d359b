// What a run is a function of: scenario, seed, the rule that is off, and the learner's acts.
import type { LabAct, PlacedAct } from "./act.ts";

/** A run in short. */
export interface Script {
  /** The scenario, by its ID: see `scenarios.ts`. */
  readonly scenario: string;
  /** Where chance begins. */
  readonly seed: number;
  /** The rule that is taken away, by its name in the gallery. */
  readonly rule: string | null;
  /** What the learner does, in order of place. */
  readonly acts: readonly PlacedAct[];
}

/** The script up to so many moments, and then this act. */
export function withAct(script: Script, after: number, atMs: number, act: LabAct): Script {
  return { ...script, acts: [...actsBefore(script, after), { after, atMs, act }] };
}

/** The acts that have been done when so many moments have been. */
export function actsBefore({ acts }: Script, count: number): readonly PlacedAct[] {
  return acts.filter(({ after }) => after < count);
}

/** Whether both are the same up to so many moments. */
export function sameUntil(a: Script, b: Script, count: number): boolean {
  if (a.scenario !== b.scenario || a.seed !== b.seed || a.rule !== b.rule) return false;
  const [first, second] = [actsBefore(a, count), actsBefore(b, count)];
  return first.length === second.length && first.every((act, index) => act === second[index]);
}
