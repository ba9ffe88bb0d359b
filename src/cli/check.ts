import { GALLERY } from "../check/gallery.ts";
import { modelOf, type Plan } from "../check/model.ts";
import { LARGE, PLANS, STANDARD } from "../check/models.ts";
import type { Progress as Explored } from "../check/search.ts";
import { ConfigurationError, UsageError } from "../runtime/errors.ts";
import { BUGS } from "../sim/bugs/index.ts";
import { traceSchedule } from "../sim/trace.ts";
import { integerInRange, parseCommandLine } from "./arguments.ts";
import { type CheckJob, modelOfJob } from "./check_job.ts";
import { type Done, runJobs } from "./check_pool.ts";
import { boundsLine, checkJson, exitCodeOf, reportLines } from "./check_report.ts";
import { type Command, EXIT } from "./command.ts";
import { colours, escapeForTerminal } from "./escape.ts";
import { Progress } from "./progress.ts";
import { onStopSignal } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

const SPEC = {
  options: ["nodes", "bug", "states", "trace"],
  flags: ["large", "list", "json"],
  rest: "MODEL",
} as const;

/** So many states of a model are met before it is given up: some 2 GB of them. */
const DEFAULT_STATES = 80_000_000;

/** `paxos check`. */
export const check: Command = {
  name: "check",
  summary: "try every interleaving of a small cluster, within bounds",
  usage: "[MODEL...] [--large] [--nodes N] [--bug NAME] [--list] [--states N] [--trace FILE] [--json]",
  help: [
    "Every state that the real classes can reach in a small cluster is visited: every order of delivery, loss, duplication, every",
    "moment at which a node may prepare, and crashes between and within steps. What is found wrong has no shorter story.",
    "Without MODEL: the standard set, which takes under a minute on two cores.",
    "",
    "--large        the set for a night: the same with more proposals, links and crashes",
    "--nodes N      how many nodes, 2 to 5 (3)",
    "--bug NAME     take one rule away: the shortest way to what comes of it",
    "--list         the models with their bounds, and the rules that can be taken away",
    `--states N     give a model up when so many states were met (${DEFAULT_STATES}), and say that it is not proved`,
    "--trace FILE   write the way to what is wrong as JSON Lines, for the lab",
    "--json         one JSON object",
    "",
    "Exit codes: 0 all was tried and no rule is broken, 1 a rule is broken, 3 not all was tried.",
  ],
  examples: [
    ["paxos check", "the standard set"],
    ["paxos check --bug first-accepted-wins", "the shortest way to a disagreement"],
    ["paxos check chain --states 100000", "a part of one model"],
    ["paxos check --large", "for a night"],
  ],
  async run(args, terminal) {
    const { options, flags, rest } = parseCommandLine(args, SPEC);
    if (flags.list) return list(terminal);
    const jobs = readJobs(options, flags.large, rest);
    const beginMs = performance.now();
    const { done, interrupted } = await explore(jobs);
    const wallMs = performance.now() - beginMs;
    if (options.trace !== undefined) writeTrace(options.trace, done, terminal);
    if (flags.json) terminal.print(JSON.stringify(checkJson(done, wallMs)));
    else {
      const { red, dim } = colours(terminal.isInteractive, terminal.env("NO_COLOR"));
      const style = { escape: escapeForTerminal, red, dim };
      for (const line of reportLines(done, interrupted, wallMs, style)) terminal.print(line);
    }
    return exitCodeOf(done);
  },
};

function list(terminal: Terminal): number {
  const width = Math.max(...PLANS.map(({ name }) => name.length), ...GALLERY.map(({ bug }) => bug.length));
  const tell = (title: string, plans: readonly Plan[]): void => {
    terminal.print(title);
    for (const plan of plans) {
      terminal.print(`  ${plan.name.padEnd(width)}  ${plan.summary}`);
      terminal.print(`  ${" ".repeat(width)}  ${boundsLine(modelOf(plan))}`);
    }
  };
  tell("The standard set:", STANDARD);
  tell("The large set:", LARGE);
  terminal.print("Rules that can be taken away (--bug):");
  for (const { bug, plan } of GALLERY) {
    terminal.print(`  ${bug.padEnd(width)}  ${BUGS.find(({ name }) => name === bug)!.rule} (${plan})`);
  }
  return EXIT.done;
}

type Options = ReturnType<typeof parseCommandLine<typeof SPEC>>["options"];

function readJobs({ nodes, bug, states }: Options, large: boolean, names: readonly string[]): CheckJob[] {
  const maxStates = states === undefined ? DEFAULT_STATES : integerInRange("--states", states, 1, 2 ** 31);
  const count = nodes === undefined ? null : integerInRange("--nodes", nodes, 2, 5);
  if (large && names.length > 0) throw new UsageError("--large is a set of models: leave it out, or the models");
  if (bug !== undefined) {
    if (large || names.length > 0) throw new UsageError("--bug has a model of its own: leave --large and models out");
    const place = GALLERY.find((place) => place.bug === bug) ?? refuseBug(bug);
    return [{ plan: place.plan, nodes: count ?? place.nodes, bug, maxStates }];
  }
  const plans = names.length > 0 ? names.map(findPlan) : large ? LARGE : STANDARD;
  return plans.map(({ name }) => ({ plan: name, nodes: count ?? 3, bug: null, maxStates }));
}

function refuseBug(name: string): never {
  const known = BUGS.some((bug) => bug.name === name);
  throw new UsageError(
    known
      ? `the bug ${name} is in no model here, for it is about what the models leave out: \`paxos sim --bug ${name}\` shows it`
      : `--bug is ${JSON.stringify(name)}: --list names those that there are`,
  );
}

function findPlan(name: string): Plan {
  const found = PLANS.find((plan) => plan.name === name);
  if (found !== undefined) return found;
  throw new UsageError(`there is no model ${JSON.stringify(name)}: --list names those that there are`);
}

async function explore(jobs: readonly CheckJob[]): Promise<{ done: readonly Done[]; interrupted: boolean }> {
  const progress = new Progress();
  const abort = new AbortController();
  const stopListening = onStopSignal(() => abort.abort());
  try {
    // The long ones first, so that no core is left with one at the end.
    const done = await runJobs(jobs, abort.signal, (all) => progress.show(progressLine(jobs, all)));
    return { done, interrupted: abort.signal.aborted };
  } finally {
    stopListening();
    progress.clear();
  }
}

function progressLine(jobs: readonly CheckJob[], all: readonly Explored[]): string {
  const begun = jobs.map(({ plan }, index) => ({ plan, ...all[index]! })).filter(({ states }) => states > 0);
  return begun.slice(-3).map(({ plan, states, expanded, depth }) =>
    `${plan}: ${expanded.toLocaleString("en")} of ${states.toLocaleString("en")} states, depth ${depth}`
  ).join("; ");
}

function writeTrace(path: string, done: readonly Done[], terminal: Terminal): void {
  const found = done.find(({ report }) => report?.finding);
  const finding = found?.report?.finding;
  if (!found || !finding) {
    terminal.note("note: no rule was broken, so no trace was written");
    return;
  }
  const { plan, bug, nodes } = found.job;
  const { schedule, violation } = finding;
  const lines: string[] = [];
  const head = { check: plan, count: nodes, bug, shortcuts: schedule.shortcuts };
  traceSchedule(schedule, modelOfJob(found.job).subject, head, violation, (line) => lines.push(`${line}\n`));
  try {
    Deno.writeTextFileSync(path, lines.join(""));
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new ConfigurationError(`Cannot write the trace to ${path}: ${reason}. Name a file in a directory of yours.`);
  }
}
