import { isReached, MOST_MOMENTS, type Step } from "../../src/lab/lessons/lesson.ts";
import { LESSONS } from "../../src/lab/lessons/index.ts";
import { parseAct } from "../../src/lab/model/act.ts";
import { Timeline } from "../../src/lab/model/timeline.ts";
import { judge, worst } from "../../src/lab/model/verdicts.ts";
import { assert, assertEquals } from "../assert.ts";

/** Does what a part of a lesson does; gives the number of its moments. */
function play(timeline: Timeline, step: Step): number {
  const begin = timeline.last.index;
  for (const line of step.acts ?? []) {
    const moment = timeline.act(parseAct(line), timeline.last.atMs);
    assert(moment.possible, `${line} is not possible`);
    if (isReached(step, moment)) return moment.index - begin;
  }
  while (timeline.last.index < begin + MOST_MOMENTS) {
    if (isReached(step, timeline.extend()!)) return timeline.last.index - begin;
  }
  throw new Error(`${step.until} is not reached: ${step.say}`);
}

for (const { title, script, steps } of LESSONS) {
  Deno.test(`the lesson "${title}" goes as it is told`, () => {
    const timeline = new Timeline(script);
    for (const step of steps) assert(play(timeline, step) > 0, step.say);
    assertEquals(worst(judge(timeline, timeline.last.index)), null);
  });
}

Deno.test("lessons ask for predictions, and have the right answer among the choices", () => {
  assertEquals(new Set(LESSONS.map(({ id }) => id)).size, LESSONS.length);
  for (const { title, steps } of LESSONS) {
    const questions = steps.flatMap(({ question }) => question ?? []);
    assert(questions.length >= 2, title);
    for (const { ask, choices, right } of questions) assert(choices[right] !== undefined && choices.length >= 2, ask);
  }
});
