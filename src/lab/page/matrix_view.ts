/// <reference lib="dom" />
import { formatProposalId } from "../../paxos/proposal_id.ts";
import { describeLink } from "../../replica/link.ts";
import type { DecidedInstance } from "../model/moment.ts";
import type { NodeView } from "../model/node_view.ts";
import type { Cell } from "../model/run.ts";
import { shortLink } from "../model/words.ts";
import type { App } from "./app.ts";
import { h, refill } from "./dom.ts";

/** So many instances are shown. */
const INSTANCES = 6;

/** The chain as a table: a row a node, a column an instance. */
export class MatrixView {
  /** What is put on the page. */
  readonly element: HTMLElement;
  #table: HTMLElement = h("table", { class: "matrix" });

  /** `app` is what is shown. */
  constructor(readonly app: App) {
    this.element = h(
      "section",
      { class: "panel matrix-panel", "aria-label": "Chain" },
      h("h2", {}, "The chain"),
      h("div", { class: "matrix-box" }, this.#table),
      h(
        "p",
        { class: "hint" },
        "accepted: framed · decision known: filled · not synced: hatched · bar: the quorum that decided",
      ),
    );
  }

  /** Draws the table. */
  render(): void {
    const { timeline, index, moment } = this.app;
    const cells = timeline.cells(index);
    const decided = new Map(timeline.decided(index).map((decision) => [decision.instanceNumber, decision]));
    const nodes = [...moment.nodes.values()];
    const top = Math.max(0, ...cells.keys(), ...nodes.map(({ memory }) => memory?.instanceNumber ?? 0));
    const first = Math.max(0, top - INSTANCES + 1);
    const instances = Array.from({ length: INSTANCES }, (_, column) => first + column);
    refill(
      this.#table,
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, ""), ...instances.map((at) => head(at, decided.get(at))))),
      h(
        "tbody",
        {},
        ...nodes.map((node) =>
          h(
            "tr",
            {},
            h("th", { scope: "row", "data-owner": node.uid }, node.uid),
            ...instances.map((at) => drawCell(node, at, cells.get(at)?.get(node.uid), decided.get(at))),
          )
        ),
      ),
    );
  }
}

function head(instance: number, decision: DecidedInstance | undefined): HTMLElement {
  const title = decision === undefined ? "not decided" : `${decision.proposal} by ${decision.acceptors.join(", ")}`;
  return h("th", { scope: "col", title }, `@${instance}`, decision === undefined ? null : h("b", {}, " ◆"));
}

function drawCell(
  node: NodeView,
  instance: number,
  cell: Cell | undefined,
  decision: DecidedInstance | undefined,
): HTMLElement {
  // A node knows the decision before it has said so.
  const passed = (node.memory?.instanceNumber ?? -1) > instance;
  const known = cell?.known ?? (passed ? "learned" : null);
  const proposal = known === "learned" || (known !== null && decision) ? decision?.proposal : cell?.accepted?.proposal;
  const link = known === null ? cell?.accepted?.link : decision?.link ?? cell?.accepted?.link;
  const here = node.memory?.instanceNumber === instance;
  const classes = [
    known !== null ? "known" : cell?.accepted ? "accepted" : "",
    known === "carried" ? "carried" : "",
    here ? "here" : "",
    decision?.acceptors.includes(node.uid) ? "quorum" : "",
    (known !== null || (cell?.accepted && here)) && !isSynced(node, instance) ? "unsynced" : "",
  ].filter((name) => name !== "");
  if (link === undefined) {
    return h("td", { class: classes.join(" "), "data-owner": "none" }, here ? "…" : known === null ? "" : "✓");
  }
  return h(
    "td",
    {
      class: classes.join(" "),
      "data-owner": proposal?.split(".")[1] ?? "none",
      title: `${known ?? "accepted"} ${proposal ?? ""} ${describeLink(link)}`,
    },
    h("span", {}, shortLink(link, 8)),
    h("small", {}, proposal ?? ""),
  );
}

/** Whether what the node has accepted or learned there is on its disk. */
function isSynced({ memory, disk: { durable } }: NodeView, instance: number): boolean {
  if (durable === null || durable === "damaged" || durable.instanceNumber < instance) return false;
  if (durable.instanceNumber > instance) return true;
  return formatProposalId(durable.acceptor.acceptedId) === formatProposalId(memory?.acceptor.acceptedId ?? null);
}
