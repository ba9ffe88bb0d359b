// The gallery of bugs as puzzles: a rule is off, the learner acts by hand, and a checker says when it is won.
import type { Bug } from "../../sim/bugs/bug.ts";
import type { Violation } from "../../sim/events.ts";
import { type LabAct, parsePlaced, type PlacedAct } from "../model/act.ts";
import { HAND_MS } from "../model/course.ts";
import { bugOf } from "../model/scenarios.ts";
import type { Script } from "../model/script.ts";
import type { Timeline } from "../model/timeline.ts";
import { judge } from "../model/verdicts.ts";
import { WINNING } from "./winning.ts";
import { WINNING_WITH_MASTER } from "./winning_with_master.ts";

/** A puzzle. */
export interface Puzzle {
  /** `puzzle:` and the name of the rule that is off. */
  readonly id: string;
  /** What the list shows. */
  readonly title: string;
  /** The rule that is off, and where it was seen. */
  readonly bug: Bug;
  /** What is to be brought about. */
  readonly goal: string;
  /** What it begins with: the rule is off, and nothing is done yet. */
  readonly script: Script;
  /** Acts that win. */
  readonly winning: readonly PlacedAct[];
}

/** What is to be brought about, by the checker that shall see it. */
const GOALS: Readonly<Record<Violation["kind"], string>> = {
  agreement: "Make the cluster disagree: two values for one instance, or one that no quorum has accepted.",
  validity: "Have a value chosen that nobody has proposed.",
  promises: "Make an acceptor break a promise that it has given.",
  proposals: "Bring two values under one proposal ID.",
  chain: "Make a node show a value that the chain does not amount to.",
  "exactly-once": "Have one update applied twice.",
  mastership: "Make two nodes master at one moment.",
  linearizability: "Have clients be told things that no order of their operations explains.",
  liveness: "Bring the cluster to where no new value is chosen any more, even when everything works again.",
  error: "Make a node fail.",
};

/** All puzzles, those that take fewest acts first. */
export const PUZZLES: readonly Puzzle[] = [...WINNING, ...WINNING_WITH_MASTER].map(({ rule, scenario, acts }) => {
  const bug = bugOf(rule);
  if (bug === undefined) throw new RangeError(`There is no rule ${JSON.stringify(rule)}`);
  const winning: PlacedAct[] = [];
  for (const line of acts) {
    const before = winning.at(-1);
    winning.push(parsePlaced(line, { after: winning.length, atMs: before === undefined ? 0 : before.atMs + HAND_MS }));
  }
  return {
    id: `puzzle:${rule}`,
    title: rule.replaceAll("-", " "),
    bug,
    goal: GOALS[bug.kinds[0]!],
    script: { scenario, seed: 0, rule, acts: [] },
    winning,
  };
}).sort((a, b) => a.winning.length - b.winning.length);

/** What a checker has against the run at that moment, if that is what the puzzle is about; else `null`: it is not won yet. */
export function wonBy({ bug }: Puzzle, timeline: Timeline, index: number): Violation | null {
  const { safe, linearizable, progress } = judge(timeline, index);
  // What only the calm after it brings about is none of the learner's doing, unless the calm is what it is about.
  const violation = safe ?? linearizable ?? (bug.kinds.includes("liveness") ? progress : null);
  return violation !== null && bug.kinds.includes(violation.kind) ? violation : null;
}

/** What it takes to win, without saying how: `2 requests, 6 deliveries, 1 crash`. */
export function ingredients({ winning }: Puzzle): string {
  const counts = new Map<string, number>();
  for (const { act } of winning) counts.set(nameOf(act), (counts.get(nameOf(act)) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${name} (${count})`).join(", ");
}

function nameOf(act: LabAct): string {
  switch (act.kind) {
    case "call":
      return act.operation.type === "read" ? "a client reads" : "a client proposes";
    case "deliver":
      return `deliver ${act.letter.type.replace("_", " ")}`;
    case "timer":
      return `let the timer "${act.name}" go off`;
    default:
      return act.kind.replace("_", " ");
  }
}
