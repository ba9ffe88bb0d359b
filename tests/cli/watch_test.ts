// `watch` as a process of its own, against real nodes.
import { assert, assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { Cluster } from "../runtime/cluster.ts";
import { PaxosProcess } from "../runtime/paxos_process.ts";

/** A `paxos watch` and what it prints, on either stream. */
function watch(cluster: Cluster, ...args: string[]): { readonly process: PaxosProcess; readonly lines: string[] } {
  const lines: string[] = [];
  return {
    process: new PaxosProcess(["watch", "--config", cluster.configFile, ...args], (line) => lines.push(line)),
    lines,
  };
}

machineTest(
  "watch prints each update, from the first one that is wanted, and ends with exit code 0 by SIGINT",
  async () => {
    await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
    await cluster.start();
    const choose = async (value: string) => assertEquals((await cluster.client.propose("A", value)).outcome, "chosen");
    await choose("first");
    await choose("two\nlines\x1b[31m");
    const watching = [watch(cluster, "--from", "0"), watch(cluster, "A", "--from", "1", "--json")];
    const third = watching.map(({ process }) => process.line(/third/));
    await Promise.all(watching.map(({ process }) => process.line(/two/)));
    await choose("third");
    await Promise.all(third);
    assertEquals(await Promise.all(watching.map(({ process }) => process.kill("SIGINT"))), [0, 0]);
    assertEquals(watching.map(({ lines }) => lines), [
      ["0 first", "1 two\\nlines\\u001b[31m", "2 third"],
      ['{"instance_number":1,"value":"two\\nlines\\u001b[31m"}', '{"instance_number":2,"value":"third"}'],
    ]);
  },
);

machineTest("without --from watch begins with what comes next", async () => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start();
  assertEquals((await cluster.client.propose("A", "before")).outcome, "chosen");
  const { process, lines } = watch(cluster, "A");
  const seen = process.line(/./);
  let instanceNumber = -1;
  // It cannot be seen when the watcher has begun: so values go on until it sees one.
  for (let isSeen = false; !isSeen;) {
    const outcome = await cluster.client.propose("A", "after");
    assert(outcome.outcome === "chosen");
    ({ instanceNumber } = outcome);
    isSeen = await Promise.race([seen.then(() => true), cluster.client.status("A").then(() => false)]);
  }
  assertEquals(await process.kill("SIGINT"), 0);
  const first = Number(lines[0]?.split(" ")[0]);
  assert(first > 0 && first <= instanceNumber, lines[0]);
  assertEquals(lines, lines.map((_, index) => `${first + index} after`));
});

machineTest("what no node has any more is a gap, and whoever waits for dead nodes is told", async () => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start();
  for (const value of ["a", "b"]) assertEquals((await cluster.client.propose("A", value)).outcome, "chosen");
  // A node saves what it has learned when it next says something: then it is killed.
  for (const uid of cluster.uids) {
    const isSaved = () => Deno.readTextFileSync(cluster.stateFile(uid)).includes('"instance_number":2');
    await cluster.until(uid, "two links, on its disk", isSaved, 5000);
  }
  await cluster.kill();
  const waiting = watch(cluster, "B");
  await waiting.process.line(/^waits: 3 of 3 nodes do not answer \(A, B, C\)$/);
  assertEquals(await waiting.process.kill("SIGINT"), 0);
  await cluster.start();
  const watching = [watch(cluster, "--from", "0"), watch(cluster, "B", "--from", "1", "--json")];
  const seen = watching.map(({ process }) => process.line(/c/));
  assertEquals((await cluster.client.propose("B", "c")).outcome, "chosen");
  await Promise.all(seen);
  assertEquals(await Promise.all(watching.map(({ process }) => process.kill("SIGINT"))), [0, 0]);
  const [text, json] = watching.map(({ lines }) => lines);
  assertEquals(text?.toSorted(), ["2 c", "gap: the updates of instances 0 to 1 are not to be had any more"]);
  assertEquals(json, ['{"gap_from":1,"gap_to":1}', '{"instance_number":2,"value":"c"}']);
});
