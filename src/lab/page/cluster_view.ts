/// <reference lib="dom" />
import type { FlyingLetter } from "../model/letters.ts";
import type { App, Selection } from "./app.ts";
import { h, s, set } from "./dom.ts";
import { type Layout, layOut, placeOf, type Point, progressOf } from "./layout.ts";
import { NodeCard } from "./node_card.ts";
import { lookOf, SHAPES } from "./shapes.ts";

/** The machines, the links between them, and the datagrams on their way. */
export class ClusterView {
  /** What is put on the page. */
  readonly element: HTMLElement;
  #box: HTMLElement = h("div", { class: "cluster-box" });
  #svg: SVGSVGElement = s("svg", { class: "cluster", role: "group", "aria-label": "the cluster" });
  #links = s("g");
  #letters = s("g");
  #nodes = s("g");
  #cards = new Map<string, NodeCard>();
  #letterMarks = new Map<number, SVGGElement>();
  #layout: Layout = layOut([], [], 600, 360);
  #uids = "";
  #size: readonly [width: number, height: number] = [0, 0];

  /** `app` is what is shown. */
  constructor(readonly app: App) {
    this.#svg.append(hatch(), this.#links, this.#letters, this.#nodes);
    this.#box.append(this.#svg);
    this.element = h("section", { class: "panel cluster-panel", "aria-label": "Cluster" }, this.#box, legend());
    this.#svg.addEventListener("click", (event) => {
      if (event.target === this.#svg) app.select(null);
    });
    new ResizeObserver(() => {
      // Asked for here alone: while something is drawn the answer would lay out the whole page anew.
      this.#size = [this.#box.clientWidth, this.#box.clientHeight];
      this.#uids = "";
      this.render();
    }).observe(this.#box);
  }

  /** Draws all. */
  render(): void {
    this.#arrange();
    for (const [uid, card] of this.#cards) card.render(this.app.moment.nodes.get(uid)!, this.#isSelected(uid));
    this.#renderLinks();
    this.renderLetters();
  }

  /** Draws the datagrams alone: in each frame. */
  renderLetters(): void {
    const { app } = this;
    const { flying, timeline } = app;
    for (const card of this.#cards.values()) card.renderLease(app.ms);
    const [lanes, counts] = [new Map<string, number>(), new Map<string, number>()];
    for (const { from, to } of flying) counts.set(`${from}>${to}`, (counts.get(`${from}>${to}`) ?? 0) + 1);
    const seen = new Set<number>();
    const labelled = flying.length <= 40;
    for (const letter of flying) {
      const lane = `${letter.from}>${letter.to}`;
      const place = lanes.get(lane) ?? 0;
      lanes.set(lane, place + 1);
      const share = progressOf(letter, timeline, app.ms, place, counts.get(lane)!);
      const at = placeOf(this.#layout, letter.from, letter.to, share);
      if (at === null) continue;
      seen.add(letter.number);
      const mark = this.#letterMarks.get(letter.number) ?? this.#addLetter(letter, at.outward);
      mark.setAttribute("transform", `translate(${at.x.toFixed(1)},${at.y.toFixed(1)})`);
      const selected = app.selection?.kind === "letter" && app.selection.number === letter.number;
      const held = letter.dueMs === null && letter.goneAt === Infinity && !timeline.setup.byHand;
      set(mark, { class: `letter${selected ? " selected" : ""}${held ? " held" : ""}${labelled ? "" : " bare"}` });
    }
    for (const [number, mark] of this.#letterMarks) {
      if (seen.has(number)) continue;
      mark.remove();
      this.#letterMarks.delete(number);
    }
  }

  #isSelected(uid: string): boolean {
    const { selection } = this.app;
    return selection?.kind === "node" && selection.uid === uid;
  }

  /** Places everything anew where the cluster or the room is another one. */
  #arrange(): void {
    const { setup } = this.app.timeline;
    const uids = setup.machines.map(({ uid }) => uid);
    const clients = setup.shortcuts.includes("clients")
      ? []
      : Array.from({ length: setup.clients }, (_, index) => `client${index}`);
    const [width, height] = this.#size;
    const key = `${uids} ${clients.length} ${width} ${height}`;
    if (key === this.#uids || width === 0) return;
    this.#uids = key;
    this.#layout = layOut(uids, clients, width, height);
    set(this.#svg, { viewBox: `0 0 ${width} ${height}` });
    this.#cards.clear();
    this.#nodes.replaceChildren();
    for (const client of clients) {
      const { x, y } = this.#layout.places.get(client)!;
      this.#nodes.append(
        s(
          "g",
          { class: "client-mark", transform: `translate(${x},${y})` },
          s("circle", { r: 11 }),
          s("text", { "text-anchor": "middle", y: 4 }, client.replace("client", "c")),
        ),
      );
    }
    for (const uid of uids) {
      const { x, y } = this.#layout.places.get(uid)!;
      const card = new NodeCard(uid, this.#layout.cardWidth, () => this.app.select({ kind: "node", uid }));
      set(card.element, {
        transform: `translate(${x - this.#layout.cardWidth / 2},${y - this.#layout.cardHeight / 2})`,
      });
      this.#cards.set(uid, card);
      this.#nodes.append(card.element);
    }
  }

  #renderLinks(): void {
    const { moment, selection } = this.app;
    const uids = [...this.#cards.keys()];
    const marks: Node[] = [];
    for (const [index, a] of uids.entries()) {
      for (const b of uids.slice(index + 1)) {
        marks.push(...this.#link(a, b, moment.cuts, moment.slow, selection));
      }
    }
    this.#links.replaceChildren(...marks);
  }

  #link(
    a: string,
    b: string,
    cuts: ReadonlySet<string>,
    slow: ReadonlyMap<string, number>,
    selection: Selection | null,
  ): Node[] {
    const [from, to] = [this.#layout.places.get(a)!, this.#layout.places.get(b)!];
    const ends = { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
    const both = cuts.has(`${a}>${b}`) && cuts.has(`${b}>${a}`);
    const isSlow = slow.has(`${a}>${b}`) || slow.has(`${b}>${a}`);
    const selected = selection?.kind === "link" && [a, b].includes(selection.from) && [a, b].includes(selection.to);
    const state = `${both ? " cut" : ""}${isSlow ? " slow" : ""}${selected ? " selected" : ""}`;
    const pick = () => this.app.select({ kind: "link", from: a, to: b });
    const marks: Node[] = [
      s("line", { ...ends, class: `link${state}` }),
      s("line", { ...ends, class: "link-hit", onclick: pick }),
    ];
    for (const [x, y] of [[a, b], [b, a]] as const) {
      if (!cuts.has(`${x}>${y}`)) continue;
      const at = placeOf(this.#layout, x, y, 0.3);
      if (at === null) continue;
      marks.push(
        s("path", { class: "cut-mark", d: "M-5,-5 5,5M5,-5 -5,5", transform: `translate(${at.x},${at.y})` }),
      );
    }
    return marks;
  }

  #addLetter(letter: FlyingLetter, outward: Point): SVGGElement {
    const { path, filled, owner, label } = lookOf(letter);
    const pick = () => this.app.select({ kind: "letter", number: letter.number });
    const mark = s(
      "g",
      { class: "letter", "data-owner": owner, onclick: pick },
      s("title", {}, `${letter.type} ${label} from ${letter.from} to ${letter.to}`),
      s("circle", { r: 15, class: "letter-hit" }),
      s("path", { d: path, class: filled ? "shape filled" : "shape" }),
      label === "" ? null : s("text", labelPlace(outward), label),
    );
    this.#letters.append(mark);
    this.#letterMarks.set(letter.number, mark);
    return mark;
  }
}

/** A label stands on the side away from the line. */
function labelPlace({ x, y }: Point): Readonly<Record<string, string | number>> {
  const anchor = x > 0.35 ? "start" : x < -0.35 ? "end" : "middle";
  return { x: x * 12, y: y * 16 + 4, "text-anchor": anchor };
}

/** The pattern of what is written but not synced. */
function hatch(): SVGDefsElement {
  const pattern = s(
    "pattern",
    { id: "hatch", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    s("line", { class: "hatch", y2: 7 }),
  );
  return s("defs", {}, pattern);
}

const IN_LEGEND = ["prepare", "promise", "accept", "accepted", "nack", "sync_request", "snapshot"];

function legend(): HTMLElement {
  const entries = IN_LEGEND.map((type) => {
    const [path, filled] = SHAPES[type]!;
    const icon = s(
      "svg",
      { viewBox: "-10 -10 20 20", "aria-hidden": "true" },
      s("path", { d: path, class: filled ? "shape filled" : "shape" }),
    );
    return h("li", {}, icon, type.replace("_request", ""));
  });
  return h("ul", { class: "legend", "aria-label": "shapes of datagrams" }, ...entries);
}
