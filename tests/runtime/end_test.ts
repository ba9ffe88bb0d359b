// How a node ends when it is asked to.
import { assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { Cluster } from "./cluster.ts";

machineTest("a node that is asked to end answers first whom it has not answered yet", async () => {
  await using cluster = await Cluster.create({ uids: ["A", "B"], serveArgs: ["--quiet"] });
  await cluster.start();
  assertEquals((await cluster.client.propose("A", "x")).outcome, "chosen");
  Deno.kill(cluster.running.get("B")!.pid, "SIGSTOP");
  const outcome = cluster.client.propose("A", "y");
  // Its session is open, so this is asked after the value was.
  assertEquals((await cluster.client.get("A", { local: true })).outcome, "value");
  const ended = cluster.kill(["A"], "SIGTERM");
  Deno.kill(cluster.running.get("B")!.pid, "SIGCONT");
  assertEquals([(await outcome).outcome, await ended], ["chosen", [0]]);
});

machineTest("where an answer cannot be had, a node that is asked to end ends within a second", async () => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start("A");
  const outcome = cluster.client.get("A", { timeoutMs: 3000 });
  assertEquals((await cluster.client.get("A", { local: true })).outcome, "value");
  const beganMs = performance.now();
  assertEquals(await cluster.kill(["A"], "SIGTERM"), [0]);
  assertEquals([performance.now() - beganMs < 1500, (await outcome).outcome], [true, "unknown"]);
});
