/// <reference lib="dom" />
import { type Branch, partingOf } from "../model/branches.ts";
import { describeAsked, describeTold } from "../model/words.ts";
import type { App } from "./app.ts";
import { button, h, refill } from "./dom.ts";

/** What clients do, and the futures that were tried. */
export class SideView {
  /** What is put on the page. */
  readonly element: HTMLElement;
  #branches: HTMLElement = h("div", { class: "branches" });
  #clients: HTMLElement = h("div", { class: "operations" });
  #value: HTMLInputElement;
  #node: HTMLSelectElement = h("select", { "aria-label": "at node" });
  #nodes = "";
  #values = 0;

  /** `app` is what is shown. */
  constructor(readonly app: App) {
    this.#value = h("input", { type: "text", value: "x", maxlength: 40, "aria-label": "value", key: "value", size: 8 });
    const form = h(
      "form",
      {
        class: "propose",
        onsubmit: (event: SubmitEvent) => {
          event.preventDefault();
          this.#propose();
          if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        },
      },
      h("label", {}, "set ", this.#value),
      h("label", {}, " at ", this.#node),
      h(
        "button",
        { type: "submit", key: "propose", title: "let a client propose the value (C goes to the field)" },
        "Propose",
      ),
      button("Read", "read", () => this.#ask({ type: "read" }), { title: "let a client ask for the value" }),
    );
    this.element = h(
      "section",
      { class: "panel side", "aria-label": "Clients and branches" },
      h("h2", {}, "Clients"),
      form,
      this.#clients,
      h("h2", {}, "Branches"),
      this.#branches,
    );
  }

  /** Goes to the field for a value. */
  focusValue(): void {
    this.#value.focus();
    this.#value.select();
  }

  /** Draws both. */
  render(): void {
    const { moment } = this.app;
    const uids = [...moment.nodes.keys()];
    if (`${uids}` !== this.#nodes) {
      this.#nodes = `${uids}`;
      this.#node.replaceChildren(...uids.map((uid) => h("option", { value: uid }, uid)));
    }
    const rows = moment.operations.slice(-40).toReversed().map((operation) =>
      h(
        "li",
        { class: operation.return === null ? "open" : operation.outcome.type },
        h("span", {}, `c${operation.client} `),
        describeAsked(operation),
        h("b", {}, ` ${describeTold(operation)}`),
      )
    );
    refill(
      this.#clients,
      rows.length === 0 ? h("p", { class: "hint" }, "Nobody has asked for anything yet.") : h("ol", {}, ...rows),
    );
    this.#renderBranches();
  }

  #renderBranches(): void {
    const { app } = this;
    const { branches, comparedWith } = app;
    const rows = branches.all.map((branch) => this.#branch(branch));
    refill(this.#branches, h("ol", {}, ...rows), comparedWith === null ? null : this.#comparison(comparedWith));
  }

  #branch(branch: Branch): HTMLElement {
    const { app } = this;
    const { current } = app.branches;
    const { number, title, forkedAt, parent, timeline } = branch;
    const from = parent === null ? "" : ` · from ${forkedAt}`;
    const row = h("li", { class: branch === current ? "current" : "" });
    const show = button(`${number}  ${title}${from}`, `branch ${number}`, () => app.show(branch), {
      class: "branch",
      "aria-pressed": String(branch === current),
    });
    row.append(show, h("i", { class: timeline.last.violation === null ? "dot" : "dot broken" }));
    if (branch !== current) {
      row.append(button("compare", `compare ${number}`, () => {
        app.comparedWith = app.comparedWith === branch ? null : branch;
        app.changed();
      }, { "aria-pressed": String(app.comparedWith === branch) }));
    }
    return row;
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

  #propose(): void {
    const value = this.#value.value;
    if (!this.#ask({ type: "write", value })) return;
    this.#values++;
    this.#value.value = "xyzuvw"[this.#values % 6]! + (this.#values >= 6 ? Math.floor(this.#values / 6) : "");
  }

  /** Lets the first client that is free ask; `false` if none is. */
  #ask(operation: { readonly type: "read" } | { readonly type: "write"; readonly value: string }): boolean {
    const { app } = this;
    const { clients } = app.timeline.setup;
    const busy = app.moment.operations.filter((one) => one.return === null && one.outcome.type === "unknown");
    const client = Array.from({ length: clients }, (_, at) => at).find((at) => !busy.some((one) => one.client === at));
    if (client === undefined) {
      app.notice = "All clients wait for an answer: let time go on, or let a node come back.";
      app.changed();
      return false;
    }
    app.act({ kind: "call", client, uid: this.#node.value, operation });
    if (!app.timeline.setup.byHand) app.playing = true;
    app.changed();
    return true;
  }
}
