// What `paxos check` finds is seen in the lab: the same steps, one by one, and the same complaint.
import { GALLERY } from "../../src/check/gallery.ts";
import { run } from "../../src/cli/run.ts";
import { verdictOfTrace } from "../../src/lab/model/check_trace.ts";
import { scriptFromText, scriptToText } from "../../src/lab/model/share.ts";
import { Timeline } from "../../src/lab/model/timeline.ts";
import { scriptOfTrace } from "../../src/lab/model/trace_file.ts";
import { judge } from "../../src/lab/model/verdicts.ts";
import { FakeTerminal } from "../cli/fake_terminal.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";
import { machineTest } from "../permissions.ts";

/** What no step of the simulator's world has against it yet: the search looks at what all nodes have shown together. */
const SEEN_EARLY = ["accepted-survives-link", "value-and-index-apart"];

/** The file that `paxos check --bug NAME --trace FILE` writes. */
async function traceOfCheck(bug: string): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".jsonl" });
  try {
    assertEquals(await run(["check", "--bug", bug, "--trace", path], new FakeTerminal()), 1);
    return await Deno.readTextFile(path);
  } finally {
    await Deno.remove(path);
  }
}

for (const { bug } of GALLERY) {
  machineTest(`the lab opens what paxos check --bug ${bug} has written, and shows what is wrong`, async () => {
    const text = await traceOfCheck(bug);
    const script = scriptOfTrace(text);
    const timeline = new Timeline(script);
    timeline.extendTo(script.acts.length);
    assertEquals(timeline.last.index, script.acts.length, "all steps are played");
    assert(timeline.moments.every(({ possible }) => possible), "all of them are possible");
    const { safe } = judge(timeline, timeline.last.index);
    const says = verdictOfTrace(text);
    assert(says !== null && says.length > 10);
    assertEquals(safe === null, SEEN_EARLY.includes(bug), `${says}: ${safe?.message}`);
    const mended = new Timeline({ ...script, rule: null });
    mended.extendTo(script.acts.length);
    assertEquals(mended.last.violation, null, "with the rule in place the same steps break nothing");
  });
}

machineTest("a run of a model can be shared, and a trace that goes otherwise is refused", async () => {
  const text = await traceOfCheck("forget-disk");
  const script = scriptOfTrace(text);
  assertEquals(scriptFromText(scriptToText({ script, index: 3 })), { script, index: 3 });
  assertStringIncludes(script.scenario, "check:3:");
  const refused: [string, string][] = [
    [text.replace('"promised_id":[1,"A"]', '"promised_id":[7,"A"]'), "lead elsewhere here"],
    [text.replace('"check":"restart"', '"check":"nix"'), 'no model "nix"'],
    [text.replace('"bug":"forget-disk"', '"bug":"nix"'), 'no rule "nix"'],
  ];
  for (const [other, says] of refused) assertThrows(() => scriptOfTrace(other), SyntaxError, says);
});
