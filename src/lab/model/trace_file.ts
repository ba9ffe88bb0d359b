// Traces of `paxos sim`: written for the storm that is seen, and opened to see the storm that they are of.
import { Search } from "../../sim/search.ts";
import type { Genes, Subject } from "../../sim/storm.ts";
import { traceStorm } from "../../sim/trace.ts";
import { bugOf } from "./scenarios.ts";
import type { Script } from "./script.ts";

/** The trace of a seed, as `paxos sim --seed N --trace FILE` writes it. */
export function traceOf(seed: number, bug: string | null, search: Search = searchOf(bug, null)): string {
  const lines: string[] = [];
  traceStorm(search.run(seed).genes, search.subject, { seed, bug }, (line) => lines.push(`${line}\n`));
  return lines.join("");
}

/** What `traceOf` may be given to go through many seeds. */
export function searchOf(bug: string | null, nodes: number | null): Search {
  return new Search(subjectOf(bug, nodes));
}

function subjectOf(bug: string | null, nodes: number | null): Subject {
  return { ...bugOf(bug)?.subject, ...(nodes !== null && { nodes }) };
}

/** The storm that a trace is of. Throws a `SyntaxError` that says why, if this page cannot show it. */
export function scriptOfTrace(text: string): Script {
  const [first = ""] = text.split("\n", 1);
  const { trace, seed, bug, nodes, chance } = readHead(first);
  if (trace !== 1) throw new SyntaxError(`its format is ${JSON.stringify(trace)}, and this lab reads format 1`);
  if (bug !== null && bugOf(bug) === undefined) throw new SyntaxError(`there is no rule ${JSON.stringify(bug)} here`);
  const { genes } = searchOf(bug, null).run(seed);
  for (const forced of [null, nodes.length]) {
    const subject = subjectOf(bug, forced);
    const found = forced === null ? genes : new Search(subject).run(seed).genes;
    if (JSON.stringify(chanceOf(found)) !== JSON.stringify(chance) || !isTheSame(text, found, subject, seed, bug)) {
      continue;
    }
    return { scenario: forced === null ? "storm" : `storm:${forced}`, seed, rule: bug, acts: [] };
  }
  throw new SyntaxError(
    "its storm goes otherwise here: it was written by another version, or by nodes of one's own (--node)",
  );
}

interface Head {
  readonly trace: number;
  readonly seed: number;
  readonly bug: string | null;
  readonly nodes: readonly unknown[];
  readonly chance: unknown;
}

function readHead(line: string): Head {
  let head: Partial<Head> | null = null;
  try {
    head = JSON.parse(line);
  } catch {
    // Told below.
  }
  if (head === null || typeof head.seed !== "number" || !Array.isArray(head.nodes) || head.bug === undefined) {
    throw new SyntaxError("its first line is not that of a trace: `paxos sim --seed N --trace FILE` writes one");
  }
  return head as Head;
}

function chanceOf({ seed, forks }: Genes): unknown {
  return [[0, seed], ...forks.map((fork) => [fork.atEvent, fork.seed])];
}

/** Whether the storm here goes as the trace tells, to its end. */
function isTheSame(text: string, genes: Genes, subject: Subject, seed: number, bug: string | null): boolean {
  const lines = text.trimEnd().split("\n");
  let at = 0;
  let same = true;
  traceStorm(genes, subject, { seed, bug }, (line) => same &&= lines[at++] === line);
  return same && at === lines.length;
}

/** The storm that a script is of, as a run that is recorded to be shrunk. */
export function stormOf({ scenario, seed, rule }: Script): { readonly genes: Genes; readonly subject: Subject } | null {
  const [kind, nodes] = scenario.split(":");
  if (kind !== "storm") return null;
  const subject = subjectOf(rule, nodes === undefined ? null : Number(nodes));
  return { genes: new Search(subject).run(seed).genes, subject };
}
