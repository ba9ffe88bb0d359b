import { run } from "../../src/cli/run.ts";
import { sweep } from "../../src/cli/sim_pool.ts";
import { replayCommand } from "../../src/cli/sim_story.ts";
import { BUGS } from "../../src/sim/bugs/index.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { FakeTerminal } from "./fake_terminal.ts";

async function paxos(...args: string[]): Promise<{ code: number; terminal: FakeTerminal }> {
  const terminal = new FakeTerminal();
  return { code: await run(args, terminal), terminal };
}

Deno.test("sim without a violation ends with 0 and says how much was done", async () => {
  const { code, terminal } = await paxos("sim", "--seeds", "12");
  assertEquals(code, 0);
  assertEquals(terminal.printed.length, 1);
  assertStringIncludes(terminal.printed[0]!, "12 seeds");
  assertStringIncludes(terminal.printed[0]!, "no rule was broken");
});

Deno.test("sim --bug finds the bug, tells its story and ends with 1; the command that it names shows it again", async () => {
  const { code, terminal } = await paxos("sim", "--bug", "quorum-minus-one", "--seeds", "20");
  const command = terminal.printed[1]!.replace("To see it again: paxos ", "").split(" ");
  assertEquals([code, command.slice(0, 2)], [1, ["sim", "--seed"]]);
  const again = await paxos(...command);
  assertEquals(again.code, 1);
  assertEquals(again.terminal.printed.slice(0, -1), terminal.printed.slice(0, -1));
});

Deno.test("sim --json prints one object on one line", async () => {
  const { code, terminal } = await paxos("sim", "--bug", "quorum-minus-one", "--seeds", "20", "--json");
  assertEquals([code, terminal.printed.length], [1, 1]);
  const json = JSON.parse(terminal.printed[0]!);
  assertEquals(Object.keys(json), ["seeds", "events", "virtual_ms", "wall_ms", "violations"]);
  const [violation] = json.violations;
  assertEquals(violation.kind, "agreement");
  assertEquals(violation.replay, `paxos sim --seed ${violation.seed} --bug quorum-minus-one`);
});

Deno.test("sim --list-bugs has a line for each bug, its name first", async () => {
  const { code, terminal } = await paxos("sim", "--list-bugs");
  assertEquals([code, terminal.printed.map((line) => line.split(" ")[0])], [0, BUGS.map(({ name }) => name)]);
});

Deno.test("a bug that is not found within the seeds is told so, and ends with 0", async () => {
  const { code, terminal } = await paxos("sim", "--bug", "learner-mixes-instances", "--nodes", "7", "--seeds", "1");
  assertEquals(code, 0);
  assertStringIncludes(terminal.printed[0]!, "the bug learner-mixes-instances was not found");
});

Deno.test("what sim cannot make sense of ends with 2", async () => {
  const wrong = [
    ["--bug", "nix"],
    ["--seed", "1", "--seeds", "2"],
    ["--shard", "3/2"],
    ["--shard", "0/2"],
    ["--nodes", "2"],
    ["--seeds", "0"],
    ["--seed", "-1"],
    ["--master", "--bug", "duel"],
    ["--bug", "forget-disk", "--node", "mine.ts"],
    ["--node", "tests/no_such_file.ts"],
  ];
  for (const args of wrong) assertEquals((await paxos("sim", ...args)).code, 2, args.join(" "));
});

Deno.test("the command that shows a seed again names all that it takes", () => {
  assertEquals(
    replayCommand(7, { bug: null, master: false, nodes: 5, nodeFile: "my node.ts" }),
    "paxos sim --seed 7 --nodes 5 --node 'my node.ts'",
  );
});

/** What the storms of 110 seeds have shown. */
async function sweepOn(cores: number, shard?: { index: number; of: number }): Promise<unknown[]> {
  const outcomes: unknown[] = [];
  const job = { bug: "drop-when-busy", master: false, nodeFile: null, nodes: 3 };
  const subject = { ...BUGS.find(({ name }) => name === job.bug)!.subject, nodes: 3 };
  for await (const outcome of sweep(job, subject, { first: 40, count: 70 }, shard, cores)) outcomes.push(outcome);
  return outcomes;
}

machineTest("storms come out in the order of their seeds, the same on one core and on several", async () => {
  const alone = await sweepOn(1);
  assertEquals(alone.length, 70);
  assertEquals(await sweepOn(2), alone);
  const shards = [await sweepOn(1, { index: 0, of: 2 }), await sweepOn(1, { index: 1, of: 2 })];
  assert(shards.every((shard) => shard.length > 0));
  const seedOf = (outcome: unknown): number => (outcome as { seed: number }).seed;
  assertEquals(shards.flat().sort((a, b) => seedOf(a) - seedOf(b)), alone);
});

machineTest("sim --trace writes the run of the seed", async () => {
  const path = await Deno.makeTempFile();
  try {
    assertEquals((await paxos("sim", "--seed", "3", "--trace", path)).code, 0);
    const lines = Deno.readTextFileSync(path).trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals([lines[0].seed, lines.at(-1).verdict, lines.at(-1).events], [3, "ok", lines.length - 2]);
    assertEquals((await paxos("sim", "--seed", "3", "--trace", `${path}/no/such/place`)).code, 2);
  } finally {
    await Deno.remove(path);
  }
});

machineTest(
  "sim --node runs a composition from a file, and refuses a class that is none of ours underneath",
  async () => {
    const dir = await Deno.makeTempDir();
    try {
      const own = new URL("../../src/node.ts", import.meta.url);
      Deno.writeTextFileSync(
        `${dir}/mine.ts`,
        `import { PlainNode } from "${own}";
export default class Mine extends PlainNode { override takeEffects(): never { throw new Error("mine"); } }\n`,
      );
      const { code, terminal } = await paxos("sim", "--seeds", "3", "--node", `${dir}/mine.ts`);
      assertEquals(code, 1);
      assertStringIncludes(terminal.printed.join("\n"), "a node has thrown: mine");
      Deno.writeTextFileSync(
        `${dir}/other.ts`,
        "export default class Other { step() {} takeEffects() { return []; } save() {} restore() {} }\n",
      );
      const refused = await paxos("sim", "--seeds", "3", "--node", `${dir}/other.ts`);
      assertEquals(refused.code, 2);
      assertStringIncludes(refused.terminal.noted[0]!, "does not extend ReplicatedValue");
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
);
