// A schedule of the simulator, such as a shrunk violation, as a script in which only the learner acts.
import type { Act, Schedule } from "../../sim/schedule.ts";
import { letterType } from "../../sim/schedule.ts";
import type { LabAct, PlacedAct } from "./act.ts";
import { HAND_MS } from "./course.ts";
import { handScenario } from "./scenarios.ts";
import type { Script } from "./script.ts";

/** The same acts by hand; `asTimed` keeps their times, else one follows right after the other. */
export function handScript(schedule: Schedule, rule: string | null, asTimed: boolean): Script {
  const { hosts, shortcuts, clients, maxSessions, events } = schedule;
  const scenario = handScenario({ nodes: hosts.length, shortcuts, clients: Math.max(clients, 1), maxSessions });
  const acts: PlacedAct[] = [];
  const moments = new Map<number, number>([[0, 0]]);
  const add = (act: LabAct, atMs: number) => {
    const nextMs = acts.length * HAND_MS;
    acts.push({ after: acts.length, atMs: asTimed ? Math.round(atMs) : nextMs, act });
  };
  for (const { id, atMs, act } of events) {
    for (const one of labActs(act, moments)) add(one, atMs);
    moments.set(id, acts.length);
  }
  return { scenario, seed: 0, rule, acts };
}

/** What is delivered again later has to be doubled first. */
function labActs(act: Act, moments: ReadonlyMap<number, number>): LabAct[] {
  if (act.kind !== "deliver") return [act];
  const { from, to, sentBy } = act.letter;
  const letter = { from, to, type: letterType(act.letter), sentBy: moments.get(sentBy) ?? 0 };
  return act.again ? [{ kind: "duplicate", letter }, { kind: "deliver", letter }] : [{ kind: "deliver", letter }];
}

/** The script cut off where nothing comes any more: after the last moment of a run. */
export function cutScript(script: Script, moments: number): Script {
  return { ...script, acts: script.acts.filter(({ after }) => after < moments) };
}
