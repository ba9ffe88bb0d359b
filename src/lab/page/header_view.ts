/// <reference lib="dom" />
import { BUGS } from "../../sim/bugs/index.ts";
import { FREE_PLAY, isModel, type Scenario } from "../model/scenarios.ts";
import { judge, type Verdict, type Verdicts } from "../model/verdicts.ts";
import type { App } from "./app.ts";
import { button, h, set } from "./dom.ts";

/** What the header can ask of the page. */
export interface HeaderActions {
  /** Begins a scenario with a seed. */
  readonly begin: (scenario: string, seed: number) => void;
  /** Copies a link. */
  readonly share: () => void;
  /** Shows what can be taken along. */
  readonly exports: () => void;
  /** Shows the help. */
  readonly help: () => void;
}

/** More choices for the list of scenarios. */
export interface ScenarioGroup {
  /** What the group is called. */
  readonly title: string;
  /** What is in it. */
  readonly scenarios: readonly Scenario[];
}

/** After so long without a change a run is judged, in milliseconds. */
const JUDGE_AFTER_MS = 250;

const VERDICTS = [["safe", "SAFE"], ["linearizable", "LINEARIZABLE"], ["progress", "PROGRESS"]] as const;

/** What is run, and what is held against it. */
export class HeaderView {
  /** What is put on the page. */
  readonly element: HTMLElement;
  #scenario: HTMLSelectElement;
  #seed: HTMLInputElement;
  #rule: HTMLSelectElement;
  #verdicts = new Map(VERDICTS.map(([name, title]) => [name, h("span", { class: "verdict" }, title)]));
  #judging: ReturnType<typeof setTimeout> | undefined;
  #judged = "";

  /** `groups` are the scenarios, lessons and puzzles to choose from. */
  constructor(readonly app: App, readonly actions: HeaderActions, groups: readonly ScenarioGroup[]) {
    const begin = () => actions.begin(this.#scenario.value, readSeed(this.#seed.value));
    this.#scenario = h(
      "select",
      { "aria-label": "scenario", title: "scenario", onchange: begin },
      ...[{ title: "Free play", scenarios: FREE_PLAY }, ...groups].map(({ title, scenarios }) =>
        h("optgroup", { label: title }, ...scenarios.map(({ id, title }) => h("option", { value: id }, title)))
      ),
    );
    this.#seed = h("input", { type: "number", min: 0, max: 2 ** 49, value: 0, "aria-label": "seed", onchange: begin });
    this.#rule = h(
      "select",
      {
        "aria-label": "rule that is off",
        title: "take a rule away",
        onchange: () => app.setRule(this.#rule.value === "" ? null : this.#rule.value),
      },
      h("option", { value: "" }, "all rules in place"),
      ...BUGS.map(({ name, rule }) => h("option", { value: name, title: rule }, `off: ${name}`)),
    );
    this.element = h(
      "header",
      {},
      h("h1", {}, "paxos ", h("span", {}, "lab")),
      this.#scenario,
      h("label", { class: "seed" }, "seed ", this.#seed),
      this.#rule,
      h("div", { class: "verdicts", role: "status" }, ...this.#verdicts.values()),
      h(
        "div",
        { class: "tools" },
        button("Share", "share", actions.share, { title: "copy a link that shows this moment" }),
        button("Export", "export", actions.exports, { title: "a test, a trace; open a trace" }),
        button("?", "help", actions.help, { title: "keys and shapes (?)", "aria-label": "help" }),
      ),
    );
  }

  /** Draws what is run; judges a little later, when nothing moves. */
  render(chosen: string | null): void {
    const { script } = this.app.timeline;
    const scenario = chosen ?? script.scenario;
    if (![...this.#scenario.options].some(({ value }) => value === scenario)) {
      this.#scenario.append(h("option", { value: scenario }, "a shared run"));
    }
    this.#scenario.value = scenario;
    if (document.activeElement !== this.#seed) this.#seed.value = String(script.seed);
    this.#rule.value = script.rule ?? "";
    set(this.#rule, { class: script.rule === null ? "" : "off" });
    const key = `${this.app.branches.current.number} ${this.app.index} ${script.rule} ${script.acts.length}`;
    if (key === this.#judged) return;
    this.#judged = key;
    const { live, moment: { violation } } = this.app;
    if (live !== null) {
      for (const element of this.#verdicts.values()) set(element, { class: "verdict" });
      return this.#showOne("safe", violation);
    }
    if (violation !== null) this.#show({ safe: violation, linearizable: null, progress: violation });
    clearTimeout(this.#judging);
    if (!this.app.playing) this.#judging = setTimeout(() => this.#judge(), JUDGE_AFTER_MS);
    else this.#judged = "";
  }

  #judge(): void {
    const { playing, live, branches, index } = this.app;
    if (!playing && live === null) this.#show(judge(branches.timeline, index));
  }

  #show(verdicts: Verdicts): void {
    for (const [name] of VERDICTS) this.#showOne(name, verdicts[name]);
    if (isModel(this.app.timeline.script.scenario)) this.#showOpen("progress");
  }

  /** Nobody judges it here. */
  #showOpen(name: keyof Verdicts): void {
    const element = this.#verdicts.get(name)!;
    set(element, { class: "verdict", title: "not judged: in a model of paxos check nothing happens by itself" });
    element.textContent = name.toUpperCase();
  }

  #showOne(name: keyof Verdicts, verdict: Verdict): void {
    const element = this.#verdicts.get(name)!;
    set(element, { class: `verdict ${verdict === null ? "ok" : "bad"}`, title: verdict?.message ?? TITLES[name] });
    element.textContent = `${name.toUpperCase()} ${verdict === null ? "✓" : "✖"}`;
  }
}

const TITLES = {
  safe: "no checker has anything against a step of this run",
  linearizable: "what clients were told fits one order of their operations",
  progress: "if all is mended now, a new value is chosen soon and all nodes agree",
} as const;

function readSeed(text: string): number {
  const seed = Number(text);
  return Number.isInteger(seed) && seed >= 0 && seed <= 2 ** 49 ? seed : 0;
}
