import type { Violation } from "../sim/events.ts";
import { TIMERS } from "./driving.ts";
import { Locals, type Note, type Step } from "./locals.ts";
import type { Model } from "./model.ts";
import { isTolerated, judge, judgeLearned, type Verdict } from "./properties.ts";
import { Rows, Tuples } from "./tuples.ts";

/** What breaks a rule, and the shortest way there. */
export interface Broken {
  /** The rule. */
  readonly violation: Violation;
  /** The way, from the start; the last step is the one that breaks it. */
  readonly path: readonly Step[];
}

/** How far a search has come. */
export interface Progress {
  /** How many different states were met. */
  readonly states: number;
  /** How many of these were left in every way there is. */
  readonly expanded: number;
  /** How many moves lead from the start to the state met last, by the shortest way. */
  readonly depth: number;
}

/**
 * Breadth first through all states of a cluster: so the first violation is reached by a shortest way.
 *
 * A state is a tuple of numbers, one a machine, each of which stands for all that the machine has in memory, on its disk, and
 * has ever sent. The network is what all have sent: any of it may arrive at any time, in any order, any number of times, or
 * never. So losing, doubling, delaying and reordering take no moves of their own.
 */
export class Search {
  /** The states of the single machines. */
  readonly locals: Locals;
  /** What was found wrong; the search is over then. */
  broken: Broken | null = null;
  /** What was seen of what must be able to happen. */
  readonly seen: Set<string> = new Set();
  #states: Tuples;
  #parents = new Rows(1);
  #facts: Tuples;
  #verdicts: Verdict[] = [];
  #next = 0;
  #depth = 0;
  #layerEnd = 1;
  #from: Uint32Array;
  #to: Uint32Array;
  #fact: Uint32Array;

  /** Begins where all nodes have started. */
  constructor(readonly model: Model, readonly timerNames: readonly string[] = TIMERS) {
    const width = model.nodes.length;
    this.locals = new Locals(model, timerNames);
    this.#states = new Tuples(width);
    this.#facts = new Tuples(width);
    [this.#from, this.#to, this.#fact] = [new Uint32Array(width), new Uint32Array(width), new Uint32Array(width)];
    this.#to.set(this.locals.start());
    this.#states.intern(this.#to);
    this.#parents.append([0]);
    this.#judge();
  }

  /** How far it has come. */
  get progress(): Progress {
    return { states: this.#states.size, expanded: this.#next, depth: this.#depth };
  }

  /** Whether every state was met and left in every way. */
  get isComplete(): boolean {
    return this.broken === null && this.#next === this.#states.size;
  }

  /** How many bytes the states take. */
  get bytes(): number {
    return this.#states.bytes + this.#parents.bytes + this.#facts.bytes;
  }

  /** Leaves up to so many states in every way, and says whether there is more to do. */
  expand(count: number): boolean {
    for (let i = 0; i < count && this.broken === null && this.#next < this.#states.size; i++) this.#expandNext();
    return this.broken === null && this.#next < this.#states.size;
  }

  #expandNext(): void {
    if (this.#next === this.#layerEnd) {
      this.#depth++;
      this.#layerEnd = this.#states.size;
    }
    const place = this.#next++;
    this.#states.read(place, this.#from);
    this.#to.set(this.#from);
    const mayCrash = this.#crashes() < this.model.bounds.crashes;
    for (let node = 0; node < this.#from.length; node++) this.#moveNode(place, node, mayCrash);
    if (this.model.bounds.ticks > 0) this.#tick(place);
  }

  /** Time passes for all alike. */
  #tick(place: number): void {
    for (let node = 0; node < this.#from.length; node++) this.#to[node] = this.#ticked(this.#from[node]!, node);
    this.#states.intern(this.#to);
    if (!this.#states.added) return;
    this.#parents.append([place]);
    const { violation } = this.#judge();
    if (violation !== null) this.#break(violation, place, this.#tickStep());
  }

  #ticked(local: number, node: number): number {
    return Math.abs(this.locals.after(local, this.locals.tickOf(node))) - 1;
  }

  #tickStep(): Step {
    return { move: this.locals.moves[this.locals.tickOf(0)]!, crashedAfterSaves: null };
  }

  #crashes(): number {
    let crashes = 0;
    for (let node = 0; node < this.#from.length; node++) crashes += this.locals.all[this.#from[node]!]!.crashes;
    return crashes;
  }

  #moveNode(place: number, node: number, mayCrash: boolean): void {
    const { all } = this.locals;
    const local = this.#from[node]!;
    const { timers } = all[local]!;
    for (let i = 0; i < timers.length; i++) this.#try(place, node, local, timers[i]!, mayCrash);
    if (mayCrash) this.#try(place, node, local, this.locals.restartOf(node), mayCrash);
    for (let sender = 0; sender < this.#from.length; sender++) {
      const envelopes = all[this.#from[sender]!]!.outgoing[node]!;
      for (let i = 0; i < envelopes.length; i++) this.#try(place, node, local, envelopes[i]!, mayCrash);
    }
  }

  #try(place: number, node: number, local: number, move: number, mayCrash: boolean): void {
    const after = this.locals.after(local, move);
    if (after === local + 1 || this.broken !== null) return;
    const next = Math.abs(after) - 1;
    if (next !== local) this.#visit(place, node, next, move, null);
    if (after < 0) this.#consider(place, node, next, move, mayCrash);
    this.#to[node] = local;
  }

  #visit(place: number, node: number, next: number, move: number, crashedAfterSaves: number | null): void {
    this.#to[node] = next;
    this.#states.intern(this.#to);
    if (!this.#states.added) return;
    this.#parents.append([place]);
    const { all } = this.locals;
    if (all[this.#from[node]!]!.factsNumber === all[next]!.factsNumber) return;
    const { violation } = this.#judge();
    if (violation !== null) this.#break(violation, place, { move: this.locals.moves[move]!, crashedAfterSaves });
  }

  /** A move that shows more than where it leads. */
  #consider(place: number, node: number, next: number, move: number, mayCrash: boolean): void {
    const { learned, violation, crashed } = this.locals.noteOn(this.#from[node]!, move);
    this.#to[node] = next;
    const uid = this.model.nodes[node]!;
    const wrong = violation ?? this.#wronglyLearned(uid, learned);
    if (wrong !== null) this.#break(wrong, place, { move: this.locals.moves[move]!, crashedAfterSaves: null });
    for (const [saves, next] of crashed) if (mayCrash) this.#visit(place, node, next, move, saves);
  }

  #wronglyLearned(uid: string, learned: Note["learned"]): Violation | null {
    if (learned.length === 0) return null;
    const verdict = this.#judge();
    const wrong = learned.map((link) => judgeLearned(uid, link, verdict)).find((one) => one !== null) ?? null;
    return wrong === null || isTolerated(this.model, wrong) ? null : wrong;
  }

  /** What is to be said of the state in hand; judged once wherever the machines have shown the same. */
  #judge(): Verdict {
    const { all } = this.locals;
    for (let node = 0; node < this.#to.length; node++) this.#fact[node] = all[this.#to[node]!]!.factsNumber;
    const number = this.#facts.intern(this.#fact);
    if (!this.#facts.added) return this.#verdicts[number]!;
    const facts = Array.from(this.#to, (local) => all[local]!.facts);
    const verdict = judge(facts, this.model);
    for (const { name, holds } of this.model.sometimes) {
      if (!this.seen.has(name) && holds(facts, verdict.decisions)) this.seen.add(name);
    }
    return this.#verdicts[number] = verdict;
  }

  #break(violation: Violation, place: number, last: Step): void {
    this.broken ??= { violation, path: [...this.#pathTo(place), last] };
  }

  /** Which moves led there is not kept, but from where: the rest is found by trying again. */
  #pathTo(place: number): Step[] {
    const places: number[] = [];
    for (let at = place; at !== 0; at = this.#parents.at(at, 0)) places.unshift(at);
    const [from, to] = [new Uint32Array(this.#from.length), new Uint32Array(this.#from.length)];
    return places.map((at) => {
      this.#states.read(this.#parents.at(at, 0), from);
      this.#states.read(at, to);
      if (this.model.bounds.ticks > 0 && from.every((local, node) => this.#ticked(local, node) === to[node])) {
        return this.#tickStep();
      }
      const node = from.findIndex((local, index) => local !== to[index]);
      return this.#stepBetween([...from], node, to[node]!);
    });
  }

  #stepBetween(from: readonly number[], node: number, next: number): Step {
    const { all, moves } = this.locals;
    const local = from[node]!;
    const delivered = from.flatMap((sender) => [...all[sender]!.outgoing[node]!]);
    for (const move of [...all[local]!.timers, this.locals.restartOf(node), ...delivered]) {
      const after = this.locals.after(local, move);
      if (Math.abs(after) - 1 === next) return { move: moves[move]!, crashedAfterSaves: null };
      const crash = after < 0 ? this.locals.noteOn(local, move).crashed.find(([, to]) => to === next) : undefined;
      if (crash !== undefined) return { move: moves[move]!, crashedAfterSaves: crash[0] };
    }
    throw new Error(`no move leads from state ${local} of node ${node} to ${next}`);
  }
}
