// What `sim` asks of each core: storms over some seeds.
import { MasterNode } from "../node.ts";
import { ReplicatedValue } from "../replica/replicated_value.ts";
import { ConfigurationError } from "../runtime/errors.ts";
import { loadNodeClass } from "../runtime/node_class.ts";
import type { Bug } from "../sim/bugs/bug.ts";
import { BUGS } from "../sim/bugs/index.ts";
import type { NodeClass } from "../sim/host.ts";
import type { Search } from "../sim/search.ts";
import type { StormResult, Subject } from "../sim/storm.ts";
import { MASTER_STORM_MS } from "../sim/weather.ts";

/** What the storms go over; plain data, so that it can be sent to a worker. */
export interface SimJob {
  /** The rule that is off, by its name in the gallery. */
  readonly bug: string | null;
  /** The file of a user's own node. */
  readonly nodeFile: string | null;
  /** Whether the nodes have a master. */
  readonly master: boolean;
  /** How many nodes; drawn from each seed, if null. */
  readonly nodes: number | null;
}

/** What a worker is sent. */
export type SimRequest =
  /** Comes first; the answer is `SimReady`. */
  | { readonly kind: "job"; readonly job: SimJob }
  /** Asks for the storms of some seeds; the answer is a list of `SeedOutcome`. */
  | { readonly kind: "seeds"; readonly seeds: Seeds };

/** Seeds one after the other. */
export interface Seeds {
  /** The first. */
  readonly first: number;
  /** How many. */
  readonly count: number;
}

/** What the storm of a seed has shown. */
export interface SeedOutcome {
  /** The seed. */
  readonly seed: number;
  /** Its storm, whose genes may be another seed's to begin with. */
  readonly result: StormResult;
}

/** A worker's first answer: why it cannot do the job, if it cannot. */
export interface SimReady {
  /** What is wrong with the job; null if nothing is. */
  readonly trouble: string | null;
}

/** The bug of that name; `undefined` if there is none. */
export function findBug(name: string | null): Bug | undefined {
  return BUGS.find((bug) => bug.name === name);
}

/** The cluster that the job is about. A `ConfigurationError` where the user's node cannot be simulated. */
export async function loadSubject({ bug, nodeFile, master, nodes }: SimJob): Promise<Subject> {
  return {
    ...(master && { nodeClass: MasterNode, stormMs: MASTER_STORM_MS }),
    ...findBug(bug)?.subject,
    ...(nodeFile !== null && { nodeClass: await loadSimulable(nodeFile) }),
    ...(nodes !== null && { nodes }),
  };
}

/** The storms of seeds that lie in one block of the search. */
export function runSeeds(search: Search, { first, count }: Seeds): SeedOutcome[] {
  return Array.from({ length: count }, (_, index) => ({ seed: first + index, result: search.run(first + index) }));
}

async function loadSimulable(path: string): Promise<NodeClass> {
  const nodeClass = await loadNodeClass(path);
  // The simulator's checkers look into the node, so it has to be one of ours underneath.
  if (nodeClass.prototype instanceof ReplicatedValue) return nodeClass as NodeClass;
  throw new ConfigurationError(
    `The node class of ${path} does not extend ReplicatedValue, so the simulator cannot look into it: ` +
      "compose it from the classes of src/node.ts, as in: export default class MyNode extends Resolution(...) {}",
  );
}
