// What clients are told of their proposals.
import { MAX_PROPOSALS } from "../../src/replica/proposals.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { watchRules } from "../support/rules.ts";
import { openSession, propose, tagged } from "../support/sessions.ts";
import { outcome, settled } from "../support/scenes.ts";

Deno.test("a proposal whose deadline passes without a quorum is unknown, in time; its value may still be chosen", () => {
  const cluster = settled();
  cluster.crash("B");
  cluster.crash("C");
  const answers = cluster.propose("A", "x", 700);
  cluster.run(699);
  assertEquals(answers, []);
  cluster.run(1);
  assertEquals(outcome(answers), "unknown");
  assert(answers[0]?.result === "proposed" && answers[0].reason?.includes("no quorum"));

  const other = settled();
  other.onSend = (_from, _to, message) => message?.type === "accepted" ? [] : [1];
  const late = other.propose("A", "x", 700);
  other.run(1000);
  assertEquals(outcome(late), "unknown");
  other.onSend = () => [1];
  other.run(4000);
  assertEquals([...other.chain], [[0, "x"]]);
  assertEquals(late.length, 1, "and it is told once");
});

Deno.test("a value that was given up before it left its node makes room for the next one", () => {
  const cluster = settled();
  cluster.crash("B");
  cluster.crash("C");
  const [late, next] = [cluster.propose("A", "late", 500), cluster.propose("A", "next", 5000)];
  cluster.run(600);
  cluster.restart("B");
  cluster.run(2000);
  assertEquals([outcome(late), outcome(next)], ["unknown", "chosen 0"]);
  assertEquals([...cluster.chain.values()], ["next"]);
});

Deno.test("a client hears chosen when its value is, though its node was carried over the link; unknown where nobody can say", () => {
  for (const links of [1, 2]) {
    const cluster = settled();
    const breaches = watchRules(cluster);
    const answers = cluster.propose("A", "x");
    cluster.run(2.5);
    cluster.cut("A", "B");
    cluster.cut("A", "C");
    cluster.run(5);
    if (links === 2) cluster.proposeRaw("B", "y");
    cluster.run(10);
    cluster.heal();
    cluster.run(500);
    assertEquals(outcome(answers), links === 1 ? "chosen 0" : "unknown");
    assertEquals([...cluster.chain.values()], ["x", "y"].slice(0, links));
    assertEquals([...breaches], []);
  }
});

Deno.test("the queue of a node without a quorum is bounded: what does not fit is refused at once, and never chosen", () => {
  const cluster = settled();
  cluster.crash("B");
  cluster.crash("C");
  const told = Array.from({ length: MAX_PROPOSALS + 3 }, (_, i) => cluster.propose("A", `v${i}`));
  assertEquals(told.map(outcome).filter((text) => text === "refused").length, 3);
  const refused = told.at(-1)![0]!;
  assert(refused.result === "refused");
  assertStringIncludes(refused.reason, "too many values waiting");
});

Deno.test("with a session the outcome of what does not fit is unknown, since a copy of the request may find room; the client is told", () => {
  const cluster = settled();
  const update = tagged(openSession(cluster, "A"), 1, "x");
  cluster.crash("B");
  cluster.crash("C");
  for (let i = 0; i < MAX_PROPOSALS; i++) cluster.proposeRaw("A", `v${i}`);
  const [answer] = propose(cluster, "A", update);
  assert(answer?.result === "proposed");
  assertStringIncludes(answer.reason ?? "", "too many values waiting (1024): try again later, or another node");
  cluster.restart("B");
  cluster.run(2000);
  const again = propose(cluster, "A", update);
  cluster.run(100);
  assert(outcome(again).startsWith("chosen"), outcome(again));
});

Deno.test("a client is not told chosen for a link that chose the same text before it asked", () => {
  const cluster = settled();
  cluster.onSend = (from, to, message) => {
    if (from !== "A" && to !== "A") return [1];
    const decides = message?.type === "accept" || message?.type === "accepted";
    return to === "A" && decides && message.instanceNumber === 0 ? [100] : [];
  };
  cluster.proposeRaw("B", "x");
  cluster.run(50);
  cluster.proposeRaw("C", "y");
  cluster.run(40);
  const answers = cluster.propose("A", "x");
  cluster.run(20);
  assertEquals([cluster.chosen("A").get(0), outcome(answers)], ["x", "no answer"]);
  cluster.onSend = () => [1];
  cluster.run(200);
  assertEquals([[...cluster.chain.values()], outcome(answers)], [["x", "y", "x"], "chosen 2"]);
});
