// `propose` under a condition and `get --local`, against real nodes.
import { run } from "../../src/cli/run.ts";
import { assertEquals, assertMatch } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { Cluster } from "../runtime/cluster.ts";
import { FakeTerminal } from "./fake_terminal.ts";

machineTest("propose sets the value under a condition or says why not, and get --local asks nobody else", async (t) => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start();
  const paxos = async (...args: string[]) => {
    const terminal = new FakeTerminal(new Uint8Array(), { PAXOS_CONFIG: cluster.configFile });
    const code = await run(args, terminal);
    return { code, printed: terminal.printed, noted: terminal.noted };
  };
  const says = async (code: number, line: string, ...args: string[]) =>
    assertEquals(await paxos(...args), { code, printed: [line], noted: [] });

  await t.step("--expect-none", async () => {
    await says(0, "chosen 0 x", "propose", "A", "x", "--expect-none");
    await says(1, 'not chosen: the value is "x", not none', "propose", "B", "z", "--expect-none");
  });

  await t.step("--expect", async () => {
    await says(1, 'not chosen: the value is "x", not "y"', "propose", "A", "z", "--expect", "y");
    await says(0, "chosen 3 y", "propose", "C", "y", "--expect", "x");
    await says(0, "chosen 4 ", "propose", "B", "", "--expect=y");
    await says(0, "chosen 5 a\\nb", "propose", "A", "a\nb", "--expect", "");
    await says(1, 'not chosen: the value is "a\\nb", not "a"', "propose", "A", "c", "--expect", "a");
  });

  await t.step("--expect-instance", async () => {
    await says(
      1,
      'not chosen: the value is "a\\nb", not that of instance 4',
      "propose",
      "A",
      "c",
      "--expect-instance",
      "4",
    );
    await says(0, "chosen 8 c", "propose", "B", "c", "--expect-instance", "5");
  });

  await t.step("--json", async () => {
    await says(
      1,
      '{"outcome":"not_chosen","instance_number":null,"value":"d","node":"A","reason":"the value is \\"c\\", not \\"x\\""}',
      ..."propose A d --expect x --json".split(" "),
    );
    await says(
      0,
      '{"outcome":"chosen","instance_number":10,"value":"d","node":"A","reason":null}',
      ..."propose A d --expect c --json".split(" "),
    );
  });

  await t.step("a value that was refused by a condition is not read", async () => {
    await says(0, "d", "get");
  });

  await t.step("without a quorum get --local gives what the node has, and get gives nothing", async () => {
    await cluster.until("C", "the last value", ({ instanceNumber }) => instanceNumber === 11);
    await cluster.kill(["A", "B"]);
    await says(0, "d", "get", "C", "--local");
    await says(
      0,
      '{"value":"d","instance_number":10,"node_instance_number":11,"node":"C","read":"local"}',
      ..."get C --local --json".split(" "),
    );
    await says(0, "d", "get", "--local");
    const { code, printed, noted } = await paxos("get", "C", "--timeout", "0.3");
    assertEquals([code, printed], [3, []]);
    assertMatch(noted.join(), /^unknown: no answer from C in 0.3 s$/);
  });
});
