// From a path of the search to a schedule of the simulator: the same steps in the simulator's world, whose checkers judge them
// by themselves, whose stories people can read, and whose traces the lab can open.
import { MAX_SESSIONS } from "../replica/register.ts";
import type { Violation } from "../sim/events.ts";
import { Replay } from "../sim/replay.ts";
import type { Act, Schedule, ScheduledEvent } from "../sim/schedule.ts";
import type { Shortcut } from "../sim/world_options.ts";
import type { Step } from "./locals.ts";
import type { Model } from "./model.ts";
import type { Broken } from "./search.ts";

/** From one event to the next, in milliseconds: more than any pause of a strategy, as in the search. */
const STEP_MS = 1000;

/** The path as a schedule: the last event breaks the rule. */
export function scheduleOf({ path, violation }: Broken, model: Model): Schedule {
  // Where no crash comes in the middle of a save, saves need no events.
  const shortcuts: readonly Shortcut[] = path.some((step) => step.crashedAfterSaves !== null) ? [] : ["saves"];
  const empty = emptySchedule(model, shortcuts, violation.kind);
  return { ...empty, events: new Player(empty, model).play(path) };
}

/** The model's machines, to which nothing happens yet. */
export function emptySchedule({ nodes }: Model, shortcuts: readonly Shortcut[], judge: Violation["kind"]): Schedule {
  return {
    hosts: nodes.map((uid) => ({ uid, clock: { rate: 1, offsetMs: 0 }, seed: 0 })),
    maxSessions: MAX_SESSIONS,
    clients: 0,
    shortcuts,
    judge,
    calmFromMs: 0,
    events: [],
  };
}

/** What the simulator's checkers have against the schedule. */
export function judgeInWorld(schedule: Schedule, model: Model): Violation | null {
  const run = new Replay(schedule, model.subject);
  for (const event of schedule.events) run.step(event);
  return run.world.violation;
}

/** Plays a path to know which saves begin, and writes down what happens. */
class Player {
  #run: Replay;
  #events: ScheduledEvent[] = [];
  #tickedMs = 0;

  constructor(schedule: Schedule, readonly model: Model) {
    this.#run = new Replay(schedule, model.subject);
    for (const uid of model.nodes) this.#save(uid, Infinity);
  }

  /** In a world where a rule is broken nothing happens any more. */
  get #isOver(): boolean {
    return this.#run.world.violation !== null;
  }

  play(path: readonly Step[]): ScheduledEvent[] {
    for (const [index, { move, crashedAfterSaves }] of path.entries()) {
      if (this.#isOver) break;
      const { uid } = move;
      if (move.kind === "tick") this.#tickedMs += move.forMs;
      if (move.kind === "deliver") {
        const { from, to, text } = move.envelope;
        const again = path.slice(index + 1).some((later) => later.move === move);
        this.#happen({ kind: "deliver", letter: { from, to, text, sentBy: 0 }, again });
      } else if (move.kind === "timer") this.#happen({ kind: "timer", uid, name: move.name });
      this.#save(uid, crashedAfterSaves ?? Infinity);
      if (this.#isOver) break;
      if (move.kind === "restart" || crashedAfterSaves !== null) this.#restart(uid);
    }
    return this.#events;
  }

  #restart(uid: string): void {
    this.#happen({ kind: "crash", uid, saved: false });
    this.#happen({ kind: "restart", uid });
    this.#save(uid, Infinity);
  }

  #save(uid: string, most: number): void {
    const { disk } = this.#run.world.hosts.get(uid)!;
    for (let saves = 0; disk.writing !== null && saves < most && !this.#isOver; saves++) {
      this.#happen({ kind: "saved", uid });
    }
  }

  #happen(act: Act): void {
    const id = this.#events.length + 1;
    const event = { id, atMs: this.#tickedMs + id * STEP_MS, act };
    this.#run.step(event);
    this.#events.push(event);
  }
}
