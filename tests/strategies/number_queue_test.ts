// What mixins are, by the ancestor's example: a queue of numbers, and two ways to change what it gives.
import { assertEquals } from "../assert.ts";
import type { Constructor } from "../../src/strategies/constructor.ts";

class NumberQueue {
  #numbers: number[] = [];

  put(number: number): void {
    this.#numbers.push(number);
  }

  get(): number {
    return this.#numbers.shift() ?? NaN;
  }
}

function Doubling<B extends Constructor<NumberQueue>>(Base: B): B {
  return class Doubling extends Base {
    override get(): number {
      return 2 * super.get();
    }
  };
}

function Incrementing<B extends Constructor<NumberQueue>>(Base: B): B {
  return class Incrementing extends Base {
    override get(): number {
      return super.get() + 1;
    }
  };
}

/** What comes out when 2, 3 and 4 went in. */
function take(queue: NumberQueue): number[] {
  for (const number of [2, 3, 4]) queue.put(number);
  return [queue.get(), queue.get(), queue.get()];
}

Deno.test("a queue gives the numbers as they are", () => {
  assertEquals(take(new NumberQueue()), [2, 3, 4]);
});

Deno.test("a mixin changes what the class below it gives", () => {
  class DoublingQueue extends Doubling(NumberQueue) {}
  assertEquals(take(new DoublingQueue()), [4, 6, 8]);
});

Deno.test("two mixins in one order, and in the other: what stands on the left has the last word", () => {
  class DoublesThenIncrements extends Incrementing(Doubling(NumberQueue)) {}
  class IncrementsThenDoubles extends Doubling(Incrementing(NumberQueue)) {}
  assertEquals(take(new DoublesThenIncrements()), [5, 7, 9]);
  assertEquals(take(new IncrementsThenDoubles()), [6, 8, 10]);
});
