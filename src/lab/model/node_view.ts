// What is seen of a machine at one moment, as plain data: memory and disk side by side.
import type { ProposalId } from "../../paxos/proposal_id.ts";
import { Lease } from "../../replica/lease.ts";
import { decodeState, type NodeState, StateDamage } from "../../replica/node_state.ts";
import type { Host } from "../../sim/host.ts";
import type { World } from "../../sim/world.ts";

/** What a disk holds. */
export interface DiskView {
  /** What would be read now; `null` if there is nothing, `"damaged"` if it cannot be used. */
  readonly durable: NodeState | "damaged" | null;
  /** What is written but not synced yet. */
  readonly writing: NodeState | null;
  /** Whether saves never end. */
  readonly hung: boolean;
}

/** A proposal that a node is bringing on its way. */
export interface DriveView {
  /** Its ID. */
  readonly proposalId: ProposalId;
  /** Who has promised it. */
  readonly promises: readonly string[];
  /** The link that its accept carries; `null` before the accept. */
  readonly accept: string | null;
  /** Who is known to have accepted it. */
  readonly acceptedBy: readonly string[];
}

/** A timer that is set. */
export interface TimerView {
  /** Its name. */
  readonly name: string;
  /** When it is due, in milliseconds of true time. */
  readonly dueMs: number;
}

/** What a node believes about the lease; moments are those of true time, in milliseconds. */
export interface LeaseSeen {
  /** Who has it; `null` if nobody does, as far as the node knows. */
  readonly holder: string | null;
  /** Whether it is this node, and it may act as master. */
  readonly isMaster: boolean;
  /** Until when it lasts by the node's clock. */
  readonly untilMs: number;
  /** How long a lease lasts. */
  readonly windowMs: number;
  /** Until when the node votes for nobody, since a lease may stand of which it was not told. */
  readonly waitsUntilMs: number;
}

/** One machine. */
export interface NodeView {
  /** Its name. */
  readonly uid: string;
  /** Whether its node runs. */
  readonly up: boolean;
  /** Whether the machine is paused. */
  readonly paused: boolean;
  /** Why the node refuses to start, if it does. */
  readonly refusal: string | null;
  /** What the node has in memory of what must be durable; `null` while it is down. */
  readonly memory: NodeState | null;
  /** Its disk. */
  readonly disk: DiskView;
  /** What it is driving. */
  readonly drive: DriveView | null;
  /** How many milliseconds its clock counts in a true one. */
  readonly clockRate: number;
  /** How many updates wait here. */
  readonly waiting: number;
  /** Its timers, those due first at the beginning. */
  readonly timers: readonly TimerView[];
  /** What it believes about the lease; `null` where it knows of none. */
  readonly lease: LeaseSeen | null;
}

/** Looks at machines; a text on a disk is read once. */
export class Observer {
  #read = new Map<string, { readonly text: string; readonly state: NodeState | "damaged" }>();

  /** The world that is looked at. */
  constructor(readonly world: World) {}

  /** The machine as it is now. */
  look(host: Host): NodeView {
    const { uid, node, up, paused, refusal, disk } = host;
    const writing = disk.writing === null ? null : this.#decode(host, "writing", disk.writing.text);
    return {
      uid,
      up,
      paused,
      refusal,
      memory: node?.save() ?? null,
      disk: {
        durable: disk.durable === null ? null : this.#decode(host, "durable", disk.durable),
        writing: writing === "damaged" ? null : writing,
        hung: disk.hung,
      },
      drive: node === null ? null : driveOf(host),
      clockRate: host.clockRate,
      waiting: node?.proposals.all.length ?? 0,
      timers: [...this.world.timers(uid)].map(([name, { dueMs }]) => ({ name, dueMs })).sort((a, b) =>
        a.dueMs - b.dueMs
      ),
      lease: node === null ? null : this.#lease(host),
    };
  }

  #lease(host: Host): LeaseSeen | null {
    const { node, clockRate } = host;
    if (node === null || !("lease" in node) || !(node.lease instanceof Lease)) return null;
    const { lease } = node;
    const [nowMs, trueMs] = [node.env.now(), this.world.nowMs];
    return {
      holder: lease.holder(nowMs),
      isMaster: lease.isMaster(nowMs),
      untilMs: trueMs + lease.remainingMs(nowMs) / clockRate,
      windowMs: lease.windowMs / clockRate,
      waitsUntilMs: trueMs + lease.waitMs(nowMs) / clockRate,
    };
  }

  #decode(host: Host, what: string, text: string): NodeState | "damaged" {
    const key = `${host.uid} ${what}`;
    const known = this.#read.get(key);
    if (known?.text === text) return known.state;
    const state = decode(text, host);
    this.#read.set(key, { text, state });
    return state;
  }
}

function decode(text: string, { options }: Host): NodeState | "damaged" {
  try {
    return decodeState(text, options);
  } catch (error) {
    if (error instanceof StateDamage) return "damaged";
    throw error;
  }
}

function driveOf({ node }: Host): DriveView | null {
  const { proposer: { proposalId, promises, accept }, learner } = node!.paxos;
  if (proposalId === null) return null;
  return {
    proposalId,
    promises: [...promises.keys()],
    accept: accept?.value ?? null,
    acceptedBy: accept === null ? [] : [...learner.acceptedBy(proposalId)],
  };
}
