import { Agenda } from "./agenda.ts";
import type { WorldEvent } from "./events.ts";
import { Random } from "./random.ts";
import type { Datagram, Scheduler } from "./scheduler.ts";
import { CALM_MS } from "./storm.ts";
import { FAIR } from "./weather.ts";
import type { World } from "./world.ts";

const RETRY_MS = 400;
const PATIENCE_MS = 6000;

type Item =
  | { readonly kind: "event"; readonly event: WorldEvent }
  | { readonly kind: "timer"; readonly uid: string; readonly name: string; readonly ticket: number };

/**
 * The calm after a schedule: all is mended, what was under way is lost, and from now on every datagram arrives and every save
 * ends. A new value must be chosen soon, and all nodes that are up must come to the same place.
 */
export class Calm implements Scheduler {
  #agenda = new Agenda<Item>();
  #random = new Random(0);

  /** The world's scheduler must ask this one from now on. */
  constructor(readonly world: World) {}

  /** Runs until all is well; blames the world for liveness where that takes too long. */
  run(): void {
    this.#mendAll();
    const { world } = this;
    const endMs = world.nowMs + CALM_MS;
    while (world.violation === null && !(this.#chosen() && this.#converged())) {
      const next = this.#agenda.nextMs;
      if (next === null || next > endMs) return this.#blame();
      const item = this.#agenda.take()!;
      if (item.kind === "event") world.step(item.event, next);
      else if (world.timers(item.uid).get(item.name)?.ticket === item.ticket) world.step(item, next);
    }
  }

  /** Every datagram arrives soon. */
  datagram({ id, from, to }: Datagram): void {
    this.#soon({ kind: "deliver", datagram: id }, FAIR.delayMs(from, to));
  }

  /** Timers go off when they are due. */
  timer(uid: string, name: string, dueMs: number, ticket: number): void {
    this.#agenda.add(Math.max(dueMs, this.world.nowMs), { kind: "timer", uid, name, ticket });
  }

  /** Every save ends soon. */
  saving(uid: string): void {
    this.#soon({ kind: "saved", uid }, FAIR.saveMs);
  }

  #soon(event: WorldEvent, meanMs: number): void {
    this.#agenda.add(this.world.nowMs + this.#random.wait(meanMs), { kind: "event", event });
  }

  #mendAll(): void {
    const { world } = this;
    const uids = [...world.hosts.keys()];
    for (const from of uids) for (const to of uids) world.step({ kind: "mend", from, to });
    for (const host of world.hosts.values()) {
      const { uid } = host;
      for (const kind of ["mend_disk", "resume", "restart"] as const) world.step({ kind, uid });
      if (host.disk.writing !== null) this.saving(uid);
      for (const [name, { dueMs, ticket }] of world.timers(uid)) this.timer(uid, name, dueMs, ticket);
    }
  }

  /** Whether a write that began in the calm was chosen; asks for one where none is under way. */
  #chosen(): boolean {
    const { world } = this;
    const client = world.clients.at(-1)!;
    const last = client.history.at(-1);
    if (last?.operation.type === "write" && last.operation.value.startsWith("calm") && last.outcome.type === "chosen") {
      return true;
    }
    if (!client.busy) this.#call(client.number, `calm${client.history.length}`);
    return false;
  }

  /** The client asks, and asks again until it is answered or out of patience. */
  #call(client: number, value: string): void {
    const { nowMs, hosts } = this.world;
    const uid = [...hosts.values()].find(({ up }) => up)?.uid;
    if (uid === undefined) return;
    this.world.step({ kind: "call", client, operation: { type: "write", value }, uid });
    for (let waitMs = RETRY_MS; waitMs < PATIENCE_MS; waitMs += RETRY_MS) {
      this.#agenda.add(nowMs + waitMs, { kind: "event", event: { kind: "retry", client } });
    }
    this.#agenda.add(nowMs + PATIENCE_MS, { kind: "event", event: { kind: "give_up", client } });
  }

  #converged(): boolean {
    const nodes = [...this.world.hosts.values()].map(({ node }) => node).filter((node) => node !== null);
    return nodes.every(({ instanceNumber }) => instanceNumber === nodes[0]!.instanceNumber);
  }

  #blame(): void {
    const seconds = CALM_MS / 1000;
    const message = this.#chosen()
      ? `${seconds} s after the last fault the nodes still differ`
      : `no new value was chosen within ${seconds} s after the last fault`;
    this.world.blame({ kind: "liveness", message });
  }
}
