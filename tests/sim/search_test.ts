import { blockOf, Search } from "../../src/sim/search.ts";
import { Storm } from "../../src/sim/storm.ts";
import { assert, assertEquals, assertNotEquals } from "../assert.ts";

Deno.test("a seed gives the same storm whether it is run alone or after those before it", () => {
  const inOrder = new Search();
  const results = Array.from({ length: 25 }, (_, seed) => inOrder.run(seed));
  assertEquals(new Search().run(24), results[24]!);
  const backwards = new Search();
  assertEquals([24, 12, 3].map((seed) => backwards.run(seed)), [results[24]!, results[12]!, results[3]!]);
});

Deno.test("a block varies storms that it has kept: up to the fork they are the same, from there on they are not", () => {
  const search = new Search();
  const results = Array.from({ length: blockOf({}) }, (_, seed) => search.run(seed));
  const forked = results.find(({ genes }) => genes.forks.length > 0);
  assert(forked !== undefined, "no storm of the block was a fork");
  const { seed, forks } = forked.genes;
  const atEvent = forks.at(-1)!.atEvent;
  const [child, parent] = [eventsOf(seed, forks), eventsOf(seed, forks.slice(0, -1))];
  assertEquals(child.slice(0, atEvent), parent.slice(0, atEvent));
  assertNotEquals(child.slice(atEvent), parent.slice(atEvent));
});

function eventsOf(seed: number, forks: Storm["genes"]["forks"]): string[] {
  const events: string[] = [];
  new Storm({ seed, forks }, {}, (event, atMs) => events.push(`${atMs} ${JSON.stringify(event)}`)).run();
  return events;
}
