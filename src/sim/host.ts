import { PlainNode } from "../node.ts";
import { EffectLoop } from "../replica/effect_loop.ts";
import {
  BLANK_STATE,
  decodeState,
  encodeState,
  LOST_STATE,
  type NodeState,
  StateDamage,
} from "../replica/node_state.ts";
import type { Input, NodeOptions, Outside, Store } from "../replica/ports.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import { SimDisk } from "./disk.ts";
import { Random } from "./random.ts";

/** A class of nodes. */
export type NodeClass = new (options: NodeOptions) => ReplicatedValue;

/** A node's clock, as it differs from true time. */
export interface Clock {
  /** How many milliseconds it counts in a true one. */
  readonly rate: number;
  /** What it shows at the beginning, in milliseconds. */
  readonly offsetMs: number;
}

/** What a machine is made with. */
export interface HostOptions extends Omit<NodeOptions, "env" | "pid"> {
  /** The class of its node. */
  readonly nodeClass: NodeClass;
  /** Its clock. */
  readonly clock: Clock;
  /** The seed of its chance. */
  readonly seed: number;
  /** True time, in milliseconds. */
  readonly trueNow: () => number;
  /** Called when its disk has begun a save. */
  readonly saving: () => void;
}

/** One simulated machine: a disk, a clock, and while it is up the real node under the real effect loop. */
export class Host {
  /** Its disk. */
  readonly disk: SimDisk = new SimDisk();
  /** Its chance, and that of its faults. */
  readonly random: Random;
  /** The node; `null` while the machine is down. */
  node: ReplicatedValue | null = null;
  /** Why the node refuses to start, if it does. */
  refusal: string | null = null;
  /** Whether it is paused. */
  paused = false;
  /** Whether its disk is lost and its operator knows: it comes back by rejoining only. */
  lost = false;
  #backlog: Input[] = [];
  #loop: EffectLoop | null = null;
  #lives = 0;
  /** What the clock showed when it last changed its rate, and when that was. */
  #clock: Clock & { readonly sinceMs: number };

  /** `outside` is where the node's effects go. */
  constructor(readonly options: HostOptions, readonly outside: Outside) {
    this.random = new Random(options.seed, 7);
    this.#clock = { ...options.clock, sinceMs: 0 };
  }

  /** Its node's name. */
  get uid(): string {
    return this.options.uid;
  }

  /** How many milliseconds its clock counts in a true one. */
  get clockRate(): number {
    return this.#clock.rate;
  }

  /** What its clock shows, in milliseconds. */
  get clockMs(): number {
    const { offsetMs, rate, sinceMs } = this.#clock;
    return offsetMs + rate * (this.options.trueNow() - sinceMs);
  }

  /** Its clock runs at another rate from now on; timers that are set already keep their time. */
  skew(rate: number): void {
    this.#clock = { rate, offsetMs: this.clockMs, sinceMs: this.options.trueNow() };
  }

  /** Whether its node runs, though it may be paused. */
  get up(): boolean {
    return this.node !== null;
  }

  /** Whether its node votes, as far as its disk is concerned: not while it rejoins. */
  get votes(): boolean {
    return this.node !== null && this.node.save().abstainsThrough === undefined;
  }

  /** Whether it would vote if it started now: its disk is neither lost nor rotten, and does not say that the node rejoins. */
  get isWhole(): boolean {
    return !this.lost && this.refusal === null && !this.disk.rotten && !this.disk.durable?.includes('"abstains');
  }

  /** Starts the node after a loss of its disk. That it has lost it is durable before it says anything. */
  rejoin(): void {
    this.lost = false;
    this.disk.durable = encodeState(this.rejoining(), this.options);
    this.start();
  }

  /** Starts the node from what the disk holds; a state that it cannot use keeps it down. */
  start(): void {
    let state: NodeState;
    try {
      state = this.load(this.disk.durable);
    } catch (error) {
      if (!(error instanceof StateDamage) || !this.disk.rotten) throw error;
      this.refusal = error.message;
      return;
    }
    const { nodeClass } = this.options;
    const env = { now: () => this.clockMs, random: () => this.random.unit() };
    this.node = new nodeClass({ ...this.options, env, pid: ++this.#lives });
    this.node.restore(state);
    this.#loop = this.createLoop(this.node, this.store());
    this.#loop.push({ kind: "start" });
  }

  /** Hands inputs to the node, or keeps them until a paused one goes on. */
  push(...inputs: Input[]): void {
    if (this.paused) this.#backlog.push(...inputs);
    else this.#loop?.push(...inputs);
  }

  /** Stops for a while. */
  pause(): void {
    this.paused = true;
  }

  /** Goes on, with all that has arrived meanwhile as one burst. */
  resume(): void {
    this.paused = false;
    const backlog = this.#backlog;
    this.#backlog = [];
    if (backlog.length > 0) this.#loop?.push(...backlog);
  }

  /** Stops at once; only what is durable is left. `saved` says whether a save under way is; else chance does. */
  crash(saved?: boolean): void {
    this.#loop?.stop();
    this.#loop = null;
    this.node = null;
    this.paused = false;
    this.#backlog = [];
    this.disk.crash(this.random, saved);
  }

  /** Stops at once, and nothing is left: no state, and no mark that there was one. */
  wipe(): void {
    this.crash(false);
    this.disk.durable = null;
    this.disk.rotten = false;
    this.refusal = null;
  }

  /** Stops at once, with nothing left, and does not simply start again. */
  loseDisk(): void {
    this.wipe();
    this.lost = true;
  }

  /** What the node begins with, from the text on its disk. */
  protected load(text: string | null): NodeState {
    return text === null ? BLANK_STATE : decodeState(text, this.options);
  }

  /** What the node begins with that has lost its disk. */
  protected rejoining(): NodeState {
    return LOST_STATE;
  }

  /** The loop that runs the node. */
  protected createLoop(node: ReplicatedValue, store: Store): EffectLoop {
    return new EffectLoop(node, store, this.outside);
  }

  /** Where the node saves. */
  protected store(): Store {
    return {
      save: (state, done) => {
        this.disk.save(encodeState(state, this.options), done);
        this.options.saving();
      },
    };
  }
}

/** The node that is simulated unless another is named. */
export const DEFAULT_NODE: NodeClass = PlainNode;
