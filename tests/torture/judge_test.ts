import type { ProposeOutcome } from "../../src/client/client.ts";
import { assertEquals } from "../assert.ts";
import { Judge } from "./judge.ts";

function judge(printed: readonly string[], told: Readonly<Record<string, ProposeOutcome>>): string[] {
  const judge = new Judge();
  for (const line of printed) judge.printed(line);
  for (const [value, outcome] of Object.entries(told)) judge.told.push({ value, outcome });
  return judge.violations();
}

const chosen = (instanceNumber: number): ProposeOutcome => ({ outcome: "chosen", instanceNumber, node: "A" });
const unknown: ProposeOutcome = { outcome: "unknown", reason: "", node: "A" };
const notChosen: ProposeOutcome = { outcome: "not_chosen", reason: "", node: "A" };

Deno.test("a run is clean where every reported value is in its place, and the unknown ones are anywhere or nowhere", () => {
  const printed = ["chosen 0 a", "-> B accept {}", "chosen 0 a", "chosen 1 b", "chosen 3 d"];
  assertEquals(judge(printed, { a: chosen(0), b: unknown, c: unknown, d: chosen(3), e: notChosen }), []);
});

Deno.test("the judge sees two values of one instance", () => {
  assertEquals(judge(["chosen 0 a", "chosen 0 b"], {}), ["instance 0 was printed with a and b"]);
});

Deno.test("the judge sees a value that was reported chosen and is lost, or in another place", () => {
  assertEquals(judge(["chosen 0 a"], { b: chosen(1) }), [
    "b was reported chosen by instance 1, and is not what was printed there",
  ]);
  assertEquals(judge(["chosen 0 a"], { a: chosen(1) }).length, 1);
});

Deno.test("the judge sees a value that was chosen although it was reported as not chosen, or chosen twice", () => {
  assertEquals(judge(["chosen 2 a"], { a: notChosen }), ["a was reported as not chosen, and instance 2 chose it"]);
  assertEquals(judge(["chosen 2 a", "chosen 4 a"], { a: unknown }), [
    "a was proposed once and chosen by instances 2 and 4",
  ]);
});
