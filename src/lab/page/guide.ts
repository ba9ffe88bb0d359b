/// <reference lib="dom" />
import { parseAct } from "../model/act.ts";
import { type Branch, partingOf } from "../model/branches.ts";
import type { Moment } from "../model/moment.ts";
import { isReached, type Lesson, type Step } from "../lessons/lesson.ts";
import { type Puzzle, wonBy } from "../puzzles/puzzle.ts";
import type { App } from "./app.ts";

/** Where a lesson is. */
export interface LessonState {
  /** The lesson. */
  readonly lesson: Lesson;
  /** The part, from 0; as many as there are parts when it is over. */
  at: number;
  /** Whether it waits for an answer, shows what happens, or is over. */
  phase: "asks" | "shows" | "over";
  /** What was answered last, and the part that asked; `null` where nothing was asked yet. It stays until the next answer. */
  answer: { readonly to: Step; readonly choice: number } | null;
}

/** Where a puzzle is. */
export interface PuzzleState {
  /** The puzzle. */
  readonly puzzle: Puzzle;
  /** Whether what it takes is shown. */
  hinted: boolean;
  /** The branch in which it was won. */
  wonIn: Branch | null;
  /** What the checker said, when it was won. */
  verdict: string | null;
}

/** Leads through a lesson or a puzzle. */
export class Guide {
  /** What is led through; `null` in free play. */
  state: { readonly lesson: LessonState } | { readonly puzzle: PuzzleState } | null = null;
  #fromIndex = 0;
  #judged = "";

  /** `app` is what is shown. */
  constructor(readonly app: App) {
    app.onMoment((moment) => this.#noticed(moment));
  }

  /** The ID of what is led through, for the list of scenarios. */
  get id(): string | null {
    const { state } = this;
    if (state === null) return null;
    return "lesson" in state ? state.lesson.lesson.id : state.puzzle.puzzle.id;
  }

  /** Begins a lesson. */
  beginLesson(lesson: Lesson): void {
    this.state = { lesson: { lesson, at: -1, phase: "shows", answer: null } };
    this.app.load({ script: lesson.script, index: 0 });
    this.#nextStep();
  }

  /** Begins a puzzle. */
  beginPuzzle(puzzle: Puzzle): void {
    this.state = { puzzle: { puzzle, hinted: false, wonIn: null, verdict: null } };
    this.#judged = "";
    this.app.load({ script: puzzle.script, index: 0 });
  }

  /** Leads no more. */
  end(): void {
    this.state = null;
  }

  /** The part of the lesson that is on. */
  get step(): Step | null {
    const { state } = this;
    return state !== null && "lesson" in state ? state.lesson.lesson.steps[state.lesson.at] ?? null : null;
  }

  /** Answers what the lesson asks. */
  answer(choice: number): void {
    if (this.state === null || !("lesson" in this.state)) return;
    if (this.step !== null) this.state.lesson.answer = { to: this.step, choice };
    this.#show();
  }

  /** Shows what it takes to win. */
  hint(): void {
    if (this.state === null || !("puzzle" in this.state)) return;
    this.state.puzzle.hinted = true;
    this.app.changed();
  }

  /** Plays acts that win. */
  showWinning(): void {
    if (this.state === null || !("puzzle" in this.state)) return;
    const { puzzle } = this.state.puzzle;
    this.app.load({ script: { ...puzzle.script, acts: puzzle.winning }, index: 0 });
    this.app.toggle();
  }

  /** The same acts with the rule in place. */
  putBack(): void {
    if (this.state === null || !("puzzle" in this.state)) return;
    this.app.setRule(null);
    this.app.seek(Infinity);
  }

  /** Where the rule has made the difference; `null` where it is off, or nothing is won yet. */
  get parting(): ReturnType<typeof partingOf> {
    const { state, app } = this;
    if (state === null || !("puzzle" in state) || state.puzzle.wonIn === null) return null;
    const { current } = app.branches;
    return current === state.puzzle.wonIn ? null : partingOf(state.puzzle.wonIn.timeline, current.timeline);
  }

  /** Looks whether the puzzle is won now. */
  judge(): void {
    const { state, app } = this;
    if (state === null || !("puzzle" in state) || app.playing && app.nextMs !== null) return;
    const { puzzle } = state.puzzle;
    const { current } = app.branches;
    const key = `${current.number} ${app.index}`;
    if (key === this.#judged || current.timeline.script.rule !== puzzle.bug.name) return;
    this.#judged = key;
    const violation = wonBy(puzzle, current.timeline, app.index);
    if (violation === null) return;
    state.puzzle.wonIn = current;
    state.puzzle.verdict = violation.message;
  }

  #noticed(moment: Moment): void {
    const { step, state } = this;
    if (step === null || state === null || !("lesson" in state) || state.lesson.phase !== "shows") return;
    if (moment.index > this.#fromIndex && isReached(step, moment)) this.#nextStep();
  }

  #nextStep(): void {
    const { app } = this;
    if (this.state === null || !("lesson" in this.state)) return;
    const { lesson } = this.state;
    lesson.at++;
    const { step } = this;
    this.#fromIndex = app.index;
    if (step === null || step.question !== undefined) {
      app.playing = false;
      lesson.phase = step === null ? "over" : "asks";
      return app.changed();
    }
    this.#show();
  }

  /** Does what the part does, and lets time go on. */
  #show(): void {
    const { app, step } = this;
    if (this.state === null || !("lesson" in this.state) || step === null) return;
    this.state.lesson.phase = "shows";
    app.seek(Infinity);
    this.#fromIndex = app.index;
    app.playing = true;
    for (const line of step.acts ?? []) {
      app.act(parseAct(line));
      // The last act of a part may be what it was about.
      if (this.step !== step) return;
    }
    app.changed();
  }
}
