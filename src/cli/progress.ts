// One line on a terminal that is written over and over, for what takes long.

const encoder = new TextEncoder();

/** How often the line is written, in milliseconds. */
const INTERVAL_MS = 100;

/** Shows how far something is, where a person watches standard error. */
export class Progress {
  #shownAtMs = -Infinity;
  #shown = false;

  /** `isShown`: whether anybody watches. */
  constructor(readonly isShown: boolean = Deno.stderr.isTerminal()) {}

  /** Writes the line over the last one, though not too often. */
  show(line: string): void {
    const nowMs = performance.now();
    if (!this.isShown || nowMs - this.#shownAtMs < INTERVAL_MS) return;
    this.#shownAtMs = nowMs;
    this.#shown = true;
    Deno.stderr.writeSync(encoder.encode(`\r${line}\x1b[K`));
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#shown) Deno.stderr.writeSync(encoder.encode("\r\x1b[K"));
    this.#shown = false;
  }
}
