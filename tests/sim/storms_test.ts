import { Search } from "../../src/sim/search.ts";
import { assertEquals } from "../assert.ts";

const SEEDS = 1000;

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
