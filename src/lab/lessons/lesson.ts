// A lesson is a run that stops only to ask for a prediction, and then shows what happens.
import type { Moment } from "../model/moment.ts";
import type { Script } from "../model/script.ts";
import { describeMoment } from "../model/words.ts";

/** Asks for a prediction. */
export interface Question {
  /** The question. */
  readonly ask: string;
  /** What may be answered. */
  readonly choices: readonly string[];
  /** The right one, from 0. */
  readonly right: number;
  /** Why that is so. */
  readonly because: string;
}

/** One part of a lesson: it may ask, then acts, then lets time go on until something has happened. */
export interface Step {
  /** What there is to say. */
  readonly say: string;
  /** What is asked before it goes on. */
  readonly question?: Question;
  /** What is done then, a line an act. */
  readonly acts?: readonly string[];
  /** Goes on until a moment reads like this, or until an instance is decided. */
  readonly until: RegExp | "decided";
}

/** A lesson. */
export interface Lesson {
  /** `lesson:` and a name. */
  readonly id: string;
  /** What the list shows. */
  readonly title: string;
  /** What it begins with. */
  readonly script: Script;
  /** Its parts. */
  readonly steps: readonly Step[];
  /** What is left to try. */
  readonly end: string;
}

/** No part of a lesson takes more moments. */
export const MOST_MOMENTS = 150;

/** Whether the part is over with this moment. */
export function isReached({ until }: Step, moment: Moment): boolean {
  return until === "decided" ? moment.decided.length > 0 : until.test(describeMoment(moment, true));
}
