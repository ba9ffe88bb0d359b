import { Agenda } from "./agenda.ts";
import type { SimClient } from "./client.ts";
import type { WorldEvent } from "./events.ts";
import type { Host } from "./host.ts";
import type { Datagram, Scheduler } from "./scheduler.ts";
import type { World } from "./world.ts";

/**
 * How long the nodes may take, once the faults have stopped, to choose new values and to agree, in milliseconds of the slowest of
 * their clocks: all that they wait for they measure by these.
 */
export const CALM_MS = 30_000;

/** How many clients of a world write in its calm, and only then: a storm may have left the others without an answer. */
export const CALM_CLIENTS = 3;

/** In the calm every datagram takes this long, in milliseconds... */
const DELAY_MS = 1;
/** ... but for accepts, which are overtaken by prepares: proposers that do not make room for each other never come to an end. */
const ACCEPT_DELAY_MS = 4;
/** How long a save takes, in milliseconds. */
const SAVE_MS = 0.3;

const RETRY_MS = 400;

type Item =
  | { readonly kind: "event"; readonly event: WorldEvent }
  | { readonly kind: "timer"; readonly uid: string; readonly name: string; readonly ticket: number };

/**
 * The calm after the faults: all is mended, what was under way is lost, and from now on every datagram arrives and every save
 * ends. Clients that write at the same time, two of them at one node, must all see a new value chosen soon, and all nodes that
 * are up must come to the same place.
 *
 * One thing is not mended: disks that hang, as long as a quorum of nodes has others. The others must do without.
 */
export class Calm implements Scheduler {
  #agenda = new Agenda<Item>();
  #askedAtMs = new Map<number, number>();
  /** The nodes from which nothing is expected, for their disks hang. */
  #hung: ReadonlySet<string> = new Set();

  #observe: (event: WorldEvent, atMs: number) => void;

  /** The world's scheduler must ask this one from now on. `observe` is told of each event that happens. */
  constructor(readonly world: World, observe: (event: WorldEvent, atMs: number) => void = () => {}) {
    this.#observe = observe;
  }

  /** Runs until all is well; blames the world for liveness where that takes too long. */
  run(): void {
    this.#mendAll();
    const { world } = this;
    if (!this.#hasQuorum()) return;
    const slowest = Math.min(1, ...[...world.hosts.values()].map(({ clockRate }) => clockRate));
    const endMs = world.nowMs + CALM_MS / slowest;
    while (world.violation === null && !(this.#chosen() && this.#converged())) {
      const next = this.#agenda.nextMs;
      if (next === null || next > endMs) return this.#blame();
      const item = this.#agenda.take()!;
      if (item.kind === "event") this.#step(item.event, next);
      else if (world.timers(item.uid).get(item.name)?.ticket === item.ticket) {
        this.#step({ kind: "timer", uid: item.uid, name: item.name }, next);
      }
    }
  }

  /** Every datagram arrives soon. */
  datagram({ id, bytes }: Datagram): void {
    this.#soon({ kind: "deliver", datagram: id }, startsWith(bytes, "accept ") ? ACCEPT_DELAY_MS : DELAY_MS);
  }

  /** Timers go off when they are due. */
  timer(uid: string, name: string, dueMs: number, ticket: number): void {
    this.#agenda.add(Math.max(dueMs, this.world.nowMs), { kind: "timer", uid, name, ticket });
  }

  /** Every save ends soon. */
  saving(uid: string): void {
    this.#soon({ kind: "saved", uid }, SAVE_MS);
  }

  #step(event: WorldEvent, atMs: number = this.world.nowMs): void {
    if (this.world.step(event, atMs)) this.#observe(event, atMs);
  }

  #soon(event: WorldEvent, delayMs: number): void {
    this.#agenda.add(this.world.nowMs + delayMs, { kind: "event", event });
  }

  #mendAll(): void {
    const { world } = this;
    const uids = [...world.hosts.keys()];
    for (const from of uids) for (const to of uids) this.#step({ kind: "mend", from, to });
    const hung = [...world.hosts.values()].filter(({ disk, refusal }) => disk.hung || refusal !== null);
    // One that has lost its state needs all others to come back.
    const needsAll = [...world.hosts.values()].some((host) => !host.isWhole && host.refusal === null);
    if (!needsAll && 2 * hung.length < uids.length) this.#hung = new Set(hung.map(({ uid }) => uid));
    for (const host of world.hosts.values()) {
      const { uid } = host;
      if (!this.#hung.has(uid)) this.#step({ kind: "mend_disk", uid });
      for (const kind of ["resume", "restart", "rejoin"] as const) this.#step({ kind, uid });
      if (host.disk.writing !== null) this.saving(uid);
      for (const [name, { dueMs, ticket }] of world.timers(uid)) this.timer(uid, name, dueMs, ticket);
    }
  }

  /**
   * Whether a quorum of nodes has its state. A storm leaves one; a shrunk run need not, and then nothing can be expected: a node
   * whose file has rotted stays down, and one that rejoins waits for it.
   */
  #hasQuorum(): boolean {
    const hosts = [...this.world.hosts.values()];
    return 2 * hosts.filter(({ isWhole }) => isWhole).length > hosts.length;
  }

  /** Whether each client has seen a value chosen; one that was told that nobody knows asks again. */
  #chosen(): boolean {
    const clients = this.world.clients.slice(-CALM_CLIENTS);
    const up = this.#working().filter(({ votes }) => votes).map(({ uid }) => uid);
    const waiting = clients.filter(({ history }) => history.at(-1)?.outcome.type !== "chosen");
    for (const client of waiting) {
      if (!client.busy && this.#isPatient(client)) this.#call(client, client === clients[0] ? up.at(-1) : up[0]);
    }
    return waiting.length === 0;
  }

  /** Whether a while has passed since the client has last asked: a node that does not know would not know at once. */
  #isPatient({ number }: SimClient): boolean {
    return this.world.nowMs >= (this.#askedAtMs.get(number) ?? -Infinity) + RETRY_MS;
  }

  /** The client asks, and asks again until it is answered. */
  #call({ number, history }: SimClient, uid: string | undefined): void {
    if (uid === undefined) return;
    const { nowMs } = this.world;
    this.#askedAtMs.set(number, nowMs);
    const operation = { type: "write", value: `calm${number}.${history.length}` } as const;
    this.#step({ kind: "call", client: number, operation, uid });
    for (let waitMs = RETRY_MS; waitMs < CALM_MS; waitMs += RETRY_MS) {
      this.#agenda.add(nowMs + waitMs, { kind: "event", event: { kind: "retry", client: number, uid } });
    }
  }

  #converged(): boolean {
    const instances = this.#working().map(({ node }) => node?.instanceNumber);
    return instances.every((instance) => instance === instances[0]);
  }

  /** The machines that can do everything. */
  #working(): Host[] {
    return [...this.world.hosts.values()].filter(({ uid, up }) => up && !this.#hung.has(uid));
  }

  #blame(): void {
    const seconds = CALM_MS / 1000;
    const message = this.#chosen()
      ? `${seconds} s after the last fault the nodes still differ`
      : `within ${seconds} s after the last fault a client has not seen a new value chosen`;
    this.world.blame({ kind: "liveness", message });
  }
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}
