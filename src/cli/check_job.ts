// What `check` asks of each core: to explore one model.
import { explore, type Report } from "../check/explore.ts";
import { planOf } from "../check/gallery.ts";
import { type Model, modelOf } from "../check/model.ts";
import type { Progress } from "../check/search.ts";
import { BUGS } from "../sim/bugs/index.ts";

/** A model and how far to go; plain data, so that it can be sent to a worker. */
export interface CheckJob {
  /** The name of its plan. */
  readonly plan: string;
  /** How many nodes it has. */
  readonly nodes: number;
  /** The rule that is off, by its name in the gallery. */
  readonly bug: string | null;
  /** It is given up when so many states were met. */
  readonly maxStates: number;
}

/** What a worker says: how far it is, and in the end what came of it. */
export type CheckNews =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "report"; readonly report: Report; readonly wallMs: number };

/** The model that the job is about. */
export function modelOfJob({ plan, nodes, bug }: CheckJob): Model {
  const found = planOf(plan);
  if (found === undefined) throw new Error(`there is no model ${JSON.stringify(plan)}`);
  return modelOf(found, nodes, BUGS.find(({ name }) => name === bug) ?? null);
}

/** Does the job, and tells. */
export function* doJob(job: CheckJob): Generator<CheckNews, void, void> {
  const beginMs = performance.now();
  const exploration = explore(modelOfJob(job), job.maxStates);
  for (let next = exploration.next();; next = exploration.next()) {
    if (next.done) return yield { kind: "report", report: next.value, wallMs: performance.now() - beginMs };
    yield { kind: "progress", progress: next.value };
  }
}
