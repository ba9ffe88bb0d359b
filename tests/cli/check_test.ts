import { runJobs } from "../../src/cli/check_pool.ts";
import { exitCodeOf, reportLines } from "../../src/cli/check_report.ts";
import { run } from "../../src/cli/run.ts";
import { PLAIN_STYLE } from "../../src/sim/diagram.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { FakeTerminal } from "./fake_terminal.ts";

async function paxos(...args: string[]): Promise<{ code: number; terminal: FakeTerminal }> {
  const terminal = new FakeTerminal();
  return { code: await run(args, terminal), terminal };
}

Deno.test("check says that a model is complete, with its counts and its bounds, and ends with 0", async () => {
  const { code, terminal } = await paxos("check", "decision");
  const text = terminal.printed.join("\n");
  assertEquals(code, 0);
  assertStringIncludes(text, "complete: 50,207 unique states, depth 20");
  assertStringIncludes(text, "A up to number 1, B up to number 1; links: 1; crashes: 0");
  assertStringIncludes(terminal.printed.at(-1)!, "within these bounds no rule is broken");
});

Deno.test("check never claims more than it has tried: a model that was given up is not proved, and ends with 3", async () => {
  const { code, terminal } = await paxos("check", "chain", "--states", "20000");
  const text = terminal.printed.join("\n");
  assertEquals(code, 3);
  assert(!/^ *complete: /m.test(text), text);
  assertStringIncludes(text, "not proved");
  assertStringIncludes(text, "not yet: all nodes have all 2 links");
  assertStringIncludes(text, "nothing is proved");
});

Deno.test("check --bug tells the shortest story, names the command that shows it again, and ends with 1", async () => {
  const { code, terminal } = await paxos("check", "--bug", "own-value-wins");
  const text = terminal.printed.join("\n");
  assertEquals(code, 1);
  assertStringIncludes(text, "To see it again: paxos check --bug own-value-wins");
  assertStringIncludes(text, "instance 0 is decided twice");
  assertStringIncludes(text, "With the rule in place the same events break nothing.");
});

Deno.test("check --json prints one object on one line", async () => {
  const { code, terminal } = await paxos("check", "decision", "--json");
  assertEquals([code, terminal.printed.length], [0, 1]);
  const json = JSON.parse(terminal.printed[0]!);
  assertEquals(Object.keys(json).slice(0, 5), ["unique_states", "depth", "complete", "wall_ms", "violations"]);
  assertEquals([json.unique_states, json.depth, json.complete, json.violations], [50_207, 20, true, []]);
  const { terminal: broken } = await paxos("check", "--bug", "quorum-minus-one", "--json");
  const [violation] = JSON.parse(broken.printed[0]!).violations;
  assertEquals([violation.kind, violation.replay], ["agreement", "paxos check --bug quorum-minus-one"]);
});

Deno.test("check --nodes takes another number of nodes, and its bounds say so", async () => {
  const { code, terminal } = await paxos("check", "decision", "--nodes", "2");
  assertEquals(code, 0);
  assertStringIncludes(terminal.printed[1]!, "2 nodes");
});

Deno.test("check --list has a line for each model and each rule that can be taken away", async () => {
  const { code, terminal } = await paxos("check", "--list");
  const text = terminal.printed.join("\n");
  assertEquals(code, 0);
  for (const name of ["decision", "chain-retry", "forget-disk"]) assertStringIncludes(text, `  ${name} `);
});

Deno.test("what check cannot make sense of ends with 2", async () => {
  const wrong = [
    ["no-such-model"],
    ["--bug", "nix"],
    ["--bug", "duel"],
    ["--bug", "forget-disk", "chain"],
    ["--large", "chain"],
    ["--nodes", "1"],
    ["--nodes", "6"],
    ["--states", "0"],
  ];
  for (const args of wrong) assertEquals((await paxos("check", ...args)).code, 2, args.join(" "));
});

const JOBS = ["decision", "restart"].map((plan) => ({ plan, nodes: 3, bug: null, maxStates: 30_000 }));

machineTest(
  "models give the same counts on one core and on several, in the order in which they were asked for",
  async () => {
    const counts = async (cores: number) => {
      const done = await runJobs(JOBS, new AbortController().signal, () => {}, cores);
      return done.map(({ job, report }) => [job.plan, report?.states, report?.depth, report?.complete]);
    };
    const alone = await counts(1);
    assertEquals(alone.map(([plan]) => plan), ["decision", "restart"]);
    assertEquals(await counts(2), alone);
  },
);

Deno.test("a run that somebody ends says how far it came, and that this proves nothing", async () => {
  const abort = new AbortController();
  const done = await runJobs(JOBS, abort.signal, () => abort.abort(), 1);
  const text = reportLines(done, true, 1000, PLAIN_STYLE).join("\n");
  assertEquals(exitCodeOf(done), 3);
  assertStringIncludes(text, "interrupted at");
  assertStringIncludes(text, "nothing is proved");
});

machineTest("check --trace writes the way to what is wrong", async () => {
  const path = await Deno.makeTempFile();
  try {
    assertEquals((await paxos("check", "--bug", "forget-disk", "--trace", path)).code, 1);
    const lines = Deno.readTextFileSync(path).trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals([lines[0].check, lines[0].bug, lines.at(-1).verdict], ["restart", "forget-disk", "agreement"]);
    assertEquals((await paxos("check", "--bug", "forget-disk", "--trace", `${path}/no/such/place`)).code, 2);
  } finally {
    await Deno.remove(path);
  }
});
