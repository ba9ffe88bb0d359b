// The disk of one simulated machine. A save goes the way of the real one: a temporary file is written and synced, then renamed
// over the old one. What is not durable when the machine fails may be lost, or torn.
import type { Random } from "./random.ts";

/** A save that is under way. */
export interface Writing {
  /** The whole text. */
  readonly text: string;
  /** To be called when it is durable. */
  readonly done: (error: Error | null) => void;
}

/** One file, replaced whole. */
export class SimDisk {
  /** What would be read now if the machine failed now. */
  durable: string | null = null;
  /** What is being saved. */
  writing: Writing | null = null;
  /** What a failure has left of a temporary file; nobody reads it. */
  torn: string | null = null;
  /** Whether saves never end. */
  hung = false;
  /** Whether what is durable is not what was saved. */
  rotten = false;

  /** Begins a save. */
  save(text: string, done: (error: Error | null) => void): void {
    this.writing = { text, done };
  }

  /** Ends the save that is under way. */
  complete(): void {
    const { writing } = this;
    if (writing === null || this.hung) return;
    this.writing = null;
    this.durable = writing.text;
    writing.done(null);
  }

  /**
   * The machine fails: a save under way has reached the disk whole, in part (then the old file stands), or not at all.
   * Chance decides, and draws as much where `saved` is given and overrules it.
   */
  crash(random: Random, saved?: boolean): void {
    const { writing } = this;
    this.writing = null;
    this.torn = null;
    if (writing === null) return;
    const whole = random.chance(1 / 3);
    if (saved ?? whole) this.durable = writing.text;
    else this.torn = writing.text.slice(0, random.below(writing.text.length + 1));
  }

  /** One bit of the file turns around. */
  rot(random: Random): void {
    if (this.durable === null) return;
    this.rotten = true;
    const at = random.below(this.durable.length);
    const flipped = String.fromCharCode(this.durable.charCodeAt(at) ^ (1 << random.below(7)));
    this.durable = this.durable.slice(0, at) + flipped + this.durable.slice(at + 1);
  }
}
