/** The upper bounds of the classes in which saves are counted, in milliseconds; what takes longer is counted in the whole alone. */
export const SAVE_BOUNDS_MS: readonly number[] = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500];

/** How long saves have taken, in this life of the node. */
export class SaveTimes {
  /** How many there were. */
  count = 0;
  /** How long they took together, in milliseconds. */
  totalMs = 0;
  /** How many took at most as long as the bound of that place. */
  readonly within: number[] = SAVE_BOUNDS_MS.map(() => 0);

  /** Counts a save that took so many milliseconds. */
  add(saveMs: number): void {
    this.count++;
    this.totalMs += saveMs;
    for (const [place, boundMs] of SAVE_BOUNDS_MS.entries()) if (saveMs <= boundMs) this.within[place]!++;
  }
}
