/// <reference lib="dom" />
import type { FlyingLetter } from "../model/letters.ts";
import type { Moment } from "../model/moment.ts";
import { describeMoment } from "../model/words.ts";
import type { App } from "./app.ts";
import { Arrow, type ArrowLook } from "./arrow.ts";
import { h, s, set } from "./dom.ts";

/** The width of a moment, and the room for names and times, in pixels. */
const [COLUMN, NAMES, TIMES] = [24, 72, 28];

/** The height of a lane: at least, and at most, in pixels. */
const [LOW_LANE, HIGH_LANE] = [25, 44];

/** Where more datagrams are on their way their lines are plain: so many dashes are no picture, and slow to paint. */
const CROWD = 60;

/** Space and time: a lane a node, a lane a client, a column a moment. */
export class DiagramView {
  /** What is put on the page. */
  readonly element: HTMLElement;
  #box: HTMLElement = h("div", { class: "diagram-box" });
  #svg: SVGSVGElement = s("svg", { class: "diagram", role: "img" });
  #below: SVGGElement = s("g");
  #arrows: SVGGElement = s("g");
  #above: SVGGElement = s("g");
  #arrowOf = new Map<FlyingLetter, Arrow>();
  #size: readonly [width: number, height: number] = [0, 0];
  #first = 0;
  #lane = LOW_LANE;
  #dragged: { readonly letter: FlyingLetter; readonly lane: number; index: number } | null = null;

  /** `delay` is called when the head of a datagram was dragged to after another moment. */
  constructor(readonly app: App, readonly delay: (letter: FlyingLetter, afterIndex: number) => void) {
    this.#svg.append(this.#below, this.#arrows, this.#above);
    this.#box.append(this.#svg);
    this.element = h("section", { class: "panel diagram-panel", "aria-label": "Space and time" }, this.#box);
    new ResizeObserver(() => {
      // Asked for here alone: while something is drawn the answer would lay out the whole page anew.
      this.#size = [this.#box.clientWidth, this.#box.clientHeight];
      this.render();
    }).observe(this.#box);
    this.#svg.addEventListener("pointermove", (event) => this.#drag(event));
    this.#svg.addEventListener("pointerup", () => this.#drop());
    this.#svg.addEventListener("pointercancel", () => this.#drop());
    this.#svg.addEventListener("click", (event) => this.#click(event));
  }

  /** Draws the moments around the one that is seen. */
  render(): void {
    const [width, boxHeight] = this.#size;
    if (width === 0) return;
    const { app } = this;
    const { timeline, index } = app;
    const columns = Math.max(Math.floor((width - NAMES - 30) / COLUMN), 4);
    this.#scroll(columns);
    const lanes = this.#lanes();
    const room = (boxHeight - TIMES) / lanes.length;
    this.#lane = Math.max(LOW_LANE, Math.min(room, HIGH_LANE));
    const height = TIMES + lanes.length * this.#lane;
    const last = Math.min(this.#first + columns, timeline.last.index);
    set(this.#svg, {
      class: app.flying.length > CROWD ? "diagram crowded" : "diagram",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      "aria-label": `moments ${this.#first} to ${last}: ${describeMoment(app.moment, true)}`,
    });
    this.#drawLetters(lanes, last);
    this.#below.replaceChildren(
      ...this.#drawLanes(lanes, width),
      ...this.#drawTimes(last),
      s("rect", { class: "now", x: this.#x(index) - COLUMN / 2, y: 2, width: COLUMN, height: height - 4, rx: 6 }),
    );
    this.#above.replaceChildren(
      ...this.#drawCalls(lanes, last),
      ...this.#drawMarks(lanes, last),
      ...this.#drawNames(lanes, height),
    );
  }

  /** Moves the window only as far as it has to, so that nothing jumps. */
  #scroll(columns: number): void {
    const { index } = this.app;
    const margin = Math.min(5, Math.floor(columns / 4));
    if (index > this.#first + columns - margin) this.#first = index - columns + margin;
    if (index < this.#first + margin) this.#first = Math.max(index - margin, 0);
  }

  #lanes(): string[] {
    const { setup } = this.app.timeline;
    const clients = Math.min(setup.clients, 4);
    return [...setup.machines.map(({ uid }) => uid), ...Array.from({ length: clients }, (_, at) => `client${at}`)];
  }

  #x(index: number): number {
    return NAMES + (index - this.#first) * COLUMN + COLUMN / 2;
  }

  #y(lane: number): number {
    return TIMES + (lane + 0.5) * this.#lane;
  }

  #drawLanes(lanes: readonly string[], width: number): Node[] {
    const { moment } = this.app;
    return lanes.flatMap((name, lane) => {
      const node = moment.nodes.get(name);
      const down = node !== undefined && !node.up;
      const y = this.#y(lane);
      return [
        s("line", { class: `lane${down ? " down" : ""}`, x1: NAMES - 6, x2: width, y1: y, y2: y }),
      ];
    });
  }

  /** Above what comes from further left. */
  #drawNames(lanes: readonly string[], height: number): Node[] {
    const names = lanes.map((name, lane) => {
      const owner = this.app.moment.nodes.has(name) ? name : "none";
      const place = { class: "lane-name", x: 8, y: this.#y(lane) + 4, "data-owner": owner };
      return s("text", place, name.replace("client", "client "));
    });
    return [s("rect", { class: "names", y: TIMES, width: NAMES - 6, height: height - TIMES }), ...names];
  }

  #drawTimes(last: number): Node[] {
    const marks: Node[] = [];
    for (let index = this.#first; index <= last; index += 4) {
      const { atMs } = this.app.timeline.moments[index]!;
      const text = atMs < 10_000 ? `${Math.round(atMs)} ms` : `${(atMs / 1000).toFixed(2)} s`;
      marks.push(s("text", { class: "time", x: this.#x(index), y: 12, "text-anchor": "middle" }, text));
    }
    return marks;
  }

  /** Those that are seen no more are taken away. */
  #drawLetters(lanes: readonly string[], last: number): void {
    const { app } = this;
    const seen = new Set<FlyingLetter>();
    for (const letter of app.timeline.letters) {
      if (letter.goneAt < this.#first || letter.sentAt > last) continue;
      const [from, to] = [lanes.indexOf(letter.from), lanes.indexOf(letter.to)];
      if (from < 0 || to < 0) continue;
      seen.add(letter);
      let arrow = this.#arrowOf.get(letter);
      if (arrow === undefined) {
        arrow = new Arrow(letter, (event) => this.#grab(event, letter, to));
        this.#arrowOf.set(letter, arrow);
        this.#arrows.append(arrow.element);
      }
      arrow.draw(this.#lookOf(letter, from, to));
    }
    for (const [letter, { element }] of this.#arrowOf) {
      if (seen.has(letter)) continue;
      element.remove();
      this.#arrowOf.delete(letter);
    }
  }

  #lookOf(letter: FlyingLetter, from: number, to: number): ArrowLook {
    const { app } = this;
    const { sentAt, goneAt, fate } = letter;
    const flying = goneAt > app.index;
    const unborn = sentAt > app.index;
    const end = goneAt === Infinity ? Math.max(app.timeline.last.index, app.index) + 1 : goneAt;
    const dragged = this.#dragged?.letter === letter ? this.#dragged.index + 0.5 : null;
    const arrives = goneAt !== Infinity && fate === "delivered";
    const selected = app.selection?.kind === "letter" && app.selection.number === letter.number;
    const [x1, y1] = [this.#x(sentAt), this.#y(from)];
    // What waits for the learner stays where it was sent, or a picture of many such would be nothing but lines.
    const waits = goneAt === Infinity && app.timeline.setup.byHand && !selected && dragged === null;
    const lanes = to - from;
    const x2 = waits ? x1 + 7 + 4 * Math.abs(lanes) : this.#x(dragged ?? end);
    const half = goneAt === Infinity || fate === "dropped";
    const y2 = waits
      ? y1 + Math.sign(lanes) * (7 + 4 * Math.abs(lanes))
      : half
      ? y1 + (this.#y(to) - y1) * 0.55
      : this.#y(to);
    return {
      ends: { x1, y1, x2, y2 },
      whole: arrives || goneAt === Infinity,
      class: `arrow${unborn ? " unborn" : flying ? " flying" : ""}${selected ? " selected" : ""}`,
    };
  }

  #drawCalls(lanes: readonly string[], last: number): Node[] {
    const marks: Node[] = [];
    for (let index = Math.max(this.#first, 1); index <= last; index++) {
      const { act, operations } = this.app.timeline.moments[index]!;
      const x = this.#x(index);
      if (act?.kind === "call" || act?.kind === "retry") {
        const [from, to] = [lanes.indexOf(`client${act.client}`), lanes.indexOf(act.uid)];
        if (from >= 0) marks.push(s("line", { class: "call-line", x1: x, x2: x, y1: this.#y(from), y2: this.#y(to) }));
      }
      const before = this.app.timeline.moments[index - 1]!.operations;
      if (operations === before) continue;
      for (const { client, call, outcome } of operations) {
        const then = before.find((one) => one.client === client && one.call === call);
        const lane = lanes.indexOf(`client${client}`);
        if (lane < 0 || then?.outcome.type === outcome.type || outcome.type === "unknown") continue;
        marks.push(s("text", { class: "told", x, y: this.#y(lane) + 4, "text-anchor": "middle" }, "✓"));
      }
    }
    return marks;
  }

  #drawMarks(lanes: readonly string[], last: number): Node[] {
    const marks: Node[] = [];
    for (let index = Math.max(this.#first, 1); index <= last; index++) {
      const moment = this.app.timeline.moments[index]!;
      const x = this.#x(index);
      for (const name of namesOf(moment)) {
        const lane = lanes.indexOf(name);
        if (lane < 0) continue;
        const future = index > this.app.index ? " unborn" : "";
        const title = s("title", {}, describeMoment(moment, true));
        marks.push(
          s(
            "g",
            { class: `mark ${moment.act?.kind}${future}${moment.possible ? "" : " impossible"}` },
            title,
            s("circle", { cx: x, cy: this.#y(lane), r: 6.5 }),
            s("text", { x, y: this.#y(lane) + 3.5, "text-anchor": "middle" }, signOf(moment)),
          ),
        );
      }
      if (moment.decided.length > 0) {
        marks.push(s("text", { class: "decided", x, y: 26, "text-anchor": "middle" }, "◆"));
      }
      if (moment.violation !== null) marks.push(s("text", { class: "broken", x, y: 26, "text-anchor": "middle" }, "✖"));
    }
    return marks;
  }

  #grab(event: PointerEvent, letter: FlyingLetter, lane: number): void {
    this.app.playing = false;
    this.app.select({ kind: "letter", number: letter.number });
    if (letter.sentAt > this.app.index && letter.goneAt === Infinity) return;
    this.#dragged = { letter, lane, index: -1 };
    this.#svg.setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  #drag(event: PointerEvent): void {
    if (this.#dragged === null) return;
    const x = event.clientX - this.#svg.getBoundingClientRect().left;
    const index = Math.floor((x - NAMES) / COLUMN) + this.#first;
    this.#dragged.index = Math.max(index, this.#dragged.letter.sentAt);
    this.render();
  }

  #drop(): void {
    const dragged = this.#dragged;
    this.#dragged = null;
    if (dragged === null || dragged.index < 0) return;
    const goneAt = Math.min(dragged.letter.goneAt, this.app.timeline.last.index + 1);
    if (dragged.index + 1 > goneAt || (dragged.index > dragged.letter.sentAt && dragged.index + 1 < goneAt)) {
      this.delay(dragged.letter, dragged.index);
    }
    this.render();
  }

  #click(event: MouseEvent): void {
    const target = event.target as Element;
    if (target.closest(".head") !== null) return;
    const x = event.clientX - this.#svg.getBoundingClientRect().left;
    if (x > NAMES) this.app.seek(Math.floor((x - NAMES) / COLUMN) + this.#first);
  }
}

/** In whose lane a moment is marked; deliveries have their arrows. */
function namesOf({ act }: Moment): string[] {
  if (act === null || "letter" in act) return [];
  if (act.kind === "call" || act.kind === "retry") return [`client${act.client}`];
  if ("from" in act) return [act.from];
  return "uid" in act ? [act.uid] : [];
}

const SIGNS: Readonly<Record<string, string>> = {
  crash: "✕",
  wipe: "∅",
  restart: "↑",
  pause: "‖",
  resume: "▸",
  saved: "s",
  timer: "t",
  cut: "/",
  mend: "~",
  slow: "»",
  hang_disk: "!",
  mend_disk: "s",
  rot: "?",
  call: "c",
  retry: "c",
};

function signOf({ act }: Moment): string {
  return SIGNS[act?.kind ?? ""] ?? "•";
}
