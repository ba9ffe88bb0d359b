// Which plan shows which bug: the safety rules that the passive node, its disk and its acceptors are about.
import { type Model, modelOf, type Plan } from "./model.ts";
import { BUGS } from "../sim/bugs/index.ts";
import { PLANS } from "./models.ts";

/** Where a bug is found. */
export interface Place {
  /** The bug's name. */
  readonly bug: string;
  /** The name of the plan. */
  readonly plan: string;
  /** How many nodes it takes. */
  readonly nodes: number;
}

const place = (bug: string, plan: string, nodes = 3): Place => ({ bug, plan, nodes });

/** All that are found, by the bug's name. */
export const GALLERY: readonly Place[] = [
  place("accept-keeps-promise", "decision"),
  place("accept-promise-not-saved", "restart"),
  place("accepted-survives-link", "chain-retry"),
  place("answers-older", "chain"),
  place("catchup-forgets-lease", "lease-carried"),
  // Of three nodes one's own promise and one more are a quorum, so that none has to be counted twice.
  place("duplicate-counts-twice", "decision-unheard", 5),
  place("first-accepted-wins", "retry"),
  place("forget-disk", "restart"),
  place("learner-mixes-ids", "decision"),
  place("learner-mixes-instances", "chain"),
  place("lease-outlives-master", "lease-handover"),
  place("master-counts-from-learning", "lease-handover"),
  place("own-value-wins", "decision"),
  place("promise-dies-with-link", "chain"),
  place("quorum-minus-one", "decision"),
  place("restart-forgets-lease", "lease-handover-restart"),
  place("reuse-proposal-id", "restart"),
  place("speak-before-save", "restart"),
  place("stale-promise-counts", "retry"),
  place("value-and-index-apart", "chain-restart"),
];

/** The plan of that name; `undefined` if there is none. */
export function planOf(name: string): Plan | undefined {
  return PLANS.find((plan) => plan.name === name);
}

/** The model in which the bug is found; `undefined` if it is found in none. */
export function modelFor(bugName: string): Model | undefined {
  const found = GALLERY.find(({ bug }) => bug === bugName);
  const bug = BUGS.find(({ name }) => name === bugName);
  const plan = found && planOf(found.plan);
  return plan && bug && modelOf(plan, found.nodes, bug);
}
