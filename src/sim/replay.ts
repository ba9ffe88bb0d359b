import { Calm, CALM_CLIENTS } from "./calm.ts";
import { stepCheckers } from "./checkers/all.ts";
import { checkLinearizability, explainLinearizability } from "./checkers/linearizability.ts";
import type { Violation } from "./events.ts";
import { DEFAULT_NODE } from "./host.ts";
import { type Act, type Letter, letterOf, letterType, type Schedule, type ScheduledEvent } from "./schedule.ts";
import type { Datagram, Scheduler } from "./scheduler.ts";
import type { Subject } from "./storm.ts";
import { STORM_SETTINGS } from "./weather.ts";
import { World } from "./world.ts";

interface Sent {
  readonly number: number;
  readonly letter: Letter;
}

/**
 * Plays a schedule in a world where nothing else happens. What is not possible is skipped: the cluster may be another one
 * than that of the recording.
 */
export class Replay implements Scheduler {
  /** The world that it is played in. */
  readonly world: World;
  /** What the last event has sent, what needed no event left out. */
  sent: Letter[] = [];
  #lanes = new Map<string, Sent[]>();
  #current = 0;
  #calm: Calm | null = null;

  /** Starts the machines. */
  constructor(readonly schedule: Schedule, subject: Subject) {
    const nodes = schedule.hosts.map(({ uid }) => uid);
    const nodeClass = subject.nodeClass ?? DEFAULT_NODE;
    const { maxSessions } = schedule;
    this.world = new World({
      hosts: schedule.hosts.map((host) => ({ ...host, nodes, settings: STORM_SETTINGS, nodeClass, maxSessions })),
      clients: schedule.clients + CALM_CLIENTS,
      checkers: stepCheckers(nodes.length, maxSessions),
      scheduler: this,
      shortcuts: new Set(schedule.shortcuts),
      ...(subject.hostClass && { hostClass: subject.hostClass }),
      ...(subject.tolerates && { tolerates: subject.tolerates }),
    });
    this.world.start();
  }

  /** Lets one event happen; answers with it as it happened, or with `null` if it is not possible. */
  step({ id, atMs, act }: ScheduledEvent): ScheduledEvent | null {
    this.#current = id;
    this.sent = [];
    const happened = act.kind === "deliver" ? this.#deliver(act, atMs) : this.#other(act, atMs);
    return happened === null ? null : { id, atMs: this.world.nowMs, act: happened };
  }

  /** Judges what can be judged at the end only. */
  finish(): Violation | null {
    const { world, schedule } = this;
    if (world.violation === null && schedule.judge === "liveness") {
      world.nowMs = Math.max(world.nowMs, schedule.calmFromMs);
      this.#calm = new Calm(world);
      this.#calm.run();
    }
    if (world.violation === null && schedule.judge === "linearizability") {
      const verdict = checkLinearizability(world.history);
      if (verdict.verdict === "VIOLATION") {
        world.blame({ kind: "linearizability", message: explainLinearizability(verdict) });
      }
    }
    return world.violation;
  }

  /** Takes note of a datagram; only the schedule delivers it. */
  datagram(datagram: Datagram): void {
    if (this.#calm !== null) return this.#calm.datagram(datagram);
    const letter = letterOf(datagram, this.#current);
    this.sent.push(letter);
    this.#file({ number: datagram.id, letter });
  }

  /** A timer goes off only where the schedule says so. */
  timer(uid: string, name: string, dueMs: number, ticket: number): void {
    this.#calm?.timer(uid, name, dueMs, ticket);
  }

  /** A save ends only where the schedule says so. */
  saving(uid: string): void {
    this.#calm?.saving(uid);
  }

  #file(sent: Sent): void {
    const lane = laneOf(sent.letter);
    const waiting = this.#lanes.get(lane);
    if (waiting === undefined) this.#lanes.set(lane, [sent]);
    else waiting.push(sent);
  }

  #deliver(act: Extract<Act, { kind: "deliver" }>, atMs: number): Act | null {
    const waiting = this.#lanes.get(laneOf(act.letter)) ?? [];
    const index = find(waiting, act.letter);
    const sent = waiting[index];
    if (sent === undefined) return null;
    waiting.splice(index, 1);
    if (act.again) this.#copy(sent, atMs);
    this.world.step({ kind: "deliver", datagram: sent.number }, atMs);
    return { ...act, letter: sent.letter };
  }

  /** The copy that is to arrive later is in flight before this one is gone, and is the same letter. */
  #copy({ number, letter }: Sent, atMs: number): void {
    const before = this.#current;
    this.#current = letter.sentBy;
    this.world.step({ kind: "duplicate", datagram: number }, atMs);
    this.#current = before;
    this.sent = [];
  }

  #other(act: Exclude<Act, { kind: "deliver" }>, atMs: number): Act | null {
    // No timer goes off before it is due.
    const dueMs = act.kind === "timer" ? this.world.timers(act.uid).get(act.name)?.dueMs ?? 0 : 0;
    return this.world.step(act, Math.max(atMs, dueMs)) ? act : null;
  }
}

function laneOf(letter: Letter): string {
  return `${letter.from}>${letter.to} ${letterType(letter)}`;
}

/** The one with this text; else the one that the same event has sent; else the latest of its type. */
function find(waiting: readonly Sent[], { text, sentBy }: Letter): number {
  const same = waiting.findIndex(({ letter }) => letter.text === text);
  if (same >= 0) return same;
  const cause = waiting.findIndex(({ letter }) => letter.sentBy === sentBy);
  return cause >= 0 ? cause : waiting.length - 1;
}

/** What a replay has shown. */
export interface ReplayResult {
  /** What a checker has against it. */
  readonly violation: Violation | null;
  /** The schedule as it was played, cut off at the violation. */
  readonly schedule: Schedule;
  /** How many events there were, those of a calm included. */
  readonly events: number;
}

/** Plays a schedule to its end. */
export function replay(schedule: Schedule, subject: Subject): ReplayResult {
  const run = new Replay(schedule, subject);
  const events: ScheduledEvent[] = [];
  for (const event of schedule.events) {
    if (run.world.violation !== null) break;
    const happened = run.step(event);
    if (happened !== null) events.push(happened);
  }
  const violation = run.finish();
  return { violation, schedule: { ...schedule, events }, events: run.world.events };
}
