/// <reference lib="dom" />
import { formatProposalId } from "../../paxos/proposal_id.ts";
import type { NodeState } from "../../replica/node_state.ts";
import type { NodeView } from "../model/node_view.ts";
import { shortLink } from "../model/words.ts";
import { s, set } from "./dom.ts";

const HEIGHT = 84;

/** The ring around the name shows how much is left of the lease. */
const ARC_RADIUS = 13.5;

/** One machine: its memory above, its disk below; what is written but not synced is hatched. */
export class NodeCard {
  /** What is put into the picture. */
  readonly element: SVGGElement;
  #arc: SVGCircleElement = s("circle", {
    cx: 17,
    cy: 17,
    r: ARC_RADIUS,
    transform: "rotate(-90 17 17)",
    "stroke-dasharray": "0 99",
  });
  #last: NodeView | null = null;
  #selected = false;
  #roomy: boolean;

  /** `width` is in pixels. */
  constructor(readonly uid: string, readonly width: number, pick: () => void) {
    this.#roomy = width >= 140;
    this.element = s("g", {
      class: "node",
      role: "button",
      tabindex: 0,
      key: `node ${uid}`,
      "data-owner": uid,
      onclick: pick,
      onfocus: pick,
    });
  }

  /** Draws the machine. */
  render(view: NodeView, selected: boolean): void {
    if (view === this.#last && selected === this.#selected) return;
    this.#last = view;
    this.#selected = selected;
    const down = view.up ? "" : " down";
    set(this.element, {
      class: `node${down}${view.paused ? " paused" : ""}${selected ? " selected" : ""}`,
      "aria-label": this.#label(view),
      "aria-pressed": String(selected),
    });
    const { width } = this;
    this.element.replaceChildren(
      s("rect", { class: "card", width, height: HEIGHT, rx: 10 }),
      this.#arc,
      s("circle", { class: "badge", cx: 17, cy: 17, r: 11 }),
      s("text", { class: "badge-name", x: 17, y: 21.5, "text-anchor": "middle" }, this.uid),
      s("text", { class: "value", x: 34, y: 21 }, clip(headline(view), this.#roomy ? 14 : 8)),
      s("text", { class: "state", x: width - 8, y: 21, "text-anchor": "end" }, this.#roomy ? stateOf(view) : ""),
      ...this.#half("memory", 44, view.memory, false),
      ...this.#disk(view),
    );
  }

  /** Draws how much is left of the lease that the node knows: in each frame. */
  renderLease(nowMs: number): void {
    const lease = this.#last?.lease ?? null;
    const share = lease === null || lease.holder === null ? 0 : (lease.untilMs - nowMs) / lease.windowMs;
    const length = 2 * Math.PI * ARC_RADIUS;
    const shown = Math.max(0, Math.min(share, 1)) * length;
    set(this.#arc, {
      class: `lease${lease?.isMaster && shown > 0 ? " master" : ""}`,
      "data-owner": lease?.holder ?? "none",
      "stroke-dasharray": `${shown.toFixed(1)} ${length.toFixed(1)}`,
    });
  }

  #disk({ disk, memory }: NodeView): Node[] {
    const { width } = this;
    const hatched = disk.writing === null
      ? []
      : [s("rect", { class: "unsynced", x: 5, y: 53, width: width - 10, height: 26, rx: 5 })];
    const icon = disk.hung ? [s("text", { class: "trouble", x: width - 8, y: 70, "text-anchor": "end" }, "stuck")] : [];
    if (disk.durable === "damaged") return [...hatched, s("text", { class: "trouble", x: 8, y: 70 }, "disk: damaged")];
    const shown = disk.writing ?? disk.durable;
    const elsewhere = memory !== null && shown !== null && shown.instanceNumber !== memory.instanceNumber;
    const name = elsewhere ? `disk @${shown.instanceNumber}` : "disk";
    return [...hatched, ...this.#half(name, 70, shown, disk.writing !== null), ...icon];
  }

  #half(name: string, y: number, state: NodeState | null, unsynced: boolean): Node[] {
    const nameWidth = this.#roomy ? 52 : 0;
    const parts: Node[] = this.#roomy ? [s("text", { class: "half", x: 8, y }, name)] : [];
    if (state === null) {
      return [...parts, s("text", { class: "nothing", x: 8 + nameWidth, y }, name === "memory" ? "gone" : "empty")];
    }
    const { promisedId, acceptedId, acceptedValue } = state.acceptor;
    const promised = promisedId === null ? "–" : formatProposalId(promisedId);
    const accepted = acceptedId === null
      ? "–"
      : `${formatProposalId(acceptedId)} ${shortLink(acceptedValue ?? "", this.#roomy ? 7 : 3)}`;
    const style = unsynced ? " written" : "";
    return [
      ...parts,
      s("text", { class: `promised${style}`, x: 8 + nameWidth, y, "data-owner": promisedId?.uid ?? "none" }, promised),
      s("text", {
        class: `accepted${style}`,
        x: (this.#roomy ? 46 : 42) + nameWidth,
        y,
        "data-owner": acceptedId?.uid ?? "none",
      }, accepted),
    ];
  }

  #label({ up, paused, memory, disk, lease }: NodeView): string {
    if (!up || memory === null) return `node ${this.uid}, down`;
    const { promisedId, acceptedId } = memory.acceptor;
    const synced = disk.writing === null ? "" : ", a save is under way";
    const master = lease?.isMaster ? ", master" : "";
    return `node ${this.uid}${paused ? ", paused" : ""}${master}, instance ${memory.instanceNumber}, ` +
      `promised ${formatProposalId(promisedId)}, accepted ${formatProposalId(acceptedId)}${synced}`;
  }
}

/** Instance and value. */
function headline({ memory, refusal }: NodeView): string {
  if (memory === null) return refusal === null ? "down" : "refuses to start";
  const { instanceNumber, register: { value } } = memory;
  return `@${instanceNumber}${value === null ? "" : ` ${JSON.stringify(value)}`}`;
}

function stateOf({ paused, up, drive, waiting, lease, clockRate }: NodeView): string {
  if (!up) return "";
  if (paused) return "paused";
  if (clockRate !== 1) return `clock ×${clockRate}`;
  if (lease?.isMaster) return "master";
  if (drive !== null) return `${drive.accept === null ? "prepares" : "proposes"} ${formatProposalId(drive.proposalId)}`;
  return waiting > 0 ? `${waiting} waiting` : "";
}

function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
