/// <reference lib="dom" />
import { describeMoment } from "../model/words.ts";
import type { App } from "./app.ts";
import { button, h, set } from "./dom.ts";

const SPEEDS = [0.25, 0.5, 1, 2, 4, 16, 64] as const;

/** Play, step and scrub. */
export class TransportView {
  /** What is put on the page. */
  readonly element: HTMLElement;
  #play: HTMLButtonElement;
  #range: HTMLInputElement;
  #where: HTMLElement = h("output", { class: "where" });
  #words: HTMLElement = h("p", { class: "happened", "aria-live": "polite" });
  #marks: HTMLElement = h("div", { class: "marks", "aria-hidden": "true" });
  #markKey = "";

  /** `app` is what is shown. */
  constructor(readonly app: App) {
    this.#play = button("▶", "play", () => app.toggle(), { class: "play", title: "play or stop (Space)" });
    this.#range = h("input", {
      type: "range",
      min: 0,
      max: 0,
      value: 0,
      "aria-label": "moment",
      oninput: () => {
        app.playing = false;
        app.seek(Number(this.#range.value));
      },
    });
    const speed = h(
      "select",
      { "aria-label": "speed", title: "speed", onchange: () => app.speed = Number(speed.value) },
      ...SPEEDS.map((factor) => h("option", { value: factor, selected: factor === 1 }, `${factor}×`)),
    );
    this.element = h(
      "section",
      { class: "panel transport", "aria-label": "Time" },
      h(
        "div",
        { class: "buttons" },
        button("|◀", "first", () => app.seek(0), { title: "to the start (Home)", "aria-label": "to the start" }),
        button("◀", "back", () => app.step(-1), { title: "one moment back (←)", "aria-label": "one moment back" }),
        this.#play,
        button("▶|", "forth", () => app.step(1), { title: "one moment on (→)", "aria-label": "one moment on" }),
        button("◆", "decision", () => app.stepDecision(1), {
          title: "on to the next decision (Shift+→)",
          "aria-label": "on to the next decision",
        }),
        speed,
      ),
      h("div", { class: "scrub" }, this.#range, this.#marks),
      this.#where,
      this.#words,
    );
  }

  /** Draws where time is. */
  render(): void {
    const { app } = this;
    const { timeline, index, moment, playing } = app;
    this.#play.textContent = playing ? "❚❚" : "▶";
    set(this.#play, { "aria-label": playing ? "stop" : "play" });
    set(this.#range, { max: timeline.last.index });
    this.#range.value = String(index);
    set(this.#range, { "aria-valuetext": `moment ${index}: ${describeMoment(moment)}` });
    this.#where.textContent = `${index} / ${timeline.last.index} · ${formatMs(app.ms)}`;
    const words = app.notice === "" ? describeMoment(moment, true) : app.notice;
    if (this.#words.textContent !== words) this.#words.textContent = words;
    this.#renderMarks();
  }

  /** Marks what matters on the scrubber: decisions, the learner's acts, a broken rule. */
  #renderMarks(): void {
    const { timeline, branches: { current } } = this.app;
    const { index: last } = timeline.last;
    const key = `${current.number} ${last}`;
    if (key === this.#markKey) return;
    this.#markKey = key;
    const marks = timeline.moments.filter(({ decided, byLearner, violation }) =>
      decided.length > 0 || byLearner || violation !== null
    ).slice(-300).map((moment) => {
      const kind = moment.violation !== null ? "broken" : moment.decided.length > 0 ? "decided" : "act";
      const mark = h("i", { class: kind });
      mark.style.setProperty("--at", String(moment.index / Math.max(last, 1)));
      return mark;
    });
    this.#marks.replaceChildren(...marks);
  }
}

/** Virtual time for people. */
export function formatMs(ms: number): string {
  return ms < 10_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
