/// <reference lib="dom" />
import { record } from "../../sim/schedule.ts";
import { shrink } from "../../sim/shrink.ts";
import { handScript } from "../model/hand_script.ts";
import type { Script } from "../model/script.ts";
import { testOf } from "../model/test_export.ts";
import { verdictOfTrace } from "../model/check_trace.ts";
import { isModel } from "../model/scenarios.ts";
import { scriptOfTrace, searchOf, stormOf, traceOf } from "../model/trace_file.ts";
import { verdictOf } from "../model/verdicts.ts";
import { scriptToText } from "../model/share.ts";
import type { App } from "./app.ts";
import { button, h } from "./dom.ts";

/** So many events are replayed to shrink a storm: a few seconds' work. */
const MOST_REPLAYED_EVENTS = 600_000;

/** What can be taken along, and what can be opened. */
export class ExportView {
  /** What is put on the page. */
  readonly element: HTMLDialogElement;
  #trace: HTMLButtonElement;
  #shrink: HTMLButtonElement;
  #told: HTMLElement = h("p", { class: "told", role: "status" });

  /** `begin` shows another run. */
  constructor(readonly app: App, readonly begin: (script: Script, index: number) => void) {
    const file = h("input", {
      type: "file",
      accept: ".jsonl,.json,.txt",
      "aria-label": "a trace of paxos sim or paxos check",
    });
    file.addEventListener("change", () => void this.#open(file));
    this.#trace = button("Save the trace", "trace", () => this.#saveTrace());
    this.#shrink = button("Shrink it", "shrink", () => this.#shrinkStorm());
    const rows: [string, Node][] = [
      [
        "This run as a test: it passes or fails as the page does",
        button("Save a test", "test", () => this.#saveTest()),
      ],
      ["This storm as paxos sim --trace writes it", this.#trace],
      ["A trace of paxos sim or paxos check, to see here what happens in it", file],
      ["A storm that breaks a rule: cut down to the few acts that matter, by hand", this.#shrink],
    ];
    this.element = h(
      "dialog",
      { class: "export", "aria-label": "export and open" },
      h("h2", {}, "Take along, or open"),
      h("dl", { class: "wide" }, ...rows.flatMap(([what, how]) => [h("dt", {}, what), h("dd", {}, how)])),
      this.#told,
      button("Close", "close", () => this.element.close()),
    );
  }

  /** Shows it. */
  show(): void {
    const { script, last } = this.app.timeline;
    const isStorm = script.scenario.startsWith("storm");
    this.#trace.disabled = !isStorm || script.acts.length > 0;
    this.#shrink.disabled = !isStorm || script.acts.length > 0 || last.violation === null;
    this.#say("");
    this.element.showModal();
  }

  #saveTest(): void {
    const { timeline, index } = this.app;
    save("lab_run_test.ts", testOf(timeline.script, index));
    this.#say("Saved lab_run_test.ts: its first lines say how to run it.");
  }

  #saveTrace(): void {
    const { seed, rule, scenario } = this.app.timeline.script;
    save(`seed-${seed}.jsonl`, traceOf(seed, rule, searchOf(scenario, rule)));
    this.#say(`Saved seed-${seed}.jsonl: the bytes are those that paxos sim --seed ${seed} --trace writes.`);
  }

  async #open(file: HTMLInputElement): Promise<void> {
    const text = await file.files?.[0]?.text();
    if (text === undefined) return;
    try {
      const script = scriptOfTrace(text);
      const isOfCheck = isModel(script.scenario);
      this.begin(script, isOfCheck ? script.acts.length : text.trimEnd().split("\n").length - 2);
      this.element.close();
      if (isOfCheck) this.app.say(`paxos check says: ${verdictOfTrace(text)}.`);
    } catch (error) {
      this.#say(`This file cannot be shown: ${error instanceof Error ? error.message : error}.`);
    } finally {
      file.value = "";
    }
  }

  #shrinkStorm(): void {
    this.#say("Shrinking ... this takes some seconds.");
    setTimeout(() => {
      const { script } = this.app.timeline;
      const storm = stormOf(script);
      const shrunk = storm && shrink(record(storm.genes, storm.subject).schedule, storm.subject, MOST_REPLAYED_EVENTS);
      const byHand = [false, true].map((asTimed) => shrunk && handScript(shrunk.schedule, script.rule, asTimed))
        .find((script) => script && verdictOf(scriptToText({ script, index: script.acts.length })) !== null);
      if (!byHand) return this.#say("It could not be shrunk.");
      this.begin(byHand, byHand.acts.length);
      this.element.close();
    }, 50);
  }

  #say(text: string): void {
    this.#told.textContent = text;
  }
}

/** Hands a file to the person in front of the page. */
function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
