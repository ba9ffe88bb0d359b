import { assert, assertEquals, assertMatch } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { torture, type TortureOptions } from "./torture.ts";

const SHORT: TortureOptions = { seconds: 12, roundMs: 4000, seed: 1, nodes: 3, master: false };

/** Until it is found, for a minute at most. */
async function findIn(file: string): Promise<string> {
  const nodeFile = new URL(file, import.meta.url).pathname;
  const { violations } = await torture({ ...SHORT, seconds: 60, nodeFile });
  return violations.join("\n");
}

machineTest("some seconds of torture break no rule, and all is done that is counted", async () => {
  const { violations, operations, links, faults, datagrams, rounds } = await torture(SHORT);
  assertEquals(violations, []);
  const { kills, pauses, partitions, "one-way cuts": oneWay } = faults;
  assert(rounds >= 2 && links > 10 && kills > 0 && pauses + partitions + oneWay > 0, JSON.stringify({ links, faults }));
  assert(operations["read ok"]! > 0 && operations["write chosen"]! > 0, JSON.stringify(operations));
  assert(datagrams.passed > 100, JSON.stringify(datagrams));
});

machineTest("torture sees reads that ask nobody", async () => {
  assertMatch(await findIn("stale_node.ts"), /not linearizable/);
});

machineTest("torture sees nodes that decide alone", async () => {
  assertMatch(
    await findIn("lone_node.ts"),
    /instance \d+: . has .*, . has |was reported chosen by instance|not linearizable/,
  );
});
