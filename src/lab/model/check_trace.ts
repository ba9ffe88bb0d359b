// Traces of `paxos check`: the way to a violation, step by step, as a run by hand over the classes of the model.
import { planOf } from "../../check/gallery.ts";
import { modelOf } from "../../check/model.ts";
import { emptySchedule } from "../../check/play.ts";
import type { Act, Schedule, ScheduledEvent } from "../../sim/schedule.ts";
import { traceSchedule } from "../../sim/trace.ts";
import type { Shortcut } from "../../sim/world_options.ts";
import { handScript } from "./hand_script.ts";
import { bugOf, checkScenario } from "./scenarios.ts";
import type { Script } from "./script.ts";

/** The first line of such a trace. */
export interface CheckHead {
  /** The name of the model. */
  readonly check: string;
  /** How many nodes it has. */
  readonly count: number;
  /** The rule that is off. */
  readonly bug: string | null;
  /** What takes no event. */
  readonly shortcuts: readonly Shortcut[];
}

/** The run that the trace is of. Throws a `SyntaxError` that says why, if this page cannot show it. */
export function scriptOfCheckTrace(head: CheckHead, text: string): Script {
  const { check, count, bug, shortcuts } = head;
  const plan = planOf(check);
  if (plan === undefined) throw new SyntaxError(`there is no model ${JSON.stringify(check)} here`);
  const model = modelOf(plan, count, bugOf(bug) ?? null);
  const [first, ...lines] = text.trimEnd().split("\n");
  const events = lines.slice(0, -1).map(eventOf);
  const { verdict, message } = JSON.parse(lines.at(-1) ?? "{}");
  const schedule: Schedule = { ...emptySchedule(model, shortcuts, verdict), events };
  const again: string[] = [];
  const violation = { kind: verdict, message };
  traceSchedule(schedule, model.subject, { check, count, bug, shortcuts }, violation, (line) => again.push(line));
  if (again.join("\n") !== [first, ...lines].join("\n")) {
    throw new SyntaxError("its steps lead elsewhere here: it was written by another version");
  }
  return { ...handScript(schedule, bug, true), scenario: checkScenario(check, count, shortcuts) };
}

/** What the checker said in the last line: the search may see what is wrong before any node has come to feel it. */
export function verdictOfTrace(text: string): string | null {
  return JSON.parse(text.trimEnd().split("\n").at(-1)!).message ?? null;
}

function eventOf(line: string): ScheduledEvent {
  const { event: id, at_ms: atMs, datagram, again = false, nodes: _, ...rest } = JSON.parse(line);
  if (datagram === undefined) return { id, atMs, act: rest as Act };
  const { from, to, text, sent_at: sentBy } = datagram;
  return { id, atMs, act: { kind: "deliver", letter: { from, to, text, sentBy }, again } };
}
