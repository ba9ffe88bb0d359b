/// <reference lib="dom" />
import { type Branch, partingOf } from "../model/branches.ts";
import type { App } from "./app.ts";
import { button, h, refill } from "./dom.ts";

/** The futures that were tried. */
export class BranchesView {
  /** What is put on the page. */
  readonly element: HTMLElement;
  #list: HTMLElement = h("div", { class: "branches" });

  /** `app` is what is shown. */
  constructor(readonly app: App) {
    this.element = h(
      "section",
      { class: "panel branches-panel", "aria-label": "Branches" },
      h("h2", {}, "Branches"),
      this.#list,
    );
  }

  /** Draws them. */
  render(): void {
    const { branches, comparedWith } = this.app;
    const rows = branches.all.map((branch) => this.#row(branch));
    refill(this.#list, h("ol", {}, ...rows), comparedWith === null ? null : this.#comparison(comparedWith));
  }

  #row(branch: Branch): HTMLElement {
    const { app } = this;
    const { current } = app.branches;
    const { number, title, forkedAt, parent, timeline } = branch;
    const from = parent === null ? "" : ` · from ${forkedAt}`;
    const broken = timeline.last.violation !== null;
    return h(
      "li",
      { class: branch === current ? "current" : "" },
      button(`${number}  ${title}${from}`, `branch ${number}`, () => app.show(branch), {
        class: "branch",
        "aria-pressed": String(branch === current),
      }),
      h("i", { class: broken ? "dot broken" : "dot", role: "img", "aria-label": broken ? "a rule is broken" : "safe" }),
      branch === current ? null : button("compare", `compare ${number}`, () => this.#compare(branch), {
        "aria-pressed": String(app.comparedWith === branch),
      }),
    );
  }

  #compare(branch: Branch): void {
    this.app.comparedWith = this.app.comparedWith === branch ? null : branch;
    this.app.changed();
  }

  #comparison(other: Branch): HTMLElement {
    const { app } = this;
    const { current } = app.branches;
    if (other === current) return h("p", { class: "hint" }, "Go to another branch to compare it with this one.");
    const parting = partingOf(current.timeline, other.timeline);
    if (parting === null) return h("p", {}, `As far as both go, ${current.number} and ${other.number} are the same.`);
    const { index, first, second } = parting;
    return h(
      "div",
      { class: "parting" },
      button(`They part at moment ${index}`, "parting", () => app.seek(index)),
      h("p", {}, h("b", {}, `${current.number} `), first ?? "has ended"),
      h("p", {}, h("b", {}, `${other.number} `), second ?? "has ended"),
    );
  }
}
