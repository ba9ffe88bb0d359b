import { decodeLink } from "../replica/link.ts";
import type { PeerMessage } from "../replica/messages.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type { Bug, Slip } from "../sim/bugs/bug.ts";
import type { NodeClass } from "../sim/host.ts";
import type { Subject } from "../sim/storm.ts";
import type { Decision, Facts } from "./facts.ts";

/** A lease lasts so long: far longer than all steps of a path take, so that it is the ticks alone that end it. */
export const WINDOW_MS = 1_000_000_000;

/** How far a model goes. Within these bounds everything that can happen is tried; nothing is said about what lies beyond. */
export interface Bounds {
  /** The nodes that prepare and propose, each with the highest number that it takes for it. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Whom messages of a type reach; to all others they are lost. Types that are not here reach everybody. */
  readonly reach: Readonly<Partial<Record<PeerMessage["type"], readonly string[]>>>;
  /** How many links are decided; nobody drives the one after them. */
  readonly instances: number;
  /** How many crashes there are in all; each is followed by a restart from what was saved. */
  readonly crashes: number;
  /** Into how many ticks of all clocks the window of a lease is divided; 0 where there are no leases and time does not matter. */
  readonly ticks: number;
}

/** Something that must be able to happen: a model in which it cannot would prove nothing. */
export interface Sometimes {
  /** What it is, in words. */
  readonly name: string;
  /** Whether it has come about. */
  readonly holds: (nodes: readonly Facts[], decisions: ReadonlyMap<number, Decision>) => boolean;
}

/** What to explore. */
export interface Plan {
  /** What it is called by. */
  readonly name: string;
  /** What it is about, in a few words. */
  readonly summary: string;
  /** How far it goes. */
  readonly bounds: Bounds;
  /** The class of the nodes: the passive replicated value, and whatever drives it; the bug, if there is one, is put between. */
  readonly compose: (bounds: Bounds, slip: Slip) => NodeClass;
  /** What must be able to happen with three nodes; the first of it with any number. */
  readonly sometimes: readonly Sometimes[];
}

/** A cluster to explore. */
export interface Model extends Plan {
  /** Its nodes. */
  readonly nodes: readonly string[];
  /** The rule that is off. */
  readonly bug: Bug | null;
  /** The cluster for the simulator's world, in which what is found is told. */
  readonly subject: Subject & { readonly nodeClass: NodeClass };
}

/** The plan for so many nodes, with a rule off. */
export function modelOf(plan: Plan, nodeCount = 3, bug: Bug | null = null): Model {
  const { nodeClass: _, ...machine } = bug?.subject ?? {};
  const nodeClass = plan.compose(plan.bounds, bug?.slip ?? ((Base) => Base));
  // Nobody but the search proposes, so the simulator's checker knows of no value that was asked for.
  const tolerates = [...(machine.tolerates ?? []), "validity" as const];
  const nodes = ["A", "B", "C", "D", "E"].slice(0, nodeCount);
  // What else can happen depends on how many nodes make a quorum.
  const sometimes = nodeCount === 3 ? plan.sometimes : plan.sometimes.slice(0, 1);
  return { ...plan, sometimes, nodes, bug, subject: { ...machine, nodeClass, nodes: nodeCount, tolerates } };
}

/** The value that a node proposes for a link: `a0` for A and the first one. */
export function valueOf({ uid, instanceNumber }: Pick<ReplicatedValue, "uid" | "instanceNumber">): string {
  return `${uid.toLowerCase()}${instanceNumber}`;
}

/** Which node proposes the link: its value, or the lease for itself. */
export function ownerOf(link: string): string {
  const { grantedTo, updates } = decodeLink(link);
  return grantedTo ?? updates[0]?.value.slice(0, -1).toUpperCase() ?? "";
}
