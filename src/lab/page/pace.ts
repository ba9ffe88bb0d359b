/// <reference lib="dom" />
/** Drawing all may take so large a part of the time while time goes on: the rest belongs to the frames between. */
const SHARE = 1 / 6;

/** While time goes on by itself: draws all of the page as often as that is cheap, so that what moves moves smoothly. */
export class Pace {
  #drawn = -1;
  #endMs = 0;
  #tookMs = 0;

  /** `draw` draws all. */
  constructor(readonly draw: () => void) {}

  /** Whether there is another moment to draw, and time for it. */
  isDue(index: number): boolean {
    return index !== this.#drawn && performance.now() - this.#endMs > this.#tookMs / SHARE;
  }

  /** Draws all. */
  render(index: number): void {
    const beginMs = performance.now();
    this.draw();
    this.#drawn = index;
    this.#endMs = performance.now();
    this.#tookMs = this.#endMs - beginMs;
  }
}
