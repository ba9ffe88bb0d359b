// What `check` says in the end: never more than what was tried.
import type { Report } from "../check/explore.ts";
import { type Model, modelOf } from "../check/model.ts";
import { planOf } from "../check/gallery.ts";
import { BUGS } from "../sim/bugs/index.ts";
import type { Style } from "../sim/diagram.ts";
import { tellStory } from "../sim/story.ts";
import { type CheckJob, modelOfJob } from "./check_job.ts";
import type { Done } from "./check_pool.ts";
import { EXIT } from "./command.ts";

/** How far a model goes, in words. */
export function boundsLine({ nodes, bounds: { numbers, reach, instances, crashes, ticks } }: Model): string {
  const drivers = Object.entries(numbers).map(([uid, highest]) => `${uid} up to number ${highest}`);
  const heard = Object.entries(reach).map(([type, uids]) =>
    `${type} reaches ${uids.length === 0 ? "nobody" : `${uids.join(", ")} alone`}`
  );
  const time = ticks === 0 ? [] : [`a lease lasts ${ticks} ticks`];
  const links = `links: ${instances}; crashes: ${crashes}`;
  return [`${nodes.length} nodes`, `prepare: ${drivers.join(", ")}`, links, ...time, ...heard].join("; ");
}

/** 0 if all was tried and nothing is wrong, 1 if something is, 3 if not all was tried. */
export function exitCodeOf(done: readonly Done[]): number {
  const reports = done.map(({ report }) => report);
  if (reports.some((report) => report !== null && isWrong(report))) return EXIT.no;
  return reports.every((report) => report?.complete) ? EXIT.done : EXIT.unknown;
}

/** A model in which nothing happens proves nothing; what was given up may have come to it later. */
function isWrong({ finding, complete, never }: Report): boolean {
  return finding !== null || (complete && never.length > 0);
}

/** The object of `--json`. */
export function checkJson(done: readonly Done[], wallMs: number): unknown {
  const reports = done.map(({ report }) => report);
  const states = (one: Done): number => one.report?.states ?? one.progress.states;
  return {
    unique_states: done.reduce((sum, one) => sum + states(one), 0),
    depth: Math.max(...done.map(({ report, progress }) => report?.depth ?? progress.depth)),
    complete: reports.every((report) => report?.complete ?? false),
    wall_ms: Math.round(wallMs),
    violations: done.flatMap(({ job, report }) => report === null ? [] : violationsOf(job, report)),
    models: done.map((one) => ({
      name: one.job.plan,
      bounds: boundsLine(modelOfJob(one.job)),
      unique_states: states(one),
      depth: one.report?.depth ?? one.progress.depth,
      complete: one.report?.complete ?? false,
      never: one.report?.never ?? [],
      wall_ms: Math.round(one.wallMs),
    })),
  };
}

function violationsOf(job: CheckJob, report: Report): unknown[] {
  const { finding, complete, never } = report;
  const replay = commandOf(job);
  if (finding !== null) {
    const { violation: { kind, message }, moves, schedule } = finding;
    return [{ model: job.plan, kind, message, moves, events: schedule.events.length, replay }];
  }
  return complete ? never.map((name) => ({ model: job.plan, kind: "never", message: name, replay })) : [];
}

/** The command that shows it again. */
export function commandOf({ plan, nodes, bug }: CheckJob): string {
  const what = bug === null ? plan : `--bug ${bug}`;
  return `paxos check ${what}${bug === null && nodes !== 3 ? ` --nodes ${nodes}` : ""}`;
}

/** The lines for people. */
export function reportLines(done: readonly Done[], interrupted: boolean, wallMs: number, style: Style): string[] {
  const lines: string[] = [];
  for (const one of done) lines.push(...modelLines(one, interrupted, style));
  const stories = done.flatMap(({ job, report }) => report?.finding ? ["", ...storyLines(job, report, style)] : []);
  return [...lines, ...stories, ...(stories.length > 0 ? [""] : []), summaryOf(done, wallMs)];
}

function modelLines({ job, report, progress, wallMs }: Done, interrupted: boolean, style: Style): string[] {
  const model = modelOfJob(job);
  const head = `${job.plan}: ${model.summary}`;
  const bounds = style.dim(`  ${boundsLine(model)}`);
  if (report === null) {
    const { states, depth } = progress;
    return [
      head,
      bounds,
      `  ${interrupted ? "interrupted" : "ended"} at ${say(states)} states, depth ${depth}: not proved`,
    ];
  }
  const { finding, complete, states, depth, never } = report;
  const seconds = `${(wallMs / 1000).toFixed(1)} s`;
  if (finding !== null) {
    const { violation } = finding;
    return [head, bounds, style.red(`  broken: ${violation.kind}, after ${say(states)} unique states, ${seconds}`)];
  }
  const extent = complete ? "complete: " : "bounded at ";
  const end = complete ? "" : ": not proved, no rule was broken so far";
  const told = `  ${extent}${say(states)} unique states, depth ${depth}${end}, ${seconds}`;
  const missing = never.map((name) => `  ${complete ? "never" : "not yet"}: ${name}`);
  return [head, bounds, told, ...missing.map((line) => complete ? style.red(line) : line)];
}

function storyLines(job: CheckJob, { finding }: Report, style: Style): string[] {
  const { schedule, violation, moves } = finding!;
  const bug = BUGS.find(({ name }) => name === job.bug);
  const off = bug === undefined
    ? null
    : { rule: bug.rule, control: { ...bug.control, ...modelOf(planOf(job.plan)!, job.nodes).subject } };
  const title = `Model ${job.plan} breaks a rule in ${moves} moves: ${job.nodes} nodes${
    bug ? `, bug ${bug.name}` : ""
  }.`;
  const shrunk = { schedule, violation, cutShort: false };
  const subject = modelOfJob(job).subject;
  return tellStory({ title, command: commandOf(job), shrunk, subject, off, isShortest: true }, style);
}

function summaryOf(done: readonly Done[], wallMs: number): string {
  const states = done.reduce((sum, { report, progress }) => sum + (report?.states ?? progress.states), 0);
  const depth = Math.max(...done.map(({ report, progress }) => report?.depth ?? progress.depth));
  const reports = done.map(({ report }) => report);
  const models = `${done.length} model${done.length === 1 ? "" : "s"}`;
  const seconds = `${(wallMs / 1000).toFixed(1)} s`;
  const counted = `${say(states)} unique states, depth ${depth}`;
  if (reports.some((report) => report?.finding)) return `A rule is broken; ${counted} in ${models}, ${seconds}.`;
  if (reports.some((report) => report !== null && isWrong(report))) {
    return `Something that must be able to happen never does, so a model proves nothing; ${counted} in ${models}, ${seconds}.`;
  }
  return reports.every((report) => report?.complete)
    ? `complete: ${counted} in ${models}, ${seconds}; within these bounds no rule is broken.`
    : `not complete: ${counted} in ${models}, ${seconds}; no rule was broken so far, and nothing is proved.`;
}

function say(count: number): string {
  return count.toLocaleString("en");
}
