// What is held against a run so far: by the checkers of every step, by the clients' history, and by a calm after it.
import { checkLinearizability, explainLinearizability } from "../../sim/checkers/linearizability.ts";
import type { Violation } from "../../sim/events.ts";
import { isModel } from "./scenarios.ts";
import { scriptFromText } from "./share.ts";
import { Timeline } from "./timeline.ts";

/** A verdict: what is wrong, or `null`. */
export type Verdict = Violation | null;

/** The three verdicts on a run up to a moment. */
export interface Verdicts {
  /** Every step, by the checkers of agreement, promises and the chain. */
  readonly safe: Verdict;
  /** What clients were told, as one history. */
  readonly linearizable: Verdict;
  /** Whether the cluster comes to itself once all is mended. */
  readonly progress: Verdict;
}

/** Judges the run up to that moment; a calm is run in a world of its own. */
export function judge(timeline: Timeline, index: number): Verdicts {
  const { violation, operations } = timeline.moments[index]!;
  const safe = violation;
  const linearizable = violation === null ? judgeHistory(operations) : null;
  return { safe, linearizable, progress: safe ?? linearizable ?? judgeCalm(timeline, index) };
}

/** Judges what clients were told. */
export function judgeHistory(operations: Parameters<typeof checkLinearizability>[0]): Verdict {
  const result = checkLinearizability(operations);
  return result.verdict === "VIOLATION" ? { kind: "linearizability", message: explainLinearizability(result) } : null;
}

/** Judges a calm after that moment. The nodes of a model are driven by the search, so a calm says nothing of them. */
export function judgeCalm(timeline: Timeline, index: number): Verdict {
  if (isModel(timeline.script.scenario)) return null;
  return timeline.courseAt(index).runCalm();
}

/** The first thing that is wrong with a run up to a moment, in the order in which it matters. */
export function worst({ safe, linearizable, progress }: Verdicts): Verdict {
  return safe ?? linearizable ?? progress;
}

/** What is wrong with a run that is given as text, at the moment that the text names; `null` if nothing is. */
export function verdictOf(text: string): Verdict {
  const { script, index } = scriptFromText(text);
  const timeline = new Timeline(script);
  timeline.extendTo(index);
  return worst(judge(timeline, timeline.last.index));
}
