// Traces of `paxos sim`: written for the storm that is seen, and opened to see the storm that they are of. Those of `paxos check` are
// opened, too.
import { Search } from "../../sim/search.ts";
import type { Genes, Subject } from "../../sim/storm.ts";
import { traceStorm } from "../../sim/trace.ts";
import { type CheckHead, scriptOfCheckTrace } from "./check_trace.ts";
import { bugOf, stormSubject } from "./scenarios.ts";
import type { Script } from "./script.ts";

/** The trace of a seed, as `paxos sim --seed N --trace FILE` writes it. */
export function traceOf(seed: number, bug: string | null, search: Search = searchOf("storm", bug)): string {
  const lines: string[] = [];
  traceStorm(search.run(seed).genes, search.subject, { seed, bug }, (line) => lines.push(`${line}\n`));
  return lines.join("");
}

/** What `traceOf` may be given, to go through many seeds of a kind of storm. */
export function searchOf(scenario: string, bug: string | null): Search {
  return new Search(stormSubject(scenario, bug));
}

/** The storm, or the run of a model, that a trace is of. Throws a `SyntaxError` that says why, if this page cannot show it. */
export function scriptOfTrace(text: string): Script {
  const [first = ""] = text.split("\n", 1);
  const head = readHead(first);
  const { trace, bug } = head;
  if (trace !== 1) throw new SyntaxError(`its format is ${JSON.stringify(trace)}, and this lab reads format 1`);
  if (bug !== null && bugOf(bug) === undefined) throw new SyntaxError(`there is no rule ${JSON.stringify(bug)} here`);
  if ("check" in head) return scriptOfCheckTrace(head, text);
  const { seed, nodes, chance } = head;
  for (const scenario of ["storm", "storm:master", `storm:${nodes.length}`, `storm:${nodes.length}:master`]) {
    const search = searchOf(scenario, bug);
    const { genes } = search.run(seed);
    if (JSON.stringify(chanceOf(genes)) !== JSON.stringify(chance)) continue;
    if (isTheSame(text, genes, search.subject, seed, bug)) return { scenario, seed, rule: bug, acts: [] };
  }
  throw new SyntaxError(
    "its storm goes otherwise here: it was written by another version, or by nodes of one's own (--node)",
  );
}

interface StormHead {
  readonly seed: number;
  readonly bug: string | null;
  readonly nodes: readonly unknown[];
  readonly chance: unknown;
}

function readHead(line: string): { readonly trace: number } & (StormHead | CheckHead) {
  let head: Partial<StormHead & CheckHead> | null = null;
  try {
    head = JSON.parse(line);
  } catch {
    // Told below.
  }
  const isStorm = typeof head?.seed === "number" && Array.isArray(head.nodes);
  const isModel = typeof head?.check === "string" && typeof head.count === "number" && Array.isArray(head.shortcuts);
  if (head?.bug === undefined || !(isStorm || isModel)) {
    throw new SyntaxError(
      "its first line is not that of a trace: `paxos sim --seed N --trace FILE` writes one, and `paxos check --trace FILE`",
    );
  }
  return head as ReturnType<typeof readHead>;
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
  if (!scenario.startsWith("storm")) return null;
  const { subject } = searchOf(scenario, rule);
  return { genes: new Search(subject).run(seed).genes, subject };
}
