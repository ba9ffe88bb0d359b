/// <reference lib="dom" />
/** Drawing all may take so large a part of the time while time goes on: the rest belongs to the frames between. */
const SHARE = 1 / 8;

/** What a frame takes anyhow, in milliseconds: sixty a second. */
const FRAME_MS = 17;

/** While time goes on by itself: draws all of the page as often as that is cheap, so that what moves moves smoothly. */
export class Pace {
  #drawn = -1;
  #beginMs: number | null = null;
  #endMs = 0;
  #tookMs = 0;

  /** `draw` draws all. */
  constructor(readonly draw: () => void) {}

  /** Whether there is another moment to draw, and time for it. Asked once a frame, for the browser's own work counts too. */
  isDue(index: number): boolean {
    const nowMs = performance.now();
    if (this.#beginMs !== null) {
      this.#tookMs = Math.max(nowMs - this.#beginMs - FRAME_MS, 0);
      this.#endMs = nowMs;
      this.#beginMs = null;
    }
    return index !== this.#drawn && nowMs - this.#endMs >= this.#tookMs / SHARE;
  }

  /** Draws all. */
  render(index: number): void {
    this.#beginMs = performance.now();
    this.#drawn = index;
    this.draw();
  }
}
