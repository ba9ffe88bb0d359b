/// <reference lib="dom" />
import type { RecordedOperation } from "../../sim/checkers/history.ts";
import type { ClientOperation } from "../../sim/events.ts";
import { describeAsked, describeTold } from "../model/words.ts";
import type { App } from "./app.ts";
import { button, h, refill } from "./dom.ts";

/** What clients ask and are told. */
export class ClientsView {
  /** What is put on the page. */
  readonly element: HTMLElement;
  #operations: HTMLElement = h("div", { class: "operations" });
  #value: HTMLInputElement = h("input", { type: "text", value: "x", maxlength: 40, "aria-label": "value", size: 7 });
  #condition: HTMLSelectElement = h(
    "select",
    { "aria-label": "condition", title: "under which condition" },
    h("option", { value: "" }, "always"),
    h("option", { value: "unchanged" }, "if unchanged"),
  );
  #node: HTMLSelectElement = h("select", { "aria-label": "at node" });
  #client: HTMLSelectElement = h("select", { "aria-label": "client", title: "which client asks" });
  #key = "";
  #proposed = 0;

  /** `app` is what is shown. */
  constructor(readonly app: App) {
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
      this.#client,
      h("label", {}, "sets ", this.#value),
      this.#condition,
      h("label", {}, "at ", this.#node),
      h("button", { type: "submit", key: "propose", title: "let the client propose (C goes to the value)" }, "Propose"),
      button("Read", "read", () => void this.#ask({ type: "read" }), { title: "let the client ask for the value" }),
    );
    this.element = h(
      "section",
      { class: "panel side", "aria-label": "Clients" },
      h("h2", {}, "Clients"),
      form,
      this.#operations,
    );
  }

  /** Goes to the field for a value. */
  focus(): void {
    this.#value.focus();
    this.#value.select();
  }

  /** Draws what was asked and told. */
  render(): void {
    const { moment, timeline: { setup } } = this.app;
    const uids = [...moment.nodes.keys()];
    const key = `${uids} ${setup.clients}`;
    if (key !== this.#key) {
      this.#key = key;
      this.#node.replaceChildren(...uids.map((uid) => h("option", { value: uid }, uid)));
      const clients = Array.from({ length: setup.clients }, (_, at) => h("option", { value: at }, `client ${at}`));
      this.#client.replaceChildren(h("option", { value: "" }, "a client"), ...clients);
    }
    const rows = moment.operations.slice(-40).toReversed().map((operation) => this.#row(operation));
    const nothing = h("p", { class: "hint" }, "Nobody has asked for anything yet.");
    refill(this.#operations, rows.length === 0 ? nothing : h("ol", {}, ...rows));
  }

  #row(operation: RecordedOperation): HTMLElement {
    const { client } = operation;
    const waits = isOpen(operation);
    return h(
      "li",
      { class: waits ? "open" : operation.outcome.type },
      h("span", {}, `c${client} `),
      describeAsked(operation),
      waits
        ? button("again", `again ${client}`, () => this.app.act({ kind: "retry", client, uid: this.#node.value }), {
          title: "send the request once more, to the node that is chosen above",
        })
        : null,
      waits
        ? button("give up", `give up ${client}`, () => this.app.act({ kind: "give_up", client }), {
          title: "wait no longer: the outcome stays unknown",
        })
        : null,
      h("b", {}, ` ${describeTold(operation)}`),
    );
  }

  #propose(): void {
    const value = this.#value.value;
    const operation: ClientOperation | null = this.#condition.value === ""
      ? { type: "write", value }
      : this.#swap(value);
    if (operation === null || !this.#ask(operation)) return;
    this.#proposed++;
    const round = Math.floor(this.#proposed / 6);
    this.#value.value = `${"xyzuvw"[this.#proposed % 6]}${round === 0 ? "" : round}`;
  }

  /** Under the condition that the value is still the one that the client knew last. */
  #swap(value: string): ClientOperation | null {
    const client = this.#free();
    if (client === null) return null;
    const known = this.app.moment.operations.filter((one) => one.client === client).flatMap(knownAfter);
    return { type: "compareAndSet", expected: known.at(-1) ?? null, value };
  }

  /** Lets the client ask, if it is free. */
  #ask(operation: ClientOperation): boolean {
    const { app } = this;
    const client = this.#free();
    if (client === null) {
      app.say("The client waits for an answer: let time go on, or let it give up.");
      return false;
    }
    app.act({ kind: "call", client, uid: this.#node.value, operation });
    if (!app.timeline.setup.byHand) app.playing = true;
    app.changed();
    return true;
  }

  /** The client that is chosen, or the first, if it is free. */
  #free(): number | null {
    const { moment, timeline: { setup } } = this.app;
    const wanted = this.#client.value === ""
      ? Array.from({ length: setup.clients }, (_, at) => at)
      : [Number(this.#client.value)];
    const busy = moment.operations.filter(isOpen).map(({ client }) => client);
    return wanted.find((client) => !busy.includes(client)) ?? null;
  }
}

function isOpen({ return: end, outcome }: RecordedOperation): boolean {
  return end === null && outcome.type === "unknown";
}

/** The value that a client knows after an operation. */
function knownAfter({ operation, outcome }: RecordedOperation): (string | null)[] {
  if (outcome.type === "ok") return [outcome.value];
  return outcome.type === "chosen" && operation.type !== "read" ? [operation.value] : [];
}
