import { Agenda } from "../../sim/agenda.ts";
import { Calm, CALM_CLIENTS } from "../../sim/calm.ts";
import { stepCheckers } from "../../sim/checkers/all.ts";
import type { Violation, WorldEvent } from "../../sim/events.ts";
import type { Writing } from "../../sim/disk.ts";
import { DEFAULT_NODE } from "../../sim/host.ts";
import { Random } from "../../sim/random.ts";
import type { Datagram, Scheduler } from "../../sim/scheduler.ts";
import { World } from "../../sim/world.ts";
import type { LabAct, LetterVerb, PlacedAct } from "./act.ts";
import { type FlyingLetter, Letters, nameOf } from "./letters.ts";
import type { Setup } from "./setup.ts";
import { Sightings } from "./sightings.ts";

/** How long a datagram takes at least, and how much of chance comes on top, in milliseconds. */
const [LEAST_DELAY_MS, MORE_DELAY_MS] = [22, 36];

/** How long a save takes, in milliseconds. */
const SAVE_MS = 9;

/** An act by hand follows the one before after so long, in milliseconds. */
export const HAND_MS = 1;

type Item =
  | { readonly kind: "letter"; readonly number: number; readonly dueMs: number }
  | { readonly kind: "timer"; readonly uid: string; readonly name: string; readonly ticket: number }
  | { readonly kind: "saved"; readonly uid: string; readonly writing: Writing };

/** What has happened. */
export interface Happening {
  /** What, datagrams by name. */
  readonly act: LabAct;
  /** Whether the learner did it. */
  readonly byLearner: boolean;
  /** Whether it was possible. */
  readonly possible: boolean;
  /** The datagram that it concerned. */
  readonly letter: FlyingLetter | null;
}

/**
 * One run of a cluster: a function of its setup, its seed and the learner's acts. It happens a moment at a time, each moment an
 * event of the world or an act.
 */
export class Course implements Scheduler {
  /** The world in which it happens. */
  readonly world: World;
  /** All datagrams. */
  readonly letters: Letters = new Letters();
  /** What the checkers and the table of instances have seen. */
  readonly sightings: Sightings;
  /** How many moments there have been. */
  count = 0;
  /** Which links are slower than usual, and how much. */
  slow: ReadonlyMap<string, number> = new Map();
  #agenda = new Agenda<Item>();
  #random: Random;
  #acts: PlacedAct[];
  #nextAct = 0;
  #original: FlyingLetter | null = null;
  #free: boolean;
  #calm: Calm | null = null;

  /** Starts the machines. */
  constructor(readonly setup: Setup, seed: number, acts: readonly PlacedAct[]) {
    const { machines, settings, subject, maxSessions } = setup;
    this.#acts = [...acts];
    this.#random = new Random(seed, 91);
    this.#free = setup.prelude.length === 0;
    this.sightings = new Sightings(stepCheckers(machines.length, maxSessions));
    const nodes = machines.map(({ uid }) => uid);
    const nodeClass = subject.nodeClass ?? DEFAULT_NODE;
    this.world = new World({
      hosts: machines.map((machine) => ({ ...machine, nodes, settings, nodeClass, maxSessions })),
      clients: setup.clients + CALM_CLIENTS,
      checkers: this.sightings.checkers,
      scheduler: this,
      shortcuts: new Set(setup.shortcuts),
      ...(subject.hostClass && { hostClass: subject.hostClass }),
      ...(subject.tolerates && { tolerates: subject.tolerates }),
    });
    this.world.start();
  }

  /** When the next moment comes, in milliseconds; `null` if nothing is left to happen. */
  get nextMs(): number | null {
    if (this.world.violation !== null) return null;
    const act = this.#acts[this.#nextAct];
    if (act !== undefined && act.after <= this.count) return act.atMs;
    if (this.#inPrelude) return this.setup.prelude[this.count]!.atMs;
    if (this.setup.byHand) return null;
    if (!this.#free) return this.world.nowMs;
    return this.#agenda.nextMs;
  }

  /** Lets the next moment come; `null` if there is none. */
  next(): Happening | null {
    for (;;) {
      if (this.nextMs === null) return null;
      const act = this.#acts[this.#nextAct];
      if (act !== undefined && act.after <= this.count) {
        this.#nextAct++;
        this.#setFree();
        return this.#perform(act.act, act.atMs, true);
      }
      if (this.#inPrelude) return this.#recorded();
      this.#setFree();
      const atMs = this.#agenda.nextMs;
      const item = this.#agenda.take();
      if (item === undefined || atMs === null) return null;
      const happening = this.#letBeDue(item, atMs);
      if (happening !== null) return happening;
    }
  }

  /** The learner acts now: only where no further act is planned. */
  act(act: LabAct, atMs: number): void {
    this.#acts.push({ after: this.count, atMs, act });
  }

  /**
   * Ends the run with a calm: all is mended, all datagrams arrive, and within a bounded time a new value must be chosen and all nodes
   * must agree. Answers with what a checker has against run and calm.
   */
  runCalm(): Violation | null {
    this.#calm = new Calm(this.world);
    this.#calm.run();
    return this.world.violation;
  }

  /** Decides how long a datagram is on its way. */
  datagram(datagram: Datagram): void {
    if (this.#calm !== null) return this.#calm.datagram(datagram);
    const letter = this.letters.add(datagram, this.count, this.world.nowMs, this.#original);
    if (this.#free) this.#send(letter);
  }

  /** Lets a timer go off when it is due. */
  timer(uid: string, name: string, dueMs: number, ticket: number): void {
    if (this.#calm !== null) return this.#calm.timer(uid, name, dueMs, ticket);
    if (this.#free) this.#agenda.add(dueMs, { kind: "timer", uid, name, ticket });
  }

  /** Decides how long a save takes. */
  saving(uid: string): void {
    if (this.#calm !== null) return this.#calm.saving(uid);
    const { writing } = this.world.hosts.get(uid)!.disk;
    if (this.#free && writing !== null) this.#agenda.add(this.world.nowMs + SAVE_MS, { kind: "saved", uid, writing });
  }

  get #inPrelude(): boolean {
    return !this.#free && this.count < this.setup.prelude.length;
  }

  /** From here on it is not a recording: what is under way goes on by this run's own chance. */
  #setFree(): void {
    if (this.#free) return;
    this.#free = true;
    for (const letter of this.letters.flying) this.#send(letter);
    for (const { uid, disk } of this.world.hosts.values()) {
      if (disk.writing !== null) this.saving(uid);
      for (const [name, { dueMs, ticket }] of this.world.timers(uid)) this.timer(uid, name, dueMs, ticket);
    }
  }

  #send(letter: FlyingLetter): void {
    if (this.setup.byHand) return;
    const factor = this.slow.get(`${letter.from}>${letter.to}`) ?? 1;
    const delayMs = (LEAST_DELAY_MS + MORE_DELAY_MS * this.#random.unit()) * factor;
    this.#arrive(letter, round(this.world.nowMs + delayMs));
  }

  #arrive(letter: FlyingLetter, dueMs: number | null): void {
    letter.dueMs = dueMs;
    if (dueMs !== null) this.#agenda.add(dueMs, { kind: "letter", number: letter.number, dueMs });
  }

  /** `null` if it has been overtaken (a timer that was set anew, a datagram that was held up) or has to wait. */
  #letBeDue(item: Item, atMs: number): Happening | null {
    if (item.kind === "saved") {
      const { uid, writing } = item;
      const { disk, paused } = this.world.hosts.get(uid)!;
      if (disk.writing !== writing || disk.hung || paused) return null;
      return this.#perform({ kind: "saved", uid }, atMs, false);
    }
    if (item.kind === "timer") {
      const { uid, name, ticket } = item;
      if (this.world.timers(uid).get(name)?.ticket !== ticket || this.world.hosts.get(uid)!.paused) return null;
      return this.#perform({ kind: "timer", uid, name }, atMs, false);
    }
    const letter = this.letters.get(item.number);
    return letter?.dueMs === item.dueMs ? this.#toLetter("deliver", letter, atMs, false) : null;
  }

  #recorded(): Happening {
    const { event, atMs } = this.setup.prelude[this.count]!;
    if (!("datagram" in event)) return this.#perform(event, atMs, false);
    return this.#toLetter(event.kind, this.letters.get(event.datagram)!, atMs, false);
  }

  #perform(act: LabAct, atMs: number, byLearner: boolean): Happening {
    if (act.kind === "slow") return this.#slowDown(act, atMs);
    if (!("letter" in act)) {
      // No timer goes off before it is due, by hand either.
      const dueMs = act.kind === "timer" ? this.world.timers(act.uid).get(act.name)?.dueMs ?? 0 : 0;
      return this.#happen(act, act, null, Math.max(atMs, dueMs), byLearner);
    }
    const letter = this.letters.find(act.letter);
    if (letter === null) return this.#done({ act, byLearner, possible: false, letter }, atMs);
    const untilMs = act.kind === "delay" ? act.untilMs : atMs + HAND_MS;
    return this.#toLetter(act.kind, letter, atMs, byLearner, untilMs);
  }

  #toLetter(
    kind: LetterVerb | "delay",
    letter: FlyingLetter,
    atMs: number,
    byLearner: boolean,
    untilMs: number = atMs,
  ): Happening {
    const name = nameOf(letter);
    const act = kind === "delay" ? { kind, letter: name, untilMs } : { kind, letter: name };
    if (kind === "deliver" || kind === "drop" || kind === "duplicate") {
      return this.#happen(act, { kind, datagram: letter.number }, letter, atMs, byLearner);
    }
    if (kind === "hold") letter.dueMs = null;
    else this.#arrive(letter, untilMs);
    return this.#done({ act, byLearner, possible: true, letter }, atMs);
  }

  #slowDown(act: Extract<LabAct, { kind: "slow" }>, atMs: number): Happening {
    const slow = new Map(this.slow);
    const link = `${act.from}>${act.to}`;
    if (act.factor === 1) slow.delete(link);
    else slow.set(link, act.factor);
    this.slow = slow;
    return this.#done({ act, byLearner: true, possible: true, letter: null }, atMs);
  }

  #happen(act: LabAct, event: WorldEvent, letter: FlyingLetter | null, atMs: number, byLearner: boolean): Happening {
    const { world, letters } = this;
    const index = ++this.count;
    const cut = letter !== null && world.isCut(letter.from, letter.to);
    const down = letter !== null && world.hosts.get(letter.to)?.up === false;
    this.#original = act.kind === "duplicate" ? letter : null;
    const possible = world.step(event, atMs);
    this.#original = null;
    if (letter !== null && possible && act.kind !== "duplicate") {
      const lost = cut ? "lost on a cut link" : down ? "lost, for its receiver is down" : null;
      letters.end(letter, index, act.kind === "drop" ? "dropped" : lost ?? "delivered");
    }
    return { act, byLearner, possible, letter };
  }

  /** An act that is no event of the world. */
  #done(happening: Happening, atMs: number): Happening {
    this.count++;
    this.world.nowMs = Math.max(this.world.nowMs, atMs);
    return happening;
  }
}

/** A hundredth of a millisecond is as fine as times need be written. */
function round(ms: number): number {
  return Math.ceil(ms * 100) / 100;
}
