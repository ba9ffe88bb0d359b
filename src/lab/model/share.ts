// A run as text: scenario, seed, rule, and an act a line.
import { formatPlaced, parsePlaced, type PlacedAct } from "./act.ts";
import { HAND_MS } from "./course.ts";
import { bugOf, isScenario } from "./scenarios.ts";
import type { Script } from "./script.ts";

/** What a link shows: a run, and where in it. */
export interface Shared {
  /** The run. */
  readonly script: Script;
  /** The moment that is seen. */
  readonly index: number;
}

/** The version of the text. */
const FORMAT = "1";

/** The text of a run, a line an act. */
export function scriptToText({ script: { scenario, seed, rule, acts }, index }: Shared): string {
  const lines = acts.map((act, place) => formatPlaced(act, usualPlace(acts[place - 1])));
  return [`${FORMAT} ${scenario} ${seed} ${rule ?? "-"} ${index}`, ...lines].join("\n");
}

/** Reads such a text. Throws a `SyntaxError` that says what is wrong with any other. */
export function scriptFromText(text: string): Shared {
  const [head = "", ...lines] = text.trimEnd().split("\n");
  const [format, scenario = "", seed = "", rule = "", index = ""] = head.split(" ");
  if (format !== FORMAT) {
    throw new SyntaxError(`the link has format ${JSON.stringify(format)}, and this lab reads ${FORMAT}`);
  }
  if (!isScenario(scenario)) throw new SyntaxError(`there is no scenario ${JSON.stringify(scenario)} here`);
  if (rule !== "-" && bugOf(rule) === undefined) {
    throw new SyntaxError(`there is no rule ${JSON.stringify(rule)} here`);
  }
  if (!/^\d{1,16}$/.test(seed) || !/^\d{1,6}$/.test(index)) {
    throw new SyntaxError("its seed or its moment is no number");
  }
  const acts: PlacedAct[] = [];
  for (const line of lines) acts.push(parsePlaced(line, usualPlace(acts.at(-1))));
  return { script: { scenario, seed: Number(seed), rule: rule === "-" ? null : rule, acts }, index: Number(index) };
}

/** Where an act stands if nothing else is said: right after the one before. */
function usualPlace(before: PlacedAct | undefined): Pick<PlacedAct, "after" | "atMs"> {
  return before === undefined ? { after: 0, atMs: 0 } : { after: before.after + 1, atMs: before.atMs + HAND_MS };
}
