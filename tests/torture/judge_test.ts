import type { ProposeOutcome } from "../../src/client/client.ts";
import { encodeLink } from "../../src/replica/link.ts";
import { assertEquals } from "../assert.ts";
import { Judge } from "./judge.ts";

/** The line that a node prints for a link with this value, and this number in a session. */
function line(instance: number, value: string, sequence?: number): string {
  const update = sequence === undefined ? { value } : { value, session: { openedAt: 0, id: "s", sequence } };
  return JSON.stringify({ time: "", event: "chosen", instance_number: instance, link: encodeLink([update]) });
}

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
  const other = JSON.stringify({ time: "", event: "sent", to: "B", datagram: "accept {}" });
  const printed = [line(0, "a"), other, "no JSON", line(0, "a"), line(1, "b"), line(3, "d")];
  assertEquals(judge(printed, { a: chosen(0), b: unknown, c: unknown, d: chosen(3), e: notChosen }), []);
});

Deno.test("a copy of an update in a later link is clean; the first one counts", () => {
  assertEquals(judge([line(4, "a", 1), line(2, "a", 1)], { a: chosen(2) }), []);
  assertEquals(judge([line(4, "a", 1), line(2, "a", 1)], { a: chosen(4) }), [
    "a was reported chosen by instance 4, and the first that printed it is 2",
  ]);
});

Deno.test("the judge sees two values of one instance", () => {
  assertEquals(judge([line(0, "a"), line(0, "b")], {}), ["instance 0 was printed with a and b"]);
});

Deno.test("the judge sees a value that was reported chosen and is lost, or in another place", () => {
  assertEquals(judge([line(0, "a")], { b: chosen(1) }), [
    "b was reported chosen by instance 1, and the first that printed it is none",
  ]);
  assertEquals(judge([line(0, "a")], { a: chosen(1) }).length, 1);
});

Deno.test("the judge sees a value that was chosen although it was reported as not chosen, or applied twice", () => {
  assertEquals(judge([line(2, "a")], { a: notChosen }), ["a was reported as not chosen, and instance 2 chose it"]);
  const twice = ["a was proposed once and applied by instances 2 and 4"];
  assertEquals(judge([line(2, "a"), line(4, "a")], { a: unknown }), twice);
  assertEquals(judge([line(2, "a", 1), line(4, "a", 2)], { a: unknown }), twice);
});
