// One model from its start to its end, step by step, so that whoever runs it can say how far it has come.
import type { Violation } from "../sim/events.ts";
import type { Schedule } from "../sim/schedule.ts";
import type { Model } from "./model.ts";
import { scheduleOf } from "./play.ts";
import { type Progress, Search } from "./search.ts";

/** What came of a model. Plain data. */
export interface Report {
  /** The model's name. */
  readonly model: string;
  /** How many different states there are, or were met. */
  readonly states: number;
  /** How many moves lead from the start to the one that is farthest away. */
  readonly depth: number;
  /** Whether every state was met and left in every way. */
  readonly complete: boolean;
  /** What must be able to happen and never did. */
  readonly never: readonly string[];
  /** How many bytes the states take. */
  readonly bytes: number;
  /** What breaks a rule. */
  readonly finding: Finding | null;
}

/** What breaks a rule, and the shortest way there. */
export interface Finding {
  /** What is wrong. */
  readonly violation: Violation;
  /** How many moves of the search lead there. */
  readonly moves: number;
  /** The same for the simulator, whose events tell crashes, restarts and some saves apart. */
  readonly schedule: Schedule;
}

/** States that are left in between two reports of progress. */
const STRIDE = 20_000;

/** Explores the model, up to so many states, and stops now and then to tell how far it is. */
export function* explore(model: Model, maxStates: number): Generator<Progress, Report, void> {
  const search = new Search(model);
  while (search.progress.states < maxStates && search.expand(STRIDE)) yield search.progress;
  const { broken, isComplete, progress: { states, depth }, seen, bytes } = search;
  const never = model.sometimes.map(({ name }) => name).filter((name) => !seen.has(name));
  const finding = broken && {
    violation: broken.violation,
    moves: broken.path.length,
    schedule: scheduleOf(broken, model),
  };
  return { model: model.name, states, depth, complete: isComplete, never, bytes, finding };
}
