import { MasterNode, PlainNode } from "../../src/node.ts";
import { WITH_MASTER } from "../../src/sim/bugs/bug.ts";
import { clocksBeyondBound } from "../../src/sim/bugs/clocks_beyond_bound.ts";
import type { UpdateResult } from "../../src/replica/register.ts";
import { Search } from "../../src/sim/search.ts";
import { MASTER_STORM_MS } from "../../src/sim/weather.ts";
import { assert, assertEquals } from "../assert.ts";

const SEEDS = 500;

Deno.test(`${SEEDS} storms over the real node: no rule is broken, and each ends in a calm in which all is well`, () => {
  const search = new Search();
  let events = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    const result = search.run(seed);
    assertEquals(result.violation, null, `to see it again: paxos sim --seed ${seed}`);
    events += result.events;
  }
  assertEquals(events > 300 * SEEDS, true, "storms in which nothing happens show nothing");
});

Deno.test(`${SEEDS} storms over nodes with a master: no rule is broken, and each ends in a calm in which all is well`, () => {
  const search = new Search({ nodeClass: MasterNode, stormMs: MASTER_STORM_MS });
  for (let seed = 0; seed < SEEDS; seed++) {
    assertEquals(search.run(seed).violation, null, `to see it again: paxos sim --seed ${seed} --master`);
  }
});

Deno.test("300 storms that are aimed at leases, as those over their bugs are, break no rule of the real node", () => {
  const search = new Search(WITH_MASTER);
  for (let seed = 0; seed < 300; seed++) assertEquals(search.run(seed).violation, null, `seed ${seed}`);
});

Deno.test("with clocks that are off by far more than the bound nodes still agree, and come to an end", () => {
  const { subject } = clocksBeyondBound;
  const search = new Search({ ...subject, tolerates: ["mastership", "linearizability"] });
  for (let seed = 0; seed < 100; seed++) assertEquals(search.run(seed).violation, null, `seed ${seed}`);
});

Deno.test("in the storms links carry several updates, too", () => {
  const links = new Map<number, number>();
  class Counting extends PlainNode {
    protected override applied(instanceNumber: number, results: readonly UpdateResult[]): void {
      super.applied(instanceNumber, results);
      links.set(results.length, (links.get(results.length) ?? 0) + 1);
    }
  }
  const search = new Search({ nodeClass: Counting });
  for (let seed = 0; seed < 100; seed++) assertEquals(search.run(seed).violation, null);
  const [two, more] = [links.get(2) ?? 0, [...links].some(([updates]) => updates > 2)];
  assert(two > 100 && more, JSON.stringify([...links]));
});
