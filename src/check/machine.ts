import type { InstanceState, PaxosInstance } from "../paxos/instance.ts";
import type { Proposer } from "../paxos/proposer.ts";
import { sameProposalId } from "../paxos/proposal_id.ts";
import type { Lease, LeaseState } from "../replica/lease.ts";
import type { NodeState } from "../replica/node_state.ts";
import type { PeerMessage } from "../replica/messages.ts";
import type { Effect, Input, Outside } from "../replica/ports.ts";
import type { RegisterState } from "../replica/register.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import { Host } from "../sim/host.ts";
import { STORM_SETTINGS } from "../sim/weather.ts";
import { encodePeerMessage } from "../wire/datagram.ts";
import { decodeUtf8 } from "../wire/utf8.ts";
import { StableProposer } from "../strategies/stable_proposer.ts";
import { type Model, WINDOW_MS } from "./model.ts";

/** Where a machine is: what its node has in memory, what is on its disk, and what may go off. Plain data. */
export interface MachineState {
  /** What the node would save. */
  readonly node: NodeState;
  /** The roles of its current instance. */
  readonly paxos: InstanceState;
  /** What is on the disk. */
  readonly disk: string | null;
  /** The timers that are set. */
  readonly timers: readonly string[];
  /** What the node knows of the lease, moments as they are from now on, in milliseconds; `null` where there are no leases. */
  readonly lease: LeaseState | null;
}

/** A datagram that a machine has sent. */
export interface Sent {
  /** The receiver. */
  readonly to: string;
  /** What is on the wire. */
  readonly text: string;
}

/** What came of an input. */
export interface Outcome {
  /** Where the machine is now; where it was, if the node has thrown. */
  readonly state: MachineState;
  /** What it has sent. */
  readonly sent: readonly Sent[];
  /** The links that its node has learned. */
  readonly learned: readonly Extract<Effect, { kind: "chosen" }>[];
  /** How many saves began. */
  readonly saves: number;
  /** What its node has thrown, if anything. */
  readonly error: string | null;
}

/** What happens to a machine. */
export type Happening =
  | Exclude<Input, { kind: "start" | "request" | "propose" }>
  /** It stops at once, and starts again from its disk. */
  | { readonly kind: "restart" }
  /** Time passes, in milliseconds, in which nothing else happens. */
  | { readonly kind: "tick"; readonly forMs: number };

/** More than any pause of a strategy, in milliseconds: no node ever waits for a pause to end. */
const STEP_MS = 1000;

/**
 * One machine of the simulator, with the real node under the real effect loop, that can be put into any state it was in before.
 *
 * What a state leaves out must not matter for what the machine does next: that is so for pauses, as time goes on by more than
 * any of them between two inputs, and for the delays of timers, as these go off whenever the search says.
 */
export class Machine {
  #host: Host;
  #nowMs = 0;
  #silent = false;
  #savesLeft = Infinity;
  #saves = 0;
  #sent: Sent[] = [];
  #learned: Outcome["learned"][number][] = [];
  #timers = new Set<string>();
  #registers = new Map<string, RegisterState>();

  /** `uid` is one of the model's nodes; only its timers of these names ever go off. */
  constructor(uid: string, model: Model, readonly timerNames: readonly string[]) {
    const { nodes, subject: { nodeClass, hostClass } } = model;
    const options = {
      uid,
      nodes,
      nodeClass,
      settings: STORM_SETTINGS,
      clock: { rate: 1, offsetMs: 0 },
      seed: 0,
      trueNow: () => this.#nowMs,
      saving: () => this.#saving(),
    };
    const loadOnce = (text: string | null, load: () => NodeState) => this.#loadOnce(text, load);
    const Base = hostClass ?? Host;
    const CachingHost = class extends Base {
      protected override load(text: string | null): NodeState {
        return loadOnce(text, () => super.load(text));
      }
    };
    this.#host = new CachingHost(options, this.#outside());
  }

  /** Starts it for the first time. */
  start(): Outcome {
    this.#begin();
    this.#host.start();
    return this.#end(null);
  }

  /** Lets something happen in a state. `saves`: it crashes when so many saves are durable and one more has begun, and restarts. */
  run(from: MachineState, happening: Happening, saves: number | null = null): Outcome {
    if (happening.kind === "tick") return this.#tick(from, happening.forMs);
    this.#resume(from);
    this.#savesLeft = saves ?? Infinity;
    let error: string | null = null;
    try {
      if (happening.kind === "timer") this.#timers.delete(happening.name);
      if (happening.kind === "restart") this.#restart();
      else this.#host.push(happening);
      if (saves !== null) this.#restart();
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message : String(thrown);
    }
    return error === null ? this.#end(null) : { ...this.#outcome(from), error };
  }

  /** The node, as the last input has left it. */
  get #node(): ReplicatedValue {
    const { node, refusal } = this.#host;
    if (node === null) throw new Error(`node ${this.#host.uid} refuses to start: ${refusal}`);
    return node;
  }

  #restart(): void {
    this.#timers.clear();
    this.#host.crash(false);
    this.#savesLeft = Infinity;
    this.#host.start();
    // A refusal is told.
    void this.#node;
  }

  /** Puts the machine where it was; what starting does is not its doing now. */
  #resume({ node, paxos, disk, timers, lease }: MachineState): void {
    this.#silent = true;
    this.#savesLeft = Infinity;
    this.#host.crash(false);
    this.#host.disk.durable = disk;
    this.#host.start();
    this.#node.restore(node);
    this.#node.paxos.restore(paxos);
    this.#timers = new Set(timers);
    this.#silent = false;
    this.#begin();
    if (lease !== null) leaseOf(this.#node)!.restore(movedBy(lease, this.#nowMs));
  }

  /** Only what is known of the lease depends on time. */
  #tick(from: MachineState, forMs: number): Outcome {
    this.#begin();
    const lease = from.lease && inShort(movedBy(from.lease, -forMs), from.node.instanceNumber);
    return { ...this.#outcome({ ...from, lease }), error: null };
  }

  #begin(): void {
    this.#nowMs += STEP_MS;
    this.#saves = 0;
    this.#sent = [];
    this.#learned = [];
  }

  #end(error: string | null): Outcome {
    const node = this.#node;
    const lease = leaseOf(node);
    const state = {
      node: this.#withKnownRegister(node.save()),
      paxos: canonical(node.paxos),
      disk: this.#host.disk.durable,
      timers: [...this.#timers].sort(),
      lease: lease && inShort(movedBy(lease.save(), -this.#nowMs), node.instanceNumber),
    };
    return { ...this.#outcome(state), error };
  }

  #outcome(state: MachineState): Omit<Outcome, "error"> {
    return { state, sent: this.#sent, learned: this.#learned, saves: this.#saves };
  }

  #saving(): void {
    this.#saves++;
    if (this.#savesLeft-- > 0) this.#host.disk.complete();
  }

  #loaded = new Map<string | null, NodeState>();

  /** A machine starts thousands of times from one text. */
  #loadOnce(text: string | null, load: () => NodeState): NodeState {
    let state = this.#loaded.get(text);
    if (state === undefined) this.#loaded.set(text, state = this.#withKnownRegister(load()));
    return state;
  }

  /** The effect loop compares registers by identity, so equal ones have to be one. */
  #withKnownRegister(state: NodeState): NodeState {
    const key = JSON.stringify(state.register);
    const known = this.#registers.get(key);
    if (known === undefined) this.#registers.set(key, state.register);
    return known === undefined ? state : { ...state, register: known };
  }

  #outside(): Outside {
    return {
      send: (to, message) => this.#send(to, message),
      respond: () => {},
      setTimer: (name) => {
        if (!this.#silent && this.timerNames.includes(name)) this.#timers.add(name);
      },
      cancelTimer: (name) => {
        if (!this.#silent) this.#timers.delete(name);
      },
      announce: (effect) => {
        if (effect.kind === "chosen" && !this.#silent) this.#learned.push(effect);
      },
      stopped: (error) => {
        throw error;
      },
    };
  }

  #send(to: string, message: PeerMessage): void {
    if (!this.#silent) this.#sent.push({ to, text: decodeUtf8(encodePeerMessage(message)) ?? "" });
  }
}

/**
 * The roles, without what can make no difference any more: the order in which votes and promises came, what promises have said
 * that have led to an accept, and votes for other proposals once one is chosen.
 */
function canonical({ proposer, acceptor, learner }: PaxosInstance): InstanceState {
  const { promises, ...rest } = proposer.save();
  const inOrder = promises.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const { chosen } = learner;
  return {
    proposer: { ...rest, promises: rest.accept === null ? inOrder : spent(inOrder, proposer) },
    acceptor: acceptor.save(),
    learner: learner.save()
      .filter(([, { proposalId }]) => chosen === null || sameProposalId(proposalId, chosen.proposalId))
      .map((vote) => ({ vote, key: JSON.stringify(vote) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ vote }) => vote),
  };
}

/** Only a proposer that goes on in the next instance looks at them again, and then only whether they are a quorum's. */
function spent(promises: InstanceState["proposer"]["promises"], proposer: Proposer): typeof promises {
  if (!(proposer instanceof StableProposer)) return [];
  return promises.slice(0, proposer.quorumSize).map(([uid, promise]) => [uid, {
    ...promise,
    lastAcceptedId: null,
    lastAcceptedValue: null,
  }]);
}

function leaseOf(node: ReplicatedValue): Lease | null {
  return "lease" in node ? node.lease as Lease : null;
}

/** The same, as seen from an earlier or a later moment. */
function movedBy({ known, origin, ...moments }: LeaseState, byMs: number): LeaseState {
  return {
    known: known && { ...known, untilMs: known.untilMs + byMs },
    origin: origin && { ...origin, atMs: origin.atMs + byMs },
    waitUntilMs: moments.waitUntilMs + byMs,
    masterUntilMs: moments.masterUntilMs + byMs,
    renewFromMs: moments.renewFromMs + byMs,
  };
}

/** Without what makes no difference any more; moments are seen from now. How long a moment is past is no matter. */
function inShort(state: LeaseState, instanceNumber: number): LeaseState {
  const { known, origin } = state;
  const ahead = (ms: number): number => ms > 0 ? ms : -Infinity;
  return {
    known: known !== null && known.untilMs > 0 ? known : null,
    // A grant makes a master at its own instance only.
    origin: origin?.instanceNumber === instanceNumber ? { ...origin, atMs: Math.max(origin.atMs, -WINDOW_MS) } : null,
    waitUntilMs: ahead(state.waitUntilMs),
    masterUntilMs: ahead(state.masterUntilMs),
    renewFromMs: ahead(state.renewFromMs),
  };
}
