import type { PeerMessage } from "../replica/messages.ts";
import { decodeState } from "../replica/node_state.ts";
import type { Input, Outside } from "../replica/ports.ts";
import { encodePeerMessage, encodeRequest, encodeResponse } from "../wire/datagram.ts";
import type { History } from "./checkers/history.ts";
import { SimClient } from "./client.ts";
import { Decoder } from "./decoder.ts";
import type { Violation, WorldEvent } from "./events.ts";
import { Host } from "./host.ts";
import { happenTo } from "./host_events.ts";
import type { Datagram, Timer } from "./scheduler.ts";
import type { WorldOptions } from "./world_options.ts";

export type { Timer } from "./scheduler.ts";

/**
 * A cluster, its network, its disks and its clients, in which nothing happens but what `step` is told.
 *
 * The nodes are the real classes under the real effect loop; datagrams pass the real codec as bytes, and saves are the
 * text of the real state file.
 */
export class World {
  /** True time, in milliseconds. */
  nowMs = 0;
  /** How many events have happened. */
  events = 0;
  /** The first thing that a checker has against this run. */
  violation: Violation | null = null;
  /** The machines, by uid. */
  readonly hosts: Map<string, Host> = new Map();
  /** The clients. */
  readonly clients: readonly SimClient[];
  /** The datagrams on their way, by number. */
  readonly inFlight: Map<number, Datagram> = new Map();
  #timers = new Map<string, Map<string, Timer>>();
  #cuts = new Set<string>();
  #atOnce: Datagram[] = [];
  #decoder = new Decoder();
  #count = 0;

  /** Sets the machines up; `start` starts them. */
  constructor(readonly options: WorldOptions) {
    const hostClass = options.hostClass ?? Host;
    for (const host of options.hosts) {
      const { uid } = host;
      this.#timers.set(uid, new Map());
      const saving = () => this.#saving(uid);
      this.hosts.set(uid, new hostClass({ ...host, trueNow: () => this.nowMs, saving }, this.#outside(uid)));
    }
    this.clients = Array.from({ length: options.clients }, (_, number) => new SimClient(number));
  }

  /** Starts all machines. */
  start(): void {
    this.#guard(() => {
      for (const host of this.hosts.values()) host.start();
      this.#deliverAtOnce();
    });
  }

  /** What all clients asked and were answered. */
  get history(): History {
    return this.clients.flatMap((client) => client.history);
  }

  /** The timers of a node that have not gone off, by name. */
  timers(uid: string): ReadonlyMap<string, Timer> {
    return this.#timers.get(uid)!;
  }

  /** Whether what one node sends to another is lost. */
  isCut(from: string, to: string): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(`${from}>${to}`);
  }

  /** Lets one thing happen, at this time; one that is not possible now does not happen, and `false` says so. */
  step(event: WorldEvent, atMs: number = this.nowMs): boolean {
    if (this.violation !== null) return false;
    this.nowMs = Math.max(this.nowMs, atMs);
    let happened = true;
    this.#guard(() => {
      happened = this.#happen(event);
      this.#deliverAtOnce();
      for (const checker of this.options.checkers) this.blame(checker.moment?.(this.hosts.values()) ?? null);
    });
    if (happened) this.events++;
    return happened;
  }

  /** The code under test may throw anything; a run that did is over, and is told like any other. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.blame({ kind: "error", message: `a node has thrown: ${error instanceof Error ? error.message : error}` });
    }
  }

  /** Takes note of what a checker, or who runs the world, has against the run. */
  blame(violation: Violation | null): void {
    if (violation !== null && !this.options.tolerates?.includes(violation.kind)) this.violation ??= violation;
  }

  #happen(event: WorldEvent): boolean {
    switch (event.kind) {
      case "deliver":
      case "duplicate":
      case "drop":
        return this.#network(event.kind, event.datagram);
      case "timer":
        return this.#fire(event.uid, event.name);
      case "cut":
        this.#cuts.add(`${event.from}>${event.to}`);
        return true;
      case "mend":
        return this.#cuts.delete(`${event.from}>${event.to}`);
      case "call":
      case "retry":
      case "give_up":
        return this.#client(event);
      default:
        return this.#machine(event, this.hosts.get(event.uid)!);
    }
  }

  #machine(event: Extract<WorldEvent, { uid: string }>, host: Host): boolean {
    switch (event.kind) {
      case "crash":
        if (!host.up) return false;
        this.#crash(host, event.saved);
        return true;
      case "lose_disk":
        host.loseDisk();
        for (const checker of this.options.checkers) checker.lost?.(host.uid);
        return true;
      case "resume":
        if (!host.paused) return false;
        host.resume();
        this.#catchUp(host);
        return true;
      case "hang_disk":
      case "mend_disk":
        host.disk.hung = event.kind === "hang_disk";
        this.#catchUp(host);
        return true;
      default:
        return happenTo(host, event);
    }
  }

  #crash(host: Host, saved: boolean | undefined): void {
    const { durable } = host.disk;
    host.crash(saved);
    if (host.disk.durable === durable || host.disk.durable === null) return;
    const state = decodeState(host.disk.durable, host.options);
    for (const checker of this.options.checkers) this.blame(checker.survived?.(host.uid, state) ?? null);
  }

  #network(kind: "deliver" | "duplicate" | "drop", id: number): boolean {
    const datagram = this.inFlight.get(id);
    if (datagram === undefined) return false;
    if (kind === "duplicate") {
      this.#transmit(datagram.from, datagram.to, datagram.bytes, false);
      return true;
    }
    this.inFlight.delete(id);
    if (kind === "deliver" && !this.isCut(datagram.from, datagram.to)) this.#arrive(datagram);
    return true;
  }

  #arrive({ from, to, bytes }: Datagram): void {
    const decoded = this.#decoder.decode(bytes);
    const host = this.hosts.get(to);
    if (decoded.kind === "peer") host?.push({ kind: "message", fromUid: from, message: decoded.message });
    else if (decoded.kind === "requests") {
      host?.push(...decoded.requests.map((request): Input => ({ kind: "request", from, request })));
    } else if (decoded.kind === "responses") {
      const client = this.clients.find(({ address }) => address === to);
      for (const response of decoded.responses) {
        const next = client?.receive(response, this.events) ?? null;
        if (next !== null) this.#transmit(to, next.to, encodeRequest(next.request), true);
      }
    } else if (decoded.kind === "propose") {
      host?.push({ kind: "propose", value: decoded.value, isForwarded: this.hosts.has(from) });
    } else this.blame({ kind: "error", message: `a datagram from ${from} to ${to} cannot be read: ${decoded.kind}` });
  }

  #fire(uid: string, name: string): boolean {
    const timer = this.timers(uid).get(name);
    if (timer === undefined || this.hosts.get(uid)!.paused) return false;
    this.#timers.get(uid)!.delete(name);
    timer.fire();
    return true;
  }

  #saving(uid: string): void {
    if (this.options.shortcuts?.has("saves")) this.hosts.get(uid)!.disk.complete();
    else this.options.scheduler.saving(uid);
  }

  /** What fell due while a machine could not attend to it is due again. */
  #catchUp({ uid, disk }: Host): void {
    if (disk.writing !== null) this.#saving(uid);
    for (const [name, { dueMs, ticket }] of this.timers(uid)) {
      if (dueMs <= this.nowMs) this.options.scheduler.timer(uid, name, this.nowMs, ticket);
    }
  }

  #client(event: Extract<WorldEvent, { client: number }>): boolean {
    const client = this.clients[event.client]!;
    if (event.kind === "call") {
      if (client.busy) return false;
      const { operation, uid } = event;
      if (operation.type !== "read") {
        for (const checker of this.options.checkers) checker.proposed?.(operation.value);
      }
      this.#transmit(client.address, uid, encodeRequest(client.call(operation, this.events)), true);
      return true;
    }
    if (!client.busy) return false;
    if (event.kind === "give_up") client.giveUp();
    else {
      this.#transmit(client.address, event.uid, encodeRequest(client.retry()), true);
    }
    return true;
  }

  #transmit(from: string, to: string, bytes: Uint8Array, ofClient: boolean, hello = false): void {
    const datagram = { id: this.#count++, from, to, bytes };
    const { shortcuts } = this.options;
    if ((ofClient && shortcuts?.has("clients")) || (hello && shortcuts?.has("hellos"))) {
      this.#atOnce.push(datagram);
      return;
    }
    this.inFlight.set(datagram.id, datagram);
    this.options.scheduler.datagram(datagram);
  }

  /** What needs no event arrives after the event that sent it, never in its middle. */
  #deliverAtOnce(): void {
    for (let next = this.#atOnce.shift(); next !== undefined; next = this.#atOnce.shift()) {
      if (!this.isCut(next.from, next.to)) this.#arrive(next);
    }
  }

  #outside(uid: string): Outside {
    let last: { message: PeerMessage; bytes: Uint8Array } | null = null;
    return {
      send: (to, message) => {
        // A message to every node is one object: judged once, and one datagram serves them all.
        if (last?.message !== message) {
          for (const checker of this.options.checkers) this.blame(checker.sent?.(uid, message) ?? null);
          last = { message, bytes: encodePeerMessage(message) };
        }
        this.#transmit(uid, to, last.bytes, false, message.type === "hello");
      },
      respond: (to, response) => this.#transmit(uid, to, encodeResponse(response), true),
      setTimer: (name, delayMs, fire) => {
        const timer = {
          dueMs: this.nowMs + delayMs / this.hosts.get(uid)!.clockRate,
          ticket: this.#count++,
          fire,
        };
        this.#timers.get(uid)!.set(name, timer);
        this.options.scheduler.timer(uid, name, timer.dueMs, timer.ticket);
      },
      cancelTimer: (name) => void this.#timers.get(uid)!.delete(name),
      announce: (effect) => {
        const { instanceNumber, register } = this.hosts.get(uid)!.node!;
        const witness = { uid, instanceNumber, register: register.save() };
        for (const checker of this.options.checkers) this.blame(checker.announced?.(witness, effect) ?? null);
      },
      stopped: (error) => this.blame({ kind: "error", message: `node ${uid} has stopped: ${error.message}` }),
    };
  }
}
