import { Search } from "../../src/sim/search.ts";
import type { Genes } from "../../src/sim/storm.ts";
import { traceStorm } from "../../src/sim/trace.ts";
import { assert, assertEquals, assertNotEquals } from "../assert.ts";

interface Line {
  readonly event?: number;
  readonly at_ms?: number;
  readonly kind?: string;
  readonly datagram?: { readonly text: string; readonly sent_at: number };
  readonly nodes?: Readonly<Record<string, unknown>>;
}

function traceOf(genes: Genes): string[] {
  const lines: string[] = [];
  traceStorm(genes, {}, { seed: genes.seed, bug: null }, (line) => lines.push(line));
  return lines;
}

Deno.test("the same seed gives the same trace, byte for byte, and another seed another one", () => {
  const seen = new Set<string>();
  for (const seed of [0, 1, 2, 3, 12345, 2 ** 40]) {
    const trace = traceOf({ seed, forks: [] }).join("\n");
    assertEquals(traceOf({ seed, forks: [] }).join("\n"), trace);
    seen.add(trace);
  }
  assertEquals(seen.size, 6);
});

Deno.test("a forked storm is its parent up to the fork, byte for byte, and another one from there", () => {
  const parent = traceOf({ seed: 5, forks: [] });
  const forks = [{ atEvent: 300, seed: 99 }];
  const child = traceOf({ seed: 5, forks });
  assertEquals(child.slice(1, 301), parent.slice(1, 301));
  assertNotEquals(child.slice(301, 601), parent.slice(301, 601));
  assertEquals(traceOf({ seed: 5, forks }), child);
});

Deno.test("the storm of a seed does not depend on which seeds were run before it", () => {
  const inOrder = new Search();
  const results = Array.from({ length: 16 }, (_, seed) => inOrder.run(seed));
  assert(results.some(({ genes }) => genes.forks.length > 0), "no storm went on from another one");
  const anyhow = new Search();
  for (const seed of [52, 15, 3, 12]) {
    const result = anyhow.run(seed);
    assertEquals(result, results[seed] ?? new Search().run(seed));
  }
});

Deno.test("a trace has a line for what was run, one for each event, and one for what came of it", () => {
  const trace = traceOf({ seed: 4, forks: [] }).map((line) => JSON.parse(line));
  const [head, verdict] = [trace[0], trace.at(-1)];
  const events: Line[] = trace.slice(1, -1);
  assertEquals(Object.keys(head), ["trace", "seed", "bug", "chance", "nodes"]);
  assertEquals([verdict.verdict, verdict.message, verdict.events], ["ok", null, events.length]);
  let last = 0;
  for (const [index, { event, at_ms: atMs, datagram }] of events.entries()) {
    assertEquals(event, index + 1);
    assert(atMs! >= last, `event ${event} is before its time`);
    last = atMs!;
    if (datagram !== undefined) assert(datagram.sent_at < event! && /^[a-z_]+ \{/.test(datagram.text), datagram.text);
  }
  assert(events.some(({ kind, nodes }) => kind === "crash" && Object.values(nodes!).includes(null)));
  assert(events.some(({ kind }) => kind === "call"));
});
