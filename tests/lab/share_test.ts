import { formatAct, type LabAct } from "../../src/lab/model/act.ts";
import type { Script } from "../../src/lab/model/script.ts";
import { scriptFromText, scriptToText } from "../../src/lab/model/share.ts";
import { testOf } from "../../src/lab/model/test_export.ts";
import { Timeline } from "../../src/lab/model/timeline.ts";
import { scriptOfTrace, searchOf, traceOf } from "../../src/lab/model/trace_file.ts";
import { verdictOf } from "../../src/lab/model/verdicts.ts";
import { decodeShare, encodeShare } from "../../src/lab/page/share_link.ts";
import { PUZZLES } from "../../src/lab/puzzles/puzzle.ts";
import { Random } from "../../src/sim/random.ts";
import { traceStorm } from "../../src/sim/trace.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../assert.ts";
import { machineTest } from "../permissions.ts";

const MOST_BYTES = 4096;

/** Two hundred acts of all kinds, at any time. */
function manyActs(): Script {
  const random = new Random(1);
  const timeline = new Timeline({ scenario: "free:5", seed: 12, rule: null, acts: [] });
  for (let count = 0; count < 200; count++) {
    for (let wait = random.below(4); wait > 0; wait--) timeline.extend();
    const uid = random.pick(["A", "B", "C", "D", "E"]);
    const letter = timeline.flying(timeline.last.index)[0];
    const acts: LabAct[] = [
      { kind: "call", client: random.below(3), uid, operation: { type: "write", value: `v${count}` } },
      { kind: "crash", uid, saved: random.chance(0.5) },
      { kind: "restart", uid },
      { kind: "cut", from: uid, to: random.pick(["A", "B", "C"]) },
      ...(letter === undefined ? [] : [{ kind: "drop", letter } as const, { kind: "duplicate", letter } as const]),
    ];
    timeline.act(random.pick(acts), Math.round((timeline.last.atMs + random.unit()) * 100) / 100);
  }
  return timeline.script;
}

Deno.test("two hundred acts fit into a link of 4 KB, and come out of it as they were", async () => {
  const shared = { script: manyActs(), index: 300 };
  assertEquals(shared.script.acts.length, 200);
  const fragment = await encodeShare(shared);
  assert(fragment.length <= MOST_BYTES, `${fragment.length} bytes`);
  assert(/^[\w-]+$/.test(fragment), "letters that addresses allow");
  const read = await decodeShare(fragment);
  assertEquals(scriptToText(read), scriptToText(shared));
  assertEquals(read.script.acts.map(({ act }) => formatAct(act)), shared.script.acts.map(({ act }) => formatAct(act)));
});

Deno.test("a link that is damaged, or of another lab, is refused with the reason", async () => {
  const fragment = await encodeShare({ script: manyActs(), index: 0 });
  for (const text of ["x", "%%%", fragment.slice(0, 50), `A${fragment}`]) {
    const error = await assertRejects(() => decodeShare(text), SyntaxError);
    assert(error.message.length > 10);
  }
  const refused: [string, string][] = [
    ["2 free:3 0 - 0", "this lab reads 1"],
    ["1 free:9 0 - 0", 'there is no scenario "free:9"'],
    ["1 free:3 0 nothing 0", 'there is no rule "nothing"'],
    ["1 free:3 x - 0", "is no number"],
    ["1 free:3 0 - 0\nexplode A", "is no act"],
  ];
  for (const [text, says] of refused) assertThrows(() => scriptFromText(text), SyntaxError, says);
});

machineTest("an exported test passes or fails as the page does", async () => {
  const { script, winning } = PUZZLES.find(({ bug }) => bug.name === "forget-disk")!;
  const broken = { ...script, acts: winning };
  for (const [run, code] of [[broken, 1], [{ ...broken, rule: null }, 0]] as const) {
    const path = new URL(`exported_${code}_test.ts`, import.meta.url);
    try {
      Deno.writeTextFileSync(path, testOf(run, winning.length));
      const args = ["test", "-A", "--no-check", "--import-map=src/npm_import_map.json", path.href];
      const output = await new Deno.Command(Deno.execPath(), { args, cwd: new URL("../../", import.meta.url) })
        .output();
      assertEquals(output.code, code, new TextDecoder().decode(output.stdout));
      assertEquals(
        verdictOf(scriptToText({ script: run, index: winning.length }))?.kind ?? null,
        code === 0 ? null : "agreement",
      );
    } finally {
      Deno.removeSync(path);
    }
  }
});

Deno.test("a trace leads to the storm that it is of, and one of other nodes is refused", () => {
  assertEquals(scriptOfTrace(traceOf(12, null)), { scenario: "storm", seed: 12, rule: null, acts: [] });
  const lines: string[] = [];
  const search = searchOf("storm:5:master", null);
  traceStorm(search.run(3).genes, search.subject, { seed: 3, bug: null }, (line) => lines.push(line));
  assertEquals(scriptOfTrace(`${lines.join("\n")}\n`).scenario, "storm:5:master");
  assertThrows(
    () => scriptOfTrace(traceOf(12, null).replace('"kind":"crash"', '"kind":"rot"')),
    SyntaxError,
    "otherwise here",
  );
  assertThrows(() => scriptOfTrace("hello"), SyntaxError, "first line");
  assertThrows(
    () => scriptOfTrace('{"trace":9,"seed":1,"bug":null,"nodes":[],"chance":[]}'),
    SyntaxError,
    "its format is 9",
  );
});
