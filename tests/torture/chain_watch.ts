// What each node tells of the chain, compared: the same updates at the same place, each applied once.
import { PaxosClient } from "../../src/client/client.ts";
import type { OperationOutcome } from "../../src/sim/checkers/history.ts";
import type { Nodes } from "./fault_proxy.ts";

/** Watches all nodes and finds where they differ. */
export class ChainWatch implements AsyncDisposable {
  /** By instance and node: what the node has applied there. */
  readonly #applied = new Map<number, Map<string, string[]>>();
  /** Where each value was applied, for ever. */
  readonly #places = new Map<string, number>();
  /** From where to where each node has told nothing, because it was restarted or carried. */
  readonly #gaps: (readonly [uid: string, from: number, to: number])[] = [];
  /** The last instance that each node has told of. */
  readonly #toldTo = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #watching: Promise<void>[];
  /** How many links were compared. */
  compared = 0;

  private constructor(readonly uids: readonly string[], readonly client: PaxosClient) {
    this.#watching = uids.map((uid) => this.#watch(uid));
  }

  /** Begins to watch; the nodes must not have chosen anything yet. */
  static async create(nodes: Nodes): Promise<ChainWatch> {
    return new ChainWatch(Object.keys(nodes), await PaxosClient.open({ nodes }));
  }

  /** Whether every node has told of the instance. */
  hasAll(instance: number): boolean {
    return this.uids.every((uid) => (this.#toldTo.get(uid) ?? -1) >= instance);
  }

  /** What is wrong up to the instance, of which all nodes have told; a sentence each. It is compared once. */
  compareUpTo(last: number): string[] {
    const found: string[] = [];
    for (const [instance, byNode] of this.#applied) {
      if (instance > last) continue;
      this.#applied.delete(instance);
      this.compared++;
      const texts = new Map([...byNode].map(([uid, values]) => [uid, JSON.stringify(values)]));
      const missing = this.uids.filter((uid) => !byNode.has(uid) && !this.#isInGap(uid, instance));
      if (new Set(texts.values()).size > 1 || missing.length > 0) {
        const told = [...texts].map(([uid, text]) => `${uid} has ${text}`);
        found.push(`instance ${instance}: ${[...told, ...missing.map((uid) => `${uid} has nothing`)].join(", ")}`);
      }
      for (const value of new Set([...byNode.values()].flat())) {
        const place = this.#places.get(value);
        if (place !== undefined) found.push(`${value} was applied by instances ${place} and ${instance}`);
        this.#places.set(value, instance);
      }
    }
    return found;
  }

  /** The instance that has applied the value; `null` if none has, of those that were compared. */
  placeOf(value: string): number | null {
    return this.#places.get(value) ?? null;
  }

  /** Whether no node can tell what some instance of these has applied, since all were restarted or carried. */
  isBlind(from: number, to: number): boolean {
    for (let instance = from; instance <= to; instance++) {
      if (this.uids.every((uid) => this.#isInGap(uid, instance))) return true;
    }
    return false;
  }

  /** What is wrong with what a client was told of its update, all being compared that was applied. */
  judge(value: string, outcome: OperationOutcome): string | null {
    const place = this.#places.get(value);
    if (outcome.type === "chosen" && place !== outcome.instanceNumber) {
      // Where all nodes were restarted or carried nobody can tell.
      const { instanceNumber } = outcome;
      if (place === undefined && this.uids.every((uid) => this.#isInGap(uid, instanceNumber ?? -1))) return null;
      return `${value} was reported chosen by instance ${outcome.instanceNumber}, and was applied by ${
        place ?? "none"
      }`;
    }
    if (outcome.type === "not_chosen" && place !== undefined) {
      return `${value} was reported as not chosen, and was applied by instance ${place}`;
    }
    return null;
  }

  /** Watches no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#watching);
    this.client.close();
  }

  #isInGap(uid: string, instance: number): boolean {
    return this.#gaps.some(([of, from, to]) => of === uid && from <= instance && instance <= to);
  }

  async #watch(uid: string): Promise<void> {
    for await (const event of this.client.watch(uid, { from: 0, signal: this.#stop.signal })) {
      if (event.kind === "gap") {
        this.#gaps.push([uid, event.from, event.to]);
        this.#toldTo.set(uid, event.to);
        continue;
      }
      const { instanceNumber, value } = event;
      this.#toldTo.set(uid, Math.max(instanceNumber, this.#toldTo.get(uid) ?? -1));
      const byNode = this.#applied.get(instanceNumber) ?? new Map<string, string[]>();
      this.#applied.set(instanceNumber, byNode);
      byNode.set(uid, [...byNode.get(uid) ?? [], value]);
    }
  }
}
