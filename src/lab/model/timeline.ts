import type { LabAct } from "./act.ts";
import { Course } from "./course.ts";
import type { FlyingLetter } from "./letters.ts";
import type { Moment } from "./moment.ts";
import { Recorder } from "./recorder.ts";
import { Run } from "./run.ts";
import { setupOf } from "./scenarios.ts";
import { actsBefore, type Script, withAct } from "./script.ts";
import type { Setup } from "./setup.ts";

/**
 * A run as far as it has happened, every moment of it at hand. The world itself is kept for the last moment only: an earlier one is
 * reached by playing the script again.
 */
export class Timeline extends Run {
  /** The moments, the start included. */
  override readonly moments: Moment[];
  /** What it is a function of. */
  override script: Script;
  readonly #course: Course;
  readonly #recorder: Recorder;

  /** `known` are moments of a run whose script is the same so far; they are not written down again. */
  constructor(script: Script, known: readonly Moment[] = []) {
    super();
    this.script = script;
    this.#course = new Course(setupOf(script), script.seed, script.acts);
    for (let index = 1; index < known.length; index++) this.#course.next();
    const { sightings } = this.#course;
    if (known.length > 0) [sightings.takeCells(), sightings.takeDecided()];
    this.#recorder = new Recorder(this.#course, known.at(-1) ?? null);
    this.moments = known.length > 0 ? [...known] : [this.#recorder.record(null)];
  }

  /** What it began with. */
  override get setup(): Setup {
    return this.#course.setup;
  }

  /** All datagrams. */
  override get letters(): readonly FlyingLetter[] {
    return this.#course.letters.all;
  }

  /** When the next moment comes; `null` if there is none yet. */
  override get nextMs(): number | null {
    return this.#course.nextMs;
  }

  /** Whether acts are planned that have not been done yet. */
  get hasPlans(): boolean {
    return this.script.acts.some(({ after }) => after >= this.last.index);
  }

  /** Lets the next moment come; `null` if there is none. */
  override extend(): Moment | null {
    const happening = this.#course.next();
    if (happening === null) return null;
    const moment = this.#recorder.record(happening);
    this.moments.push(moment);
    return moment;
  }

  /** The learner acts after the last moment. Only where nothing is planned. */
  act(act: LabAct, atMs: number): Moment {
    const { index } = this.last;
    this.script = withAct(this.script, index, atMs, act);
    this.#course.act(act, atMs);
    return this.extend()!;
  }

  /** Another run, which is this one up to so many moments. */
  branch(count: number, script: Script): Timeline {
    return new Timeline(script, this.moments.slice(0, count + 1));
  }

  /** A world of its own at that moment, which may be run further without touching this one. */
  courseAt(index: number): Course {
    const course = new Course(this.setup, this.script.seed, actsBefore(this.script, index));
    while (course.count < index && course.next() !== null);
    return course;
  }
}
