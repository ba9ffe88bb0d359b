import type { Timers } from "./timers.ts";

/** How often the counts are reported, in milliseconds. */
export const REPORT_INTERVAL_MS = 1000;

/**
 * Counts what is thrown away, and reports the counts at a bounded rate: whoever sends rubbish shall not fill the disk with
 * complaints about it.
 */
export class Drops {
  /** All that was thrown away in this life, by reason. */
  readonly totals: Map<string, number> = new Map();
  #counts = new Map<string, number>();

  /** `report` gets the counts by reason, once a second at most. */
  constructor(
    readonly report: (counts: ReadonlyMap<string, number>) => void,
    readonly timers: Pick<Timers, "set" | "cancel">,
  ) {}

  /** Counts one. The reasons are few: nothing that comes from outside is part of one. */
  count(reason: string): void {
    if (this.#counts.size === 0) this.timers.set("drops", REPORT_INTERVAL_MS, () => this.flush());
    for (const counts of [this.#counts, this.totals]) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }

  /** Reports what was counted since the last report, if anything, and forgets it. */
  flush(): void {
    this.timers.cancel("drops");
    if (this.#counts.size === 0) return;
    const counts = this.#counts;
    this.#counts = new Map();
    this.report(counts);
  }
}
