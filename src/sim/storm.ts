import { Agenda } from "./agenda.ts";
import { Aim, drawClockAtBound, drawMildWeather } from "./aim.ts";
import { Calm, CALM_CLIENTS } from "./calm.ts";
import { stepCheckers } from "./checkers/all.ts";
import { checkLinearizability, explainLinearizability } from "./checkers/linearizability.ts";
import type { ClientOperation, WorldEvent } from "./events.ts";
import { DEFAULT_NODE, type Host } from "./host.ts";
import { Random } from "./random.ts";
import {
  drawClock,
  drawLoss,
  drawPlan,
  drawWeather,
  type Fault,
  STORM_MS,
  STORM_SETTINGS,
  type Weather,
} from "./weather.ts";
import type { Datagram, Scheduler } from "./scheduler.ts";
import type { Genes, StormResult, Subject } from "./subject.ts";
import { World } from "./world.ts";

export type { Genes, StormResult, Subject } from "./subject.ts";

/** Three nodes show almost all that can go wrong, and fastest. */
const NODE_COUNTS = [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4, 5, 5, 7];

/** How often a disk hangs for good at the end of a storm. */
const HUNG_RATE = 0.2;

const CLIENTS = 4;
const RETRY_MS = 400;
const PATIENCE_MS = 6000;

type Item =
  | { readonly kind: "event"; readonly event: WorldEvent }
  | { readonly kind: "timer"; readonly uid: string; readonly name: string; readonly ticket: number }
  | { readonly kind: "fault"; readonly fault: Fault; readonly era: number }
  | { readonly kind: "call"; readonly event: Extract<WorldEvent, { kind: "call" }>; readonly era: number }
  | {
    readonly kind: "wait";
    readonly event: Extract<WorldEvent, { kind: "retry" | "give_up" }>;
    readonly calls: number;
  };

/** Lets a cluster run through faults drawn from a seed, then through a calm in which it has to recover. */
export class Storm implements Scheduler {
  /** What the storm rages over. */
  readonly world: World;
  /** The names of the nodes. */
  readonly nodes: readonly string[];
  /** How long the faults go on, in virtual milliseconds. */
  readonly stormMs: number;
  #random: Random;
  #weather: Weather;
  #calm: Calm | null = null;
  #agenda = new Agenda<Item>();
  /** The nodes whose files have rotted or are lost; of the latter, those that do not vote again yet. */
  #stateless = new Set<string>();
  /** Plans of earlier eras are void: a fork begins a new one. */
  #era = 0;
  #observe: (event: WorldEvent, atMs: number) => void;
  #aimed: Aim | null;

  /** `observe` is told of each event that happens. */
  constructor(
    readonly genes: Genes,
    subject: Subject = {},
    observe: (event: WorldEvent, atMs: number) => void = () => {},
  ) {
    this.#observe = observe;
    this.#random = new Random(genes.seed);
    this.stormMs = subject.stormMs ?? STORM_MS;
    const count = subject.nodes ?? this.#random.pick(NODE_COUNTS);
    this.nodes = ["A", "B", "C", "D", "E", "F", "G"].slice(0, count);
    this.#weather = subject.aimed ? drawMildWeather(this.#random) : drawWeather(this.#random);
    this.#aimed = subject.aimed ? new Aim(this.#random, this.nodes) : null;
    // Tables that overflow all the time show what a full one would show in years.
    const maxSessions = this.#random.pick([2, 4, 512]);
    const hosts = this.nodes.map((uid, index) => ({
      uid,
      nodes: this.nodes,
      settings: STORM_SETTINGS,
      nodeClass: subject.nodeClass ?? DEFAULT_NODE,
      clock: subject.aimed ? drawClockAtBound(this.#random) : drawClock(this.#random),
      seed: genes.seed * 8 + index,
      maxSessions,
    }));
    this.world = new World({
      hosts,
      clients: CLIENTS + CALM_CLIENTS,
      checkers: stepCheckers(count, maxSessions),
      scheduler: this,
      ...(subject.hostClass && { hostClass: subject.hostClass }),
      ...(subject.tolerates && { tolerates: subject.tolerates }),
    });
    this.#plan(genes.seed, 0);
    this.world.start();
  }

  /** Whether the faults go on: not in the calm any more. */
  get raging(): boolean {
    return this.#calm === null;
  }

  /** Runs storm and calm to the end, or to the first violation. */
  run(): StormResult {
    const { world, genes } = this;
    this.#rage();
    this.#calm = new Calm(world, this.#observe);
    this.#calm.run();
    if (world.violation === null) this.#judgeHistory();
    return { genes, events: world.events, virtualMs: world.nowMs, violation: world.violation };
  }

  /** Decides the fate of a datagram: lost, late, twice, or simply some time on its way. */
  datagram(datagram: Datagram): void {
    if (this.#calm !== null) return this.#calm.datagram(datagram);
    const { id, from, to } = datagram;
    const { lossRate, duplicateRate, lateRate, lateFactor, delayMs } = this.#weather;
    const random = this.#random;
    const meanMs = delayMs(from, to) * (random.chance(lateRate) ? lateFactor : 1);
    const atMs = this.world.nowMs + random.wait(meanMs);
    const isLost = random.chance(lossRate) || this.#aimed?.loses(random, datagram, this.world.nowMs);
    const kind = isLost ? "drop" : "deliver";
    if (random.chance(duplicateRate)) {
      this.#agenda.add(atMs * 0.5 + this.world.nowMs * 0.5, event({ kind: "duplicate", datagram: id }));
    }
    this.#agenda.add(atMs, event({ kind, datagram: id }));
  }

  /** Lets a timer go off when it is due. */
  timer(uid: string, name: string, dueMs: number, ticket: number): void {
    if (this.#calm !== null) return this.#calm.timer(uid, name, dueMs, ticket);
    this.#agenda.add(dueMs, { kind: "timer", uid, name, ticket });
  }

  /** Decides how long a save takes. */
  saving(uid: string): void {
    if (this.#calm !== null) return this.#calm.saving(uid);
    this.#agenda.add(this.world.nowMs + this.#random.wait(this.#weather.saveMs), event({ kind: "saved", uid }));
  }

  #plan(seed: number, fromMs: number): void {
    const era = ++this.#era;
    const { stormMs } = this;
    const span = { fromMs, stormMs };
    const plan = drawPlan(this.#random, this.nodes, span, `v${era}.`);
    const { calls, faults } = this.#aimed?.thinned(this.#random, plan) ?? plan;
    const losses = drawLoss(new Random(seed, 75), this.nodes, span);
    for (const { atMs, fault } of [...faults, ...losses]) this.#agenda.add(atMs, { kind: "fault", fault, era });
    for (const { atMs, uid, operation } of calls) {
      this.#agenda.add(atMs, { kind: "call", event: { kind: "call", client: 0, operation, uid }, era });
    }
  }

  #rage(): void {
    const { world, stormMs } = this;
    const forks = [...this.genes.forks];
    for (let next = this.#agenda.nextMs; next !== null && next <= stormMs; next = this.#agenda.nextMs) {
      this.#do(this.#agenda.take()!, next);
      if (world.violation !== null) return;
      for (const fault of this.#aimed?.faults(this.#random, world.hosts) ?? []) this.#breakExactly(fault, next);
      const fork = forks[0];
      if (fork !== undefined && world.events >= fork.atEvent) {
        this.#fork(fork.seed);
        forks.shift();
      }
    }
    world.nowMs = stormMs;
    this.#hangDisk();
  }

  /** In some storms a disk hangs at the end and is not mended: the others have to go on without that node. */
  #hangDisk(): void {
    const random = new Random(this.genes.seed, 11);
    const [uid, hangs] = [random.pick(this.nodes), random.chance(HUNG_RATE)];
    if (hangs) this.#step({ kind: "hang_disk", uid }, this.stormMs);
  }

  /** Chance begins anew, for what is on its way as well. */
  #fork(seed: number): void {
    this.#random = new Random(seed, this.world.events);
    this.#agenda.keep((item) => item.kind !== "event" || !("datagram" in item.event));
    for (const datagram of this.world.inFlight.values()) this.datagram(datagram);
    this.#plan(seed, this.world.nowMs);
  }

  #do(item: Item, atMs: number): void {
    switch (item.kind) {
      case "event":
        return this.#step(item.event, atMs);
      case "timer":
        if (this.world.timers(item.uid).get(item.name)?.ticket !== item.ticket) return;
        return this.#step({ kind: "timer", uid: item.uid, name: item.name }, atMs);
      case "call":
        if (item.era === this.#era) this.#call(item.event, atMs);
        return;
      case "wait":
        if (this.world.clients[item.event.client]!.calls === item.calls) this.#step(item.event, atMs);
        return;
      case "fault":
        if (item.era === this.#era) this.#break(item.fault, atMs);
    }
  }

  #step(what: WorldEvent, atMs: number): void {
    if (this.world.step(what, atMs)) this.#observe(what, atMs);
  }

  /** The first client that is free asks, and asks again until it is answered or out of patience. */
  #call(call: Extract<WorldEvent, { kind: "call" }>, atMs: number): void {
    const client = this.world.clients.slice(0, CLIENTS).findIndex(({ busy }) => !busy);
    if (client < 0) return void this.#agenda.add(atMs + RETRY_MS, { kind: "call", event: call, era: this.#era });
    this.#step({ ...call, client, operation: this.#operation(call.operation, client) }, atMs);
    const calls = this.world.clients[client]!.calls;
    for (let waitMs = RETRY_MS; waitMs < PATIENCE_MS; waitMs += 2 * waitMs) {
      // The same node again, or any other: an update bears a session, so nobody minds.
      const uid = this.#random.chance(0.5) ? call.uid : this.#random.pick(this.nodes);
      this.#agenda.add(atMs + waitMs, { kind: "wait", event: { kind: "retry", client, uid }, calls });
    }
    this.#agenda.add(atMs + PATIENCE_MS, { kind: "wait", event: { kind: "give_up", client }, calls });
  }

  /** A planned compare-and-set expects what the client knew last: mostly true, and mostly not for long. */
  #operation(operation: ClientOperation, client: number): ClientOperation {
    if (operation.type !== "compareAndSet") return operation;
    return { ...operation, expected: this.world.clients[client]!.lastSeen };
  }

  #break(fault: Fault, atMs: number): void {
    const isAimed = fault.kind !== "cut" && fault.kind !== "rot";
    this.#breakExactly(isAimed ? { ...fault, uids: this.#aim(fault.uids) } : fault, atMs);
  }

  #breakExactly(fault: Fault, atMs: number): void {
    const mendedMs = Math.min(atMs + fault.forMs, this.stormMs);
    const both = (broken: WorldEvent, mended: WorldEvent) => {
      this.#step(broken, atMs);
      this.#agenda.add(mendedMs, event(mended));
    };
    if (fault.kind === "cut") {
      for (const [from, to] of fault.links) both({ kind: "cut", from, to }, { kind: "mend", from, to });
      return;
    }
    for (const uid of fault.uids) {
      if (fault.kind === "crash") both({ kind: "crash", uid }, { kind: "restart", uid });
      if (fault.kind === "pause") both({ kind: "pause", uid }, { kind: "resume", uid });
      if (fault.kind === "disk") both({ kind: "hang_disk", uid }, { kind: "mend_disk", uid });
      if (fault.kind === "rot" || fault.kind === "lose_disk") this.#lose(fault.kind, uid, atMs, mendedMs);
    }
  }

  /** Every other time the master is among those that a fault hits: nothing tells more of leases. */
  #aim(uids: readonly string[]): readonly string[] {
    const master = findMaster(this.world.hosts.values());
    if (master === null || uids.includes(master) || this.#random.chance(0.5)) return uids;
    return [master, ...uids.slice(1)];
  }

  /**
   * A node whose file has rotted must refuse to start, and stays down; one whose disk is lost comes back, and abstains for a
   * while. A quorum has to be left.
   */
  #lose(kind: "rot" | "lose_disk", uid: string, atMs: number, mendedMs: number): void {
    // A composition without the strategy for it cannot come back.
    if (kind === "lose_disk" && !("abstainsThrough" in (this.world.hosts.get(uid)!.node ?? {}))) return;
    for (const lost of this.#stateless) if (this.world.hosts.get(lost)!.isWhole) this.#stateless.delete(lost);
    if (!this.#stateless.has(uid) && 2 * (this.#stateless.size + 1) >= this.nodes.length) return;
    this.#stateless.add(uid);
    this.#step({ kind: "crash", uid }, atMs);
    this.#step({ kind, uid }, atMs);
    this.#agenda.add(mendedMs, event({ kind: kind === "rot" ? "restart" : "rejoin", uid }));
  }

  #judgeHistory(): void {
    const verdict = checkLinearizability(this.world.history);
    if (verdict.verdict === "VIOLATION") {
      this.world.blame({ kind: "linearizability", message: explainLinearizability(verdict) });
    }
  }
}

/** A node that believes to be master. */
function findMaster(machines: Iterable<Host>): string | null {
  for (const { uid, node } of machines) if (node !== null && "isMaster" in node && node.isMaster === true) return uid;
  return null;
}

function event(what: WorldEvent): Item {
  return { kind: "event", event: what };
}

/** Runs one storm. */
export function runStorm(genes: Genes, subject: Subject = {}): StormResult {
  return new Storm(genes, subject).run();
}
