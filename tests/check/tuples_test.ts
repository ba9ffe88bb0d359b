import { Rows, Tuples } from "../../src/check/tuples.ts";
import { Random } from "../../src/sim/random.ts";
import { assert, assertEquals } from "../assert.ts";

Deno.test("a set of tuples is one set, whatever the order and however often it grows", () => {
  const random = new Random(7);
  const places = new Map<string, number>();
  const tuples = new Tuples(3);
  for (let i = 0; i < 200_000; i++) {
    // Few different numbers, so that many tuples come twice and many differ in one place only.
    const tuple = Uint32Array.from({ length: 3 }, () => random.below(60));
    const known = places.get(tuple.join());
    assertEquals(tuples.intern(tuple), known ?? places.size);
    assertEquals(tuples.added, known === undefined);
    places.set(tuple.join(), known ?? places.size);
  }
  assertEquals(tuples.size, places.size);
  assert(tuples.size > 100_000);
  const read = new Uint32Array(3);
  for (const [text, place] of places) {
    tuples.read(place, read);
    assertEquals(read.join(), text);
  }
});

Deno.test("rows keep numbers up to 2^32 - 1, over the end of a piece", () => {
  const rows = new Rows(2);
  for (let i = 0; i < 70_000; i++) assertEquals(rows.append([i, 2 ** 32 - 1 - i]), i);
  assertEquals([rows.size, rows.at(65_536, 0), rows.at(65_535, 1)], [70_000, 65_536, 2 ** 32 - 1 - 65_535]);
  assert(rows.bytes >= 70_000 * 8);
});
