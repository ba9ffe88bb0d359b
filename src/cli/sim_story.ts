// What `sim` tells of a seed that breaks a rule.
import type { Bug } from "../sim/bugs/bug.ts";
import type { Style } from "../sim/diagram.ts";
import { record } from "../sim/schedule.ts";
import { shrink, type Shrunk } from "../sim/shrink.ts";
import type { Subject } from "../sim/storm.ts";
import { tellStory } from "../sim/story.ts";
import type { SeedOutcome, SimJob } from "./sim_job.ts";

/** A seed that breaks a rule, and what it comes down to. */
export interface Finding extends SeedOutcome {
  /** How many nodes it had. */
  readonly nodes: number;
  /** The events that matter; `null` where a replay does not show what the storm has shown. */
  readonly shrunk: Shrunk | null;
}

/** Runs the storm again and shrinks it. */
export function examine(outcome: SeedOutcome, subject: Subject): Finding {
  const { schedule } = record(outcome.result.genes, subject);
  return { ...outcome, nodes: schedule.hosts.length, shrunk: shrink(schedule, subject) };
}

/** The command that shows the seed again. */
export function replayCommand(seed: number, { bug, nodeFile, master, nodes }: SimJob): string {
  const quoted = nodeFile === null || /^[\w./-]+$/.test(nodeFile) ? nodeFile : `'${nodeFile.replaceAll("'", `'\\''`)}'`;
  return [
    `paxos sim --seed ${seed}`,
    ...(bug === null ? [] : [`--bug ${bug}`]),
    ...(master ? ["--master"] : []),
    ...(nodes === null ? [] : [`--nodes ${nodes}`]),
    ...(quoted === null ? [] : [`--node ${quoted}`]),
  ].join(" ");
}

/** The story, line by line. */
export function findingLines(
  { seed, result: { violation }, nodes, shrunk }: Finding,
  job: SimJob,
  bug: Bug | undefined,
  subject: Subject,
  style: Style,
): string[] {
  const command = replayCommand(seed, job);
  const title = `Seed ${seed} breaks a rule: ${nodes} nodes${bug === undefined ? "" : `, bug ${bug.name}`}.`;
  if (shrunk === null) {
    return [
      title,
      style.red(style.escape(`${violation?.kind}: ${violation?.message}`)),
      `It could not be shrunk; to see all of it: ${style.escape(command)} --trace FILE`,
    ];
  }
  const control = { ...bug?.control, ...(job.nodes !== null && { nodes: job.nodes }) };
  const off = bug === undefined ? null : { rule: bug.rule, control };
  return tellStory({ title, command, shrunk, subject, off }, style);
}
