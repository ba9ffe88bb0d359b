// Chance from a seed: the same seed gives the same numbers on every machine.

/** A stream of chance, a function of its seed alone (sfc32; small, fast, and good enough for simulation). */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** `seed` is any integer up to 2^53; `stream` tells streams of one seed apart. */
  constructor(seed: number, stream = 0) {
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / 2 ** 32) >>> 0;
    this.#c = stream >>> 0;
    for (let i = 0; i < 12; i++) this.#next();
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum | 0;
    return sum >>> 0;
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return this.#next() / 2 ** 32;
  }

  /** Uniform in [least, most). */
  between(least: number, most: number): number {
    return least + this.unit() * (most - least);
  }

  /** A whole number from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.unit() * count);
  }

  /** Whether something of this probability happens. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** One of the list, which must not be empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** Exponential with this mean: many short waits and a few long ones. */
  wait(mean: number): number {
    return -logarithm(1 - this.unit()) * mean;
  }

  /** The list in another order. */
  shuffled<T>(list: readonly T[]): T[] {
    const result = [...list];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [result[i], result[j]] = [result[j]!, result[i]!];
    }
    return result;
  }
}

/**
 * The natural logarithm of a number above 0, at most 1, by operations that all engines round alike. What `Math.log` gives may
 * differ in its last digit from one engine to the next, and so would a storm.
 */
function logarithm(x: number): number {
  let halvings = 0;
  for (; x < Math.SQRT1_2; x *= 2) halvings++;
  // ln x = 2 artanh((x - 1) / (x + 1)), whose series needs few terms this close to 1.
  const root = (x - 1) / (x + 1);
  const square = root * root;
  let sum = 0;
  for (let odd = 21; odd >= 1; odd -= 2) sum = sum * square + 1 / odd;
  return 2 * root * sum - halvings * Math.LN2;
}
