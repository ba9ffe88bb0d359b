/// <reference lib="dom" />
import { ingredients, PUZZLES } from "../puzzles/puzzle.ts";
import { LESSONS } from "../lessons/index.ts";
import type { App } from "./app.ts";
import { button, h, refill } from "./dom.ts";
import type { Guide, LessonState, PuzzleState } from "./guide.ts";

/** A lesson or a puzzle, in a strip above the cluster. */
export class GuideView {
  /** What is put on the page. */
  readonly element: HTMLElement = h("section", { class: "panel guide", "aria-label": "Guide", hidden: true });
  #key = "";

  /** `guide` is what leads; `app` is told of what is pressed. */
  constructor(readonly app: App, readonly guide: Guide, readonly begin: (id: string) => void) {}

  /** Draws where it is. */
  render(): void {
    const { guide } = this;
    guide.judge();
    const { state } = guide;
    const key = JSON.stringify([
      guide.id,
      state !== null && "lesson" in state ? lessonKey(state.lesson) : this.#puzzleKey(),
    ]);
    if (key === this.#key) return;
    this.#key = key;
    this.element.hidden = state === null;
    if (state === null) return;
    if ("lesson" in state) this.#lesson(state.lesson);
    else this.#puzzle(state.puzzle);
  }

  #lesson(state: LessonState): void {
    const { lesson, at, phase, answer } = state;
    const { step } = this.guide;
    const progress = h(
      "span",
      { class: "progress" },
      `${Math.min(at + 1, lesson.steps.length)} / ${lesson.steps.length}`,
    );
    const title = h("h2", {}, lesson.title, " ", progress);
    if (step === null) {
      const next = LESSONS[LESSONS.indexOf(lesson) + 1];
      refill(
        this.element,
        h("div", { class: "told" }, title, feedback(answer), h("p", {}, lesson.end)),
        h(
          "div",
          { class: "answers" },
          next === undefined ? null : button(next.title, "choice 0", () => this.begin(next.id), { class: "main" }),
          button("Once more", "again", () => this.begin(lesson.id)),
        ),
      );
      return this.#focus();
    }
    const { question } = step;
    const asks = question !== undefined && phase === "asks";
    refill(
      this.element,
      h(
        "div",
        { class: "told", role: "status" },
        title,
        feedback(answer),
        h("p", {}, step.say),
        asks ? h("p", {}, h("b", {}, question.ask)) : null,
      ),
      asks
        ? h(
          "div",
          { class: "answers" },
          ...question.choices.map((choice, index) =>
            button(choice, `choice ${index}`, () => this.guide.answer(index), { "data-choice": index })
          ),
        )
        : null,
    );
    if (asks) this.#focus();
  }

  /** What is asked for next can be answered by keyboard at once. */
  #focus(): void {
    this.element.querySelector<HTMLElement>('[data-key="choice 0"]')?.focus({ preventScroll: true });
  }

  #puzzleKey(): unknown {
    const { app, guide: { state, parting } } = this;
    if (state === null || !("puzzle" in state)) return null;
    const { hinted, verdict } = state.puzzle;
    return [hinted, verdict, app.branches.current.number, app.timeline.script.rule, parting?.index];
  }

  #puzzle({ puzzle, hinted, wonIn, verdict }: PuzzleState): void {
    const { guide, app } = this;
    const isOff = app.timeline.script.rule === puzzle.bug.name;
    const won = wonIn === app.branches.current;
    const { parting } = guide;
    const next = PUZZLES[PUZZLES.indexOf(puzzle) + 1];
    refill(
      this.element,
      h(
        "div",
        { class: "told", role: "status" },
        h("h2", {}, `Puzzle: ${puzzle.title}`),
        h("p", {}, h("b", {}, isOff ? "Off: " : "In place: "), `${puzzle.bug.rule}.`),
        won
          ? h("p", { class: "won" }, h("b", {}, "Won. "), verdict)
          : isOff
          ? h("p", {}, h("b", {}, puzzle.goal), " Nothing happens but what you do.")
          : h("p", {}, told(parting)),
        hinted && !won ? h("p", { class: "hint" }, `It can be done with: ${ingredients(puzzle)}.`) : null,
      ),
      h(
        "div",
        { class: "answers" },
        won ? button("Put the rule back: the same acts", "back", () => guide.putBack(), { class: "main" }) : null,
        hinted || won || !isOff ? null : button("Hint", "hint", () => guide.hint()),
        won || !isOff ? null : button("Show me", "show", () => guide.showWinning()),
        button("Start over", "over", () => this.begin(puzzle.id)),
        next === undefined || wonIn === null ? null : button("Next puzzle", "next", () => this.begin(next.id)),
      ),
    );
  }
}

function told(parting: Guide["parting"]): string {
  if (parting === null) return "With the rule in place.";
  const { index, first, second } = parting;
  return `The rule makes the difference at moment ${index}. Without it: ${first ?? "nothing"}. With it: ${
    second ?? "nothing"
  }.`;
}

function lessonKey({ at, phase, answer }: LessonState): unknown {
  return [at, phase, answer?.choice, answer?.to.say];
}

/** What there is to say about the last answer. */
function feedback(answer: LessonState["answer"]): HTMLElement | null {
  if (answer === null) return null;
  const { right, because } = answer.to.question!;
  const isRight = answer.choice === right;
  return h("p", { class: isRight ? "right" : "wrong" }, h("b", {}, isRight ? "Yes. " : "No. "), because);
}
