// Sessions, conditions and watching, with real clients and real nodes.
import { PaxosClient, type WatchEvent } from "../../src/client/client.ts";
import { assert, assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { Cluster } from "./cluster.ts";

/** Clients of one program each, but for the program. */
async function openClients(cluster: Cluster, count: number): Promise<PaxosClient[]> {
  return await Promise.all(Array.from({ length: count }, () => PaxosClient.open({ nodes: cluster.nodes })));
}

/** Waits for updates and gaps until this value, or a gap that reaches this instance, has come, and gives all. */
async function watchUntil(
  watched: ReturnType<PaxosClient["watch"]>,
  last: string,
  lastInstance: number = Infinity,
): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const event of watched) {
    events.push(event);
    if (event.kind === "update" ? event.value === last : event.to >= lastInstance) break;
  }
  return events;
}

/** The instances in order, each in an update or in a gap; fails where one is missing or comes twice. */
function instancesOf(events: readonly WatchEvent[], from: number): void {
  let next = from;
  for (const event of events) {
    const [first, last] = event.kind === "gap" ? [event.from, event.to] : Array(2).fill(event.instanceNumber);
    assert(first === next && last >= first, `${JSON.stringify(event)} where instance ${next} comes next`);
    next = last + 1;
  }
}

machineTest("of eight clients that count at once exactly one succeeds each round", async () => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start();
  const clients = await openClients(cluster, 8);
  let count: string | null = null;
  for (let round = 0; round < 12; round++) {
    // All of them write the same: only the condition tells them apart.
    const next = String(round);
    const outcomes = await Promise.all(clients.map((client) => client.compareAndSet(null, count, next)));
    const told = outcomes.map(({ outcome }) => outcome).sort();
    assertEquals(told, ["chosen", ...Array(7).fill("not_chosen")], JSON.stringify(outcomes));
    count = next;
  }
  const read = await cluster.client.get();
  assertEquals(read.outcome === "value" && read.value, "11");
  for (const client of clients) client.close();
});

machineTest("an instance is a condition too: it holds once, whatever value was written again", async () => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start();
  const { client } = cluster;
  const first = await client.propose("A", "same");
  assert(first.outcome === "chosen");
  const condition = { kind: "instance", instanceNumber: first.instanceNumber } as const;
  const second = await client.propose("B", "same", { condition });
  assert(second.outcome === "chosen" && second.instanceNumber > first.instanceNumber, JSON.stringify(second));
  const third = await client.propose("C", "other", { condition });
  assertEquals(third, {
    outcome: "not_chosen",
    reason: `the value is "same", not that of instance ${first.instanceNumber}`,
    node: "C",
  });
});

machineTest("when the asked node is killed another one is asked, and the update is applied once", async () => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start();
  const [client, watcher] = await openClients(cluster, 2);
  assert(client !== undefined && watcher !== undefined);
  const rounds = 8;
  const watched = watchUntil(watcher.watch("C", { from: 0 }), "the end");
  for (let round = 0; round < rounds; round++) {
    const victim = round % 2 === 0 ? "A" : "B";
    // Who has answered last is asked first.
    await cluster.until(victim, "the value before", ({ instanceNumber }) => instanceNumber >= round);
    assertEquals((await client.get(victim)).outcome, "value");
    const outcome = client.propose(null, `round ${round}`);
    await new Promise((resolve) => setTimeout(resolve, 2 * round));
    await cluster.kill([victim]);
    assertEquals((await outcome).outcome, "chosen");
    await cluster.start(victim);
  }
  assertEquals((await client.propose(null, "the end")).outcome, "chosen");
  const values = (await watched).flatMap((event) => event.kind === "update" ? [event.value] : []);
  assertEquals(values, [...Array.from({ length: rounds }, (_, round) => `round ${round}`), "the end"]);
  client.close();
  watcher.close();
});

machineTest("a watcher sees every update in order, over the restart of a node", async (t) => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start();
  const { client } = cluster;
  const choose = async (...values: string[]) => {
    for (const value of values) assertEquals((await client.propose("A", value)).outcome, "chosen");
  };
  const [atC, anywhere] = await openClients(cluster, 2);
  assert(atC !== undefined && anywhere !== undefined);
  await cluster.untilMet("C");
  const byC = watchUntil(atC.watch("C", { from: 0 }), "5");
  const byAny = watchUntil(anywhere.watch(null, { from: 0 }), "5");
  await choose("0", "1");
  await cluster.until("C", "the second value", ({ value }) => value === "1");
  await cluster.kill(["C"]);
  await choose("2", "3");
  await cluster.start("C");
  await cluster.until("C", "what it missed", ({ value }) => value === "3");
  await choose("4", "5");

  await t.step("of that node: what it has missed is an update or a gap", async () => {
    const events = await byC;
    instancesOf(events, 0);
    for (const event of events) if (event.kind === "update") assertEquals(event.value, String(event.instanceNumber));
    assertEquals(events.slice(0, 2).map(({ kind }) => kind), ["update", "update"]);
    assert(events.some(({ kind }) => kind === "gap"), "it was carried over two links");
  });

  await t.step("of any node: nothing is missed", async () => {
    const events = await byAny;
    instancesOf(events, 0);
    assertEquals(events.map((event) => event.kind === "update" && event.value), ["0", "1", "2", "3", "4", "5"]);
  });
  atC.close();
  anywhere.close();
});

machineTest("a node that is not asked to accept learns what is chosen all the same, link by link", async () => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet", "--master"] });
  await cluster.start();
  for (const uid of cluster.uids) await cluster.untilMet(uid);
  const first = await cluster.client.propose(null, "first");
  assert(first.outcome === "chosen");
  const from = first.instanceNumber + 1;
  for (const uid of cluster.uids) {
    await cluster.until(uid, "the first value", ({ instanceNumber }) => instanceNumber >= from, 5000);
  }
  const clients = await openClients(cluster, cluster.uids.length);
  const values = [...Array.from({ length: 100 }, (_, at) => `value ${at}`), "last"];
  const watched = cluster.uids.map((uid, at) =>
    watchUntil(clients[at]!.watch(uid, { from }), "last", from + values.length - 1)
  );
  for (const value of values) assertEquals((await cluster.client.propose(null, value)).outcome, "chosen");
  for (const events of await Promise.all(watched)) {
    const seen = events.map((event) => event.kind === "gap" ? null : event.value);
    let next = 0;
    seen.forEach((value, at) => {
      if (value === null) return;
      const skipped = values.indexOf(value) - next;
      assert(skipped === 0 || (skipped > 0 && seen[at - 1] === null), `${value} where ${values[next]} comes next`);
      next += skipped + 1;
    });
    // Where the machine is busy a node may be carried over a few. One that is told nothing is carried over nearly all.
    const updates = seen.filter((value) => value !== null).length;
    assert(updates > values.length / 2, `${updates} updates, the others in gaps`);
  }
  for (const client of clients) client.close();
});
