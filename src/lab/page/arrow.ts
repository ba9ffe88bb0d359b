/// <reference lib="dom" />
import type { FlyingLetter } from "../model/letters.ts";
import { s, set } from "./dom.ts";
import { lookOf } from "./shapes.ts";

/** How the way of a datagram is drawn. */
export interface ArrowLook {
  /** Where it begins and ends. */
  readonly ends: { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number };
  /** Whether it has ended as it should, or not at all yet. */
  readonly whole: boolean;
  /** Its classes. */
  readonly class: string;
}

/** The way of one datagram: made once, and changed where it has to be, for there may be hundreds. */
export class Arrow {
  /** What is put on the page. */
  readonly element: SVGGElement;
  #line: SVGLineElement = s("line");
  #shape: SVGPathElement;
  #head: SVGGElement;
  #path: string;

  /** `grab` is called when its head is taken hold of. */
  constructor(letter: FlyingLetter, grab: (event: PointerEvent) => void) {
    const { owner, path, filled } = lookOf(letter);
    this.#path = path;
    this.#shape = s("path", { class: filled ? "shape filled" : "shape" });
    this.#head = s("g", { class: "head" }, s("circle", { class: "letter-hit", r: 17 }), this.#shape);
    this.#head.addEventListener("pointerdown", grab);
    this.element = s("g", { "data-owner": owner }, this.#line, this.#head);
  }

  /** Draws it so. */
  draw({ ends, whole, class: names }: ArrowLook): void {
    set(this.#line, ends);
    set(this.#head, { transform: `translate(${ends.x2},${ends.y2}) scale(.62)` });
    set(this.#shape, { d: whole ? this.#path : "M-6,-6 6,6M6,-6 -6,6" });
    set(this.element, { class: names });
  }
}
