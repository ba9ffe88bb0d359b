import { ConfigurationError, UsageError } from "../runtime/errors.ts";
import { BUGS } from "../sim/bugs/index.ts";
import { blockOf } from "../sim/search.ts";
import type { Subject } from "../sim/storm.ts";
import { traceStorm } from "../sim/trace.ts";
import { integerInRange, parseCommandLine } from "./arguments.ts";
import { type Command, EXIT } from "./command.ts";
import { colours, escapeForTerminal } from "./escape.ts";
import { Progress } from "./progress.ts";
import { findBug, loadSubject, type SeedOutcome, type Seeds, type SimJob } from "./sim_job.ts";
import { type Shard, sweep } from "./sim_pool.ts";
import { examine, type Finding, findingLines, replayCommand } from "./sim_story.ts";
import { onStopSignal } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

const SPEC = {
  options: ["seeds", "seed", "nodes", "bug", "node", "trace", "shard"],
  flags: ["list-bugs", "json", "master"],
} as const;

/** How many seeds are tried: for the real node, and until a bug is found. */
const DEFAULT_SEEDS = { real: 1000, bug: 20_000 } as const;

/** A storm makes several seeds out of one, all of which have to be exact. */
const MAX_SEED = 2 ** 49;

/**
 * A story of a bug shall be no longer than this, or than the bug needs; else as many seeds again, and a few, are asked for a shorter
 * one.
 */
const SHORT_STORY_EVENTS = 20;
const FURTHER_SEEDS = 200;
/** The storms of a block vary each other, and so do their stories: so many of one block are looked at. */
const STORIES_OF_BLOCK = 4;

/** What was done. */
interface Summary {
  seeds: number;
  events: number;
  virtualMs: number;
  last: SeedOutcome | null;
  finding: Finding | null;
  interrupted: boolean;
}

/** `paxos sim`. */
export const sim: Command = {
  name: "sim",
  summary: "run the real node through simulated storms, every step judged",
  usage: "[--seeds N | --seed N] [--nodes N] [--master] [--bug NAME] [--list-bugs] [--node FILE.ts] [--trace FILE] " +
    "[--shard I/N] [--json]",
  help: [
    "A storm is a function of its seed: 30 virtual seconds of crashes, partitions, slow disks, lost and late datagrams, then",
    "a calm in which the cluster has to recover. The first seed that breaks a rule is shrunk to the few events that matter.",
    "",
    `--seeds N      so many seeds, from 0 on (${DEFAULT_SEEDS.real}; with --bug ${DEFAULT_SEEDS.bug})`,
    "--seed N       this seed alone",
    "--nodes N      how many nodes, 3 to 7 (drawn from the seed)",
    "--master       nodes with a master: leases, clocks that drift, reads that ask nobody",
    "--bug NAME     take one rule away and see what comes of it",
    "--list-bugs    the rules that can be taken away",
    "--node FILE.ts simulate the composition that this file exports by default",
    "--trace FILE   write the run of --seed, or the one that breaks a rule, as JSON Lines",
    "--shard I/N    the I-th of N parts of the seeds, for a sweep over N machines",
    "--json         one JSON object",
  ],
  examples: [
    ["paxos sim --seeds 1000", "storms over the real node"],
    ["paxos sim --list-bugs", "rules that can be taken away"],
    ["paxos sim --bug own-value-wins", "see what one of them is for"],
    ["paxos sim --seed 7 --trace run.jsonl", "write one run down"],
  ],
  async run(args, terminal) {
    const { options, flags } = parseCommandLine(args, SPEC);
    if (flags["list-bugs"]) return listBugs(terminal);
    const job = readJob(options, flags.master);
    const [seeds, shard] = [readSeeds(options, job), readShard(options.shard)];
    const subject = await loadSubject(job);
    const beginMs = performance.now();
    const summary = await storm(job, subject, seeds, shard);
    const wallMs = performance.now() - beginMs;
    if (options.trace !== undefined) {
      const traced = summary.finding ?? (options.seed === undefined ? null : summary.last);
      if (traced !== null) writeTrace(options.trace, traced, subject, job);
      else terminal.note("note: no rule was broken, so no trace was written: --seed N traces the run of a seed");
    }
    if (flags.json) terminal.print(JSON.stringify(toJson(summary, job, wallMs)));
    else report(summary, job, subject, wallMs, terminal);
    if (summary.finding !== null) return EXIT.no;
    return summary.interrupted ? EXIT.unknown : EXIT.done;
  },
};

function listBugs(terminal: Terminal): number {
  const width = Math.max(...BUGS.map(({ name }) => name.length));
  for (const { name, rule, ruleRef, source } of BUGS) {
    terminal.print(`${name.padEnd(width)}  ${rule} (${ruleRef}; ${source})`);
  }
  return EXIT.done;
}

type Options = ReturnType<typeof parseCommandLine<typeof SPEC>>["options"];

function readJob({ bug, node, nodes }: Options, master: boolean): SimJob {
  if (bug !== undefined && findBug(bug) === undefined) {
    throw new UsageError(`--bug is ${JSON.stringify(bug)}: --list-bugs names those that there are`);
  }
  if (bug !== undefined && node !== undefined) {
    throw new UsageError("--bug and --node exclude each other: a bug is a node of its own");
  }
  if (master && (bug !== undefined || node !== undefined)) {
    throw new UsageError("--master goes with neither --bug nor --node: they bring nodes of their own");
  }
  const count = nodes === undefined ? null : integerInRange("--nodes", nodes, 3, 7);
  return { bug: bug ?? null, nodeFile: node ?? null, master, nodes: count };
}

function readSeeds({ seed, seeds, shard }: Options, { bug }: SimJob): Seeds {
  if (seed !== undefined) {
    if (seeds !== undefined || shard !== undefined) {
      throw new UsageError("--seed is one seed: leave --seeds and --shard out");
    }
    return { first: integerInRange("--seed", seed, 0, MAX_SEED), count: 1 };
  }
  const fallback = DEFAULT_SEEDS[bug === null ? "real" : "bug"];
  return { first: 0, count: seeds === undefined ? fallback : integerInRange("--seeds", seeds, 1, MAX_SEED) };
}

function readShard(shard: string = "1/1"): Shard {
  const parts = /^(\d+)\/(\d+)$/.exec(shard);
  const [part, of] = [Number(parts?.[1]), Number(parts?.[2])];
  if (part >= 1 && part <= of) return { index: part - 1, of };
  throw new UsageError(`--shard is ${JSON.stringify(shard)}: use I/N, as 1/4, with I from 1 to N`);
}

/** Goes through the seeds until a rule is broken; for a bug until its story is short, too. */
async function storm(job: SimJob, subject: Subject, seeds: Seeds, shard: Shard): Promise<Summary> {
  const { kinds, maxEvents } = findBug(job.bug) ?? {};
  const mostEvents = maxEvents?.events ?? SHORT_STORY_EVENTS;
  const summary: Summary = {
    seeds: 0,
    events: 0,
    virtualMs: 0,
    last: null,
    finding: null,
    interrupted: false,
  };
  const progress = new Progress();
  const interrupt = () => void (summary.interrupted = true);
  const ignore = onStopSignal(interrupt);
  try {
    let [found, enough] = [0, Infinity];
    let [block, examined] = [-1, 0];
    for await (const outcome of sweep(job, subject, seeds, shard)) {
      const { result } = outcome;
      summary.seeds++;
      summary.last = outcome;
      summary.events += result.events;
      summary.virtualMs += result.virtualMs;
      progress.show(
        `${summary.seeds} of ${Math.ceil(seeds.count / shard.of)} seeds${found === 0 ? "" : `, ${found} break a rule`}`,
      );
      if (result.violation !== null && (kinds === undefined || kinds.includes(result.violation.kind))) {
        if (++found === 1) enough = 2 * summary.seeds + FURTHER_SEEDS;
        const inBlock = Math.floor(outcome.seed / blockOf(subject));
        examined = inBlock === block ? examined + 1 : 1;
        block = inBlock;
        if (examined <= STORIES_OF_BLOCK) {
          summary.finding = shorter(summary.finding, examine(outcome, subject));
          if (job.bug === null || lengthOf(summary.finding) <= mostEvents) break;
        }
      }
      if (summary.interrupted || summary.seeds >= enough) break;
    }
  } finally {
    ignore();
    progress.clear();
  }
  return summary;
}

function lengthOf({ shrunk }: Finding): number {
  return shrunk?.schedule.events.length ?? Infinity;
}

function shorter(best: Finding | null, next: Finding): Finding {
  return best === null || lengthOf(next) < lengthOf(best) ? next : best;
}

function writeTrace(path: string, { seed, result }: SeedOutcome, subject: Subject, { bug }: SimJob): void {
  const lines: string[] = [];
  traceStorm(result.genes, subject, { seed, bug }, (line) => lines.push(`${line}\n`));
  try {
    Deno.writeTextFileSync(path, lines.join(""));
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new ConfigurationError(`Cannot write the trace to ${path}: ${reason}. Name a file in a directory of yours.`);
  }
}

function toJson({ seeds, events, virtualMs, finding }: Summary, job: SimJob, wallMs: number): unknown {
  const violations = finding === null ? [] : [{
    seed: finding.seed,
    kind: finding.result.violation!.kind,
    message: finding.result.violation!.message,
    replay: replayCommand(finding.seed, job),
  }];
  return { seeds, events, virtual_ms: Math.round(virtualMs), wall_ms: Math.round(wallMs), violations };
}

function report(
  { seeds, events, virtualMs, finding, interrupted }: Summary,
  job: SimJob,
  subject: Subject,
  wallMs: number,
  terminal: Terminal,
): void {
  const bug = findBug(job.bug);
  const style = { escape: escapeForTerminal, ...colours(terminal.isInteractive, terminal.env("NO_COLOR")) };
  const lines = finding === null ? [] : findingLines(finding, job, bug, subject, style);
  for (const line of lines) terminal.print(line);
  if (lines.length > 0) terminal.print("");
  const done = `${seeds} seed${seeds === 1 ? "" : "s"}, ${events} events, ` +
    `${(virtualMs / 60_000).toFixed(1)} virtual minutes in ${(wallMs / 1000).toFixed(1)} s`;
  const end = interrupted ? ", interrupted" : "";
  if (finding !== null) terminal.print(`${done}${end}: seed ${finding.seed} breaks a rule.`);
  else if (job.bug === null) terminal.print(`${done}${end}: no rule was broken.`);
  else terminal.print(`${done}${end}: the bug ${job.bug} was not found. More seeds may find it: --seeds N.`);
}
