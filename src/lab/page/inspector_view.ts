/// <reference lib="dom" />
import { describeDatagram } from "../../sim/describe.ts";
import type { NodeState } from "../../replica/node_state.ts";
import { formatProposalId } from "../../paxos/proposal_id.ts";
import { describeValue } from "../../sim/describe.ts";
import { describeLink } from "../../replica/link.ts";
import { type Parting, turningPoint } from "../model/branches.ts";
import type { FlyingLetter } from "../model/letters.ts";
import type { Moment } from "../model/moment.ts";
import type { NodeView } from "../model/node_view.ts";
import { whyDecided, whyLetter, whyNode } from "../model/why.ts";
import { describeMoment } from "../model/words.ts";
import type { App } from "./app.ts";
import { type Command, COMMANDS } from "./commands.ts";
import { button, h, refill } from "./dom.ts";
import { formatMs } from "./transport_view.ts";

/** What is picked, why it is as it is, and what can be done with it. */
export class InspectorView {
  /** What is put on the page. */
  readonly element: HTMLElement;
  #turns = new WeakMap<readonly Moment[], Parting | null>();
  #body: HTMLElement = h("div", { class: "inspector-body" });

  /** `app` is what is shown. */
  constructor(readonly app: App) {
    this.element = h("section", { class: "panel inspector", "aria-label": "Inspector" }, this.#body);
  }

  /** Draws what is picked. */
  render(): void {
    const { selection, moment, timeline } = this.app;
    if (selection?.kind === "node") {
      const node = moment.nodes.get(selection.uid);
      if (node !== undefined) return this.#show(...this.#node(node));
    }
    if (selection?.kind === "link") return this.#show(...this.#link(selection.from, selection.to));
    if (selection?.kind === "letter") {
      const letter = timeline.letters.find(({ number }) => number === selection.number);
      if (letter !== undefined) return this.#show(...this.#letter(letter));
    }
    this.#show(...this.#nothing());
  }

  #show(...children: (Node | null)[]): void {
    refill(this.#body, ...children);
  }

  #nothing(): Node[] {
    const { moment, timeline, index } = this.app;
    const violation = moment.violation;
    const decided = violation === null ? timeline.decided(index).slice(-1).map(whyDecided) : [];
    return [
      h("h2", {}, violation === null ? "What happens" : "A rule is broken"),
      ...(violation === null ? [] : [
        h("p", { class: "violation" }, `${violation.kind}: ${violation.message}`),
        ...this.#turn(),
      ]),
      h("p", {}, sentence(describeMoment(moment, true))),
      ...decided.map((text) => h("p", {}, text)),
      h(
        "p",
        { class: "hint" },
        "Pick a node (1, 2, 3), a datagram (N) or a link (L) to look into it and to act. ? shows all keys.",
      ),
    ];
  }

  /** Where it could still have gone otherwise. */
  #turn(): Node[] {
    const { app } = this;
    const { timeline } = app.branches;
    if (app.live !== null) return [];
    let turn = this.#turns.get(timeline.moments);
    if (turn === undefined) this.#turns.set(timeline.moments, turn = turningPoint(timeline));
    if (turn === null) return [];
    const { index, second } = turn;
    return [
      h("p", {}, `At moment ${index} the rule would have stepped in: ${second ?? "nothing more would have come"}.`),
      h("div", { class: "acts" }, button(`Go to moment ${index}`, "turn", () => app.seek(index))),
    ];
  }

  #node(node: NodeView): Node[] {
    const { app } = this;
    const quorum = Math.floor(app.moment.nodes.size / 2) + 1;
    const { memory, disk } = node;
    const timers = node.timers.map(({ name, dueMs }) =>
      button(
        `${name} (${formatMs(Math.max(dueMs - app.ms, 0))})`,
        `timer ${name}`,
        () => app.act({ kind: "timer", uid: node.uid, name }),
        { title: `let the timer "${name}" go off now` },
      )
    );
    return [
      h("h2", { "data-owner": node.uid }, h("span", { class: "name" }, node.uid), ` node ${node.uid}`),
      this.#buttons("node"),
      ...whyNode(node, quorum).map((text) => h("p", {}, text)),
      h(
        "table",
        { class: "facts" },
        h("tr", {}, h("th", {}, ""), h("th", { scope: "col" }, "memory"), h("th", { scope: "col" }, "disk")),
        ...FACTS.map(([name, of]) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, name),
            h("td", {}, memory === null ? "gone" : of(memory)),
            h("td", { class: disk.writing === null ? "" : "unsynced" }, onDisk(node, of)),
          )
        ),
      ),
      h("p", { class: "hint" }, timers.length === 0 ? "No timer is set." : "Timers, and when they are due:"),
      h("div", { class: "acts" }, ...timers),
    ];
  }

  #link(from: string, to: string): Node[] {
    const { cuts, slow } = this.app.moment;
    const state = (a: string, b: string) =>
      `${a} to ${b}: ${
        cuts.has(`${a}>${b}`) ? "cut" : slow.has(`${a}>${b}`) ? `${slow.get(`${a}>${b}`)} times as slow` : "open"
      }`;
    return [
      h("h2", {}, `the link ${from} – ${to}`),
      this.#buttons("link"),
      h("p", {}, state(from, to)),
      h("p", {}, state(to, from)),
      h(
        "p",
        { class: "hint" },
        `"One way" and "slow" are about what ${from} sends to ${to}. L picks the next link, the other way later.`,
      ),
    ];
  }

  #letter(letter: FlyingLetter): Node[] {
    const { app } = this;
    const { from, to, type, sentAt, goneAt, fate, text } = letter;
    const flying = goneAt > app.index && sentAt <= app.index;
    return [
      h("h2", {}, `${type.replace("_", " ")} from ${from} to ${to}`),
      flying ? this.#buttons("letter") : null,
      h("p", {}, describeDatagram(text)),
      ...(flying
        ? whyLetter(letter, app.moment).map((why) => h("p", {}, why))
        : [h("p", {}, sentAt > app.index ? "It is not sent yet." : `It is gone since moment ${goneAt}: ${fate}.`)]),
      h(
        "p",
        { class: "hint" },
        `Sent at moment ${sentAt}. In the diagram below its head can be dragged, to let it arrive later.`,
      ),
      h("pre", { class: "wire", tabindex: 0, "aria-label": "what is on the wire" }, text),
    ].filter((node) => node !== null);
  }

  #buttons(what: Command["for"]): HTMLElement {
    return h(
      "div",
      { class: "acts" },
      ...COMMANDS.filter((command) => command.for === what).map(({ key, label, run }) =>
        button(label, `${what} ${key}`, () => run(this.app), { title: `${label} (${key})`, "data-act": label })
      ),
    );
  }
}

const FACTS: readonly (readonly [name: string, of: (state: NodeState) => string])[] = [
  ["instance", ({ instanceNumber }) => String(instanceNumber)],
  ["value", ({ register }) => describeValue(register.value)],
  ["promised", ({ acceptor }) => formatProposalId(acceptor.promisedId)],
  [
    "accepted",
    ({ acceptor: { acceptedId, acceptedValue } }) =>
      acceptedId === null ? "none" : `${formatProposalId(acceptedId)} ${describeLink(acceptedValue ?? "")}`,
  ],
];

function onDisk({ disk: { durable, writing } }: NodeView, of: (state: NodeState) => string): string {
  if (durable === "damaged") return "damaged";
  const now = durable === null ? "empty" : of(durable);
  const soon = writing === null ? now : of(writing);
  return soon === now ? now : `${now} → ${soon}`;
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}.`;
}
