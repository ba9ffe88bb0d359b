import { PLANS, STANDARD } from "../../src/check/models.ts";
import { modelOf } from "../../src/check/model.ts";
import { Search } from "../../src/check/search.ts";
import { PlainNode } from "../../src/node.ts";
import type { Slip } from "../../src/sim/bugs/bug.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { searchAll, within } from "./models.ts";
import { countStates } from "./naive.ts";

const TINY: readonly Parameters<typeof within>[] = [
  ["decision", { numbers: { A: 1 }, reach: { accepted: ["A"] } }],
  ["decision", { numbers: { A: 1, B: 1 }, reach: { accepted: ["A"] } }, 2],
  ["chain", { numbers: { A: 1 }, reach: { accepted: ["A"] }, instances: 1 }, 2],
  ["restart", { numbers: { A: 1 }, reach: { accepted: [] }, crashes: 1 }, 2],
  ["chain-restart", { numbers: { A: 1 }, reach: { accepted: ["A"] }, instances: 1, crashes: 1 }, 2],
];

for (const tiny of TINY) {
  const [plan, { numbers, crashes = 0 }, nodes = 3] = tiny;
  const title = `${plan} of ${nodes} nodes, ${Object.keys(numbers!).join(" and ")} driving, ${crashes} crashes`;
  Deno.test(`a search that plays every path anew meets the same number of states: ${title}`, () => {
    const { states } = searchAll(within(...tiny)).progress;
    assert(states > 10, "something happens");
    assertEquals(states, countStates(within(...tiny)));
  });
}

Deno.test("one decision of two proposers and three acceptors has 50,207 states, each time", () => {
  const decision = modelOf(STANDARD[0]!);
  for (const search of [searchAll(decision), searchAll(decision)]) {
    assertEquals(search.progress, { states: 50_207, expanded: 50_207, depth: 20 });
    assert(search.isComplete);
    assertEquals([...search.seen].sort(), decision.sometimes.map(({ name }) => name).sort());
  }
});

Deno.test("a search that stops early knows that it is not complete, and goes on where it was", () => {
  const search = new Search(within("decision", {}));
  assert(search.expand(1000));
  assertEquals([search.progress.expanded, search.isComplete], [1000, false]);
  while (search.expand(777));
  assertEquals([search.progress.states, search.isComplete], [50_207, true]);
});

Deno.test("a wider bound is never a smaller space", () => {
  const states = (crashes: number) => searchAll(within("restart", { crashes })).progress.states;
  const [none, one, two] = [states(0), states(1), states(2)];
  assert(none < one && one < two, `${none}, ${one}, ${two}`);
});

Deno.test("a node that throws is a violation, told with the moves that lead there", () => {
  const breaking: Slip = (Base) =>
    class extends Base {
      protected override receiveAccept(): void {
        throw new Error("planted");
      }
    };
  const bug = {
    name: "planted",
    rule: "nodes do not throw",
    ruleRef: "none",
    source: "this test",
    slip: breaking,
    subject: { nodeClass: PlainNode },
    kinds: ["error" as const],
  };
  const { broken } = searchAll(within("decision", {}, 3, bug));
  assertEquals(broken?.violation.kind, "error");
  assertStringIncludes(broken!.violation.message, "planted");
  assertEquals(broken!.path.map(({ move }) => move.kind), ["timer", "deliver", "deliver"]);
});

Deno.test("a model in which nothing can happen says so", () => {
  const search = searchAll(within("decision", { numbers: {} }));
  assertEquals([search.progress.states, search.isComplete, search.seen.size], [1, true, 0]);
});

Deno.test("models have names of their own, a summary, and something that must be able to happen", () => {
  const names = PLANS.map(({ name }) => name);
  assertEquals(names, [...new Set(names)]);
  for (const { summary, sometimes } of PLANS) assert(summary !== "" && sometimes.length > 0);
});
