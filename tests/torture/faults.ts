// What is done to a cluster of processes: signals, disks, cuts and weather, one after the other and at the same time.
import type { Random } from "../../src/sim/random.ts";
import type { Cluster } from "../runtime/cluster.ts";
import type { FaultProxy } from "./fault_proxy.ts";
import type { SmallDisk } from "./small_disk.ts";

/** How often each thing was done. */
export interface FaultCounts {
  kills: number;
  "kills of all at once": number;
  pauses: number;
  partitions: number;
  "one-way cuts": number;
  "changes of weather": number;
  "full disks": number;
  "read-only directories": number;
}

/** Does it, until it is told to stop. */
export class Tormentor {
  /** What was done so far. */
  readonly counts: FaultCounts = {
    kills: 0,
    "kills of all at once": 0,
    pauses: 0,
    partitions: 0,
    "one-way cuts": 0,
    "changes of weather": 0,
    "full disks": 0,
    "read-only directories": 0,
  };
  /** What nodes did that they must not, a sentence each. */
  readonly violations: string[] = [];
  /** The nodes that somebody is at: none is killed that is being started. */
  readonly #busy = new Set<string>();

  /** The chance decides what is done when; when it happens is up to the machine. */
  constructor(
    readonly cluster: Cluster,
    readonly proxy: FaultProxy,
    readonly disks: ReadonlyMap<string, SmallDisk>,
    readonly random: Random,
  ) {}

  /** Torments for so long, then heals everything and brings all nodes back. */
  async torment(ms: number): Promise<void> {
    const endMs = performance.now() + ms;
    const isOver = () => performance.now() >= endMs;
    const again = async (meanMs: number, act: () => Promise<void> | void) => {
      while (!isOver()) {
        await pause(Math.min(this.random.wait(meanMs), endMs - performance.now()));
        if (!isOver()) await act();
      }
    };
    await Promise.all([
      again(2500, () => this.#crash()),
      again(3000, () => this.#pause()),
      again(2500, () => this.#cut()),
      again(1000, () => this.#changeWeather()),
      again(6000, () => this.#spoilDisk()),
    ]);
    this.proxy.heal();
  }

  /** Nothing may have ended by itself. */
  watch(uid: string): void {
    const process = this.cluster.running.get(uid)!;
    process.exited.then((code) => {
      if (this.cluster.running.get(uid) !== process) return;
      this.violations.push(`node ${uid} ended by itself with exit code ${code}: ${process.tail}`);
      this.cluster.running.delete(uid);
    });
  }

  async #crash(): Promise<void> {
    const all = this.random.chance(0.1);
    const victims = this.#take(all ? this.cluster.uids.length : 1);
    if (all && victims.length === this.cluster.uids.length) this.counts["kills of all at once"]++;
    this.counts.kills += victims.length;
    await this.#with(victims, async () => {
      await this.cluster.kill(victims);
      await pause(this.random.wait(500));
      await this.#start(...victims);
    });
  }

  async #pause(): Promise<void> {
    const victims = this.#take(1);
    await this.#with(victims, async () => {
      for (const uid of victims) this.#signal(uid, "SIGSTOP");
      this.counts.pauses += victims.length;
      await pause(this.random.wait(700));
      for (const uid of victims) this.#signal(uid, "SIGCONT");
    });
  }

  async #cut(): Promise<void> {
    const { uids } = this.cluster;
    const kind = this.random.below(3);
    if (kind === 0) {
      const [from, to] = this.random.shuffled(uids);
      this.proxy.cut(from!, to!);
      this.counts["one-way cuts"]++;
    } else {
      // One alone, or any other part; a client that is cut off with it waits in vain.
      const part = this.random.shuffled(uids).slice(0, kind === 1 ? 1 : 1 + this.random.below(uids.length - 1));
      for (const a of part) {
        for (const b of uids.filter((uid) => !part.includes(uid))) {
          this.proxy.cut(a, b);
          this.proxy.cut(b, a);
        }
      }
      this.counts.partitions++;
    }
    await pause(this.random.wait(700));
    this.proxy.open();
  }

  #changeWeather(): void {
    const { random } = this;
    this.counts["changes of weather"]++;
    this.proxy.weather = {
      loss: random.chance(0.5) ? 0.2 * random.unit() : 0,
      duplication: random.chance(0.5) ? 0.2 * random.unit() : 0,
      delayMs: random.chance(0.3) ? random.wait(20) : 0,
    };
  }

  /** A node that cannot save refuses to start and says why; with the disk mended it goes on. */
  async #spoilDisk(): Promise<void> {
    const victims = this.#take(1);
    const [uid] = victims;
    if (uid === undefined) return;
    const disk = this.disks.get(uid)!;
    const fills = disk.isMounted && this.random.chance(0.5);
    await this.#with(victims, async () => {
      // What a running node cannot save ends it too, so it may be gone before it is killed.
      const process = this.cluster.running.get(uid)!;
      this.cluster.running.delete(uid);
      if (fills) {
        disk.fill();
        await pause(this.random.wait(300));
      }
      await process.kill();
      this.counts.kills++;
      if (!fills) await disk.makeReadOnly();
      const { code, printed } = await this.cluster.serveToEnd(uid);
      const why = fills ? /ENOSPC/ : /EROFS|EACCES/;
      // A machine that is too busy to start it within a minute shows nothing.
      const isStarved = code === 137 && printed === "";
      if (!isStarved && (code !== 1 || !why.test(printed))) {
        this.violations.push(`node ${uid} on a ${fills ? "full" : "read-only"} disk: exit code ${code}, ${printed}`);
      }
      if (!isStarved) this.counts[fills ? "full disks" : "read-only directories"]++;
      await disk.heal();
      await this.#start(uid);
    });
  }

  async #start(...uids: string[]): Promise<void> {
    await this.cluster.start(...uids);
    for (const uid of uids) this.watch(uid);
  }

  #take(count: number): string[] {
    const free = this.cluster.uids.filter((uid) => !this.#busy.has(uid) && this.cluster.running.has(uid));
    return this.random.shuffled(free).slice(0, count);
  }

  async #with(uids: readonly string[], act: () => Promise<void>): Promise<void> {
    if (uids.length === 0) return;
    for (const uid of uids) this.#busy.add(uid);
    try {
      await act();
    } finally {
      for (const uid of uids) this.#busy.delete(uid);
    }
  }

  #signal(uid: string, signal: Deno.Signal): void {
    const process = this.cluster.running.get(uid);
    if (process !== undefined) Deno.kill(process.pid, signal);
  }
}

/** Waits; at least until the next turn. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(ms, 0)));
}
