// A real node whose state file is gone comes back by --rejoin, and by nothing else.
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { Cluster } from "./cluster.ts";
import { PaxosProcess } from "./paxos_process.ts";

async function chosen(cluster: Cluster, uid: string, value: string): Promise<boolean> {
  return (await cluster.client.propose(uid, value)).outcome === "chosen";
}

/** Tries to start the node with these arguments; gives its exit code and what it said. */
async function tried(cluster: Cluster, ...args: string[]): Promise<{ code: number; said: string }> {
  const lines: string[] = [];
  const command = ["serve", "B", "--config", cluster.configFile, ...args];
  const code = await new PaxosProcess(command, (line) => lines.push(line)).exited;
  return { code, said: lines.join("\n") };
}

machineTest("a node that has lost its state file rejoins, abstains, and votes again", async () => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start();
  for (const value of ["x", "y"]) assert(await chosen(cluster, "B", value));
  await cluster.kill(["B"]);
  await Deno.remove(cluster.stateFile("B"));
  const refused = await tried(cluster);
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.said, "Where there is no backup, run: paxos serve B --rejoin");

  const process = new PaxosProcess(["serve", "B", "--config", cluster.configFile, "--rejoin", "--quiet"]);
  cluster.running.set("B", process);
  await process.line(/trouble: node B has lost its state and rejoins: it votes for nothing until link \d+ is chosen/);
  const [trouble] = (await cluster.client.status("B"))?.troubles ?? [];
  assertEquals(trouble?.kind, "rejoining");
  assertEquals((await cluster.paxos("status")).code, 1, "a cluster with a node that does not vote is not healthy");
  // It needs the flag no more: that it has lost its state is in the new one.
  await cluster.kill(["B"]);
  await cluster.start("B");
  for (const value of ["link 2", "link 3", "link 4"]) assert(await chosen(cluster, "A", value));
  await cluster.until("B", "it votes again", ({ troubles }) => troubles.length === 0, 5000);
  await cluster.kill(["C"]);
  assert(await chosen(cluster, "A", "with B's vote"));
});

machineTest("--rejoin is refused where the state is not lost, and where the others are no quorum", async () => {
  await using cluster = await Cluster.create();
  await cluster.start("B");
  await cluster.kill(["B"], "SIGTERM");
  const healthy = await tried(cluster, "--rejoin");
  assertEquals(healthy.code, 1);
  assertStringIncludes(healthy.said, "Node B has its state, in");
  assertStringIncludes(healthy.said, "--rejoin is for a node that has lost it. Start it without --rejoin");
  await using pair = await Cluster.create({ uids: ["A", "B"] });
  const alone = await tried(pair, "--rejoin");
  assertEquals(alone.code, 2);
  assertStringIncludes(alone.said, "Node B cannot rejoin a cluster of 2 nodes");
});
