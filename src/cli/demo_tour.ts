// The guided tour: the main job told in seven steps. Each step says what really happened; one that does not, in time, ends it.
import type { DemoCluster } from "./demo_cluster.ts";

const STEP_MS = 20_000;

/** Something that should have happened did not. */
export class TourError extends Error {}

/** Runs the tour; `say` prints a line. */
export async function runTour(cluster: DemoCluster, say: (line: string) => void): Promise<void> {
  const { uids } = cluster;
  const [first, second, last] = [uids[0]!, uids[1]!, uids.at(-1)!];

  say(`1. ${uids.length} nodes start, each a process of its own, with its state in ${cluster.directory}.`);
  await startAll(cluster);

  say(`2. A client asks ${first} to set the value "hello".`);
  await propose(cluster, first, "hello", say);
  await everyNodeHas(cluster, uids, "hello");

  say(`3. ${last} is killed with SIGKILL, in the middle of everything.`);
  await cluster.kill(last);

  say(`4. The others are a quorum: ${second} is asked to set "world".`);
  await propose(cluster, second, "world", say);

  say(`5. ${last} starts again, from what it had saved.`);
  await start(cluster, [last]);
  const before = performance.now();
  await everyNodeHas(cluster, [last], "world");
  say(`   ${last} has caught up ${Math.round(performance.now() - before)} ms after it was ready.`);

  say(`6. Any node can be asked for the value, and none gives an old one. ${last} is asked.`);
  await get(cluster, last, "world", say);

  say("7. All nodes are killed at once, and start again: the value stands.");
  await Promise.all(uids.map((uid) => cluster.kill(uid)));
  await startAll(cluster);
  await get(cluster, first, "world", say);

  if (cluster.master) await killTheMaster(cluster, say);
  await sameLink(cluster);
  say(`Done: ${uids.length} nodes, one chain, one value.`);
}

async function killTheMaster(cluster: DemoCluster, say: (line: string) => void): Promise<void> {
  const master = await masterOf(cluster);
  const other = cluster.uids.find((uid) => uid !== master)!;
  say(`8. ${master} is master: it alone adds values. It is killed, and ${other} is asked to set "again".`);
  await cluster.kill(master);
  await propose(cluster, other, "again", say);
  say(`   ${await masterOf(cluster)} is master now, since the lease of ${master} has run out.`);
  await start(cluster, [master]);
}

/** Waits until one of the nodes is master. */
async function masterOf(cluster: DemoCluster): Promise<string> {
  const untilMs = performance.now() + STEP_MS;
  while (performance.now() < untilMs) {
    const running = cluster.running;
    const reports = await Promise.all(running.map((uid) => cluster.client.status(uid, { timeoutMs: STEP_MS })));
    const master = running.find((uid, index) => reports[index]?.masterUid === uid);
    if (master !== undefined) return master;
    const seen = cluster.events.length;
    await cluster.until(() => cluster.events.length > seen, 100);
  }
  throw new TourError(`No node became master within ${STEP_MS / 1000} s.`);
}

/** Waits until all nodes decide the same link. */
async function sameLink(cluster: DemoCluster): Promise<void> {
  const untilMs = performance.now() + STEP_MS;
  for (;;) {
    const seen = cluster.events.length;
    const reports = await Promise.all(cluster.uids.map((uid) => cluster.client.status(uid, { timeoutMs: STEP_MS })));
    const instances = new Set(reports.map((node) => node?.instanceNumber));
    if (instances.size === 1) return;
    if (performance.now() >= untilMs) {
      throw new TourError(`The nodes differ at the end: they decide links ${[...instances].join(", ")}.`);
    }
    await cluster.until(() => cluster.events.length > seen, 100);
  }
}

async function startAll(cluster: DemoCluster): Promise<void> {
  await start(cluster, cluster.uids);
}

async function start(cluster: DemoCluster, uids: readonly string[]): Promise<void> {
  const since = cluster.events.length;
  for (const uid of uids) cluster.start(uid);
  const ready = (uid: string) =>
    cluster.events.slice(since).some((event) => event.uid === uid && event.event === "listening");
  if (await cluster.until(() => uids.every(ready), STEP_MS)) return;
  throw new TourError(`${uids.filter((uid) => !ready(uid)).join(", ")} did not start within ${STEP_MS / 1000} s.`);
}

async function propose(cluster: DemoCluster, uid: string, value: string, say: (line: string) => void): Promise<void> {
  const began = performance.now();
  const answer = await cluster.client.propose(uid, value, { timeoutMs: STEP_MS });
  if (answer.outcome !== "chosen") {
    throw new TourError(`${JSON.stringify(value)} is ${answer.outcome}: ${answer.reason}`);
  }
  const took = (performance.now() - began).toFixed(1);
  say(`   ${uid} answers after ${took} ms: chosen, by instance ${answer.instanceNumber}.`);
}

async function get(cluster: DemoCluster, uid: string, expected: string, say: (line: string) => void): Promise<void> {
  const answer = await cluster.client.get(uid, { timeoutMs: STEP_MS });
  const value = answer.outcome === "value" ? answer.value : null;
  if (value !== expected) throw new TourError(`${uid} was asked for the value and says ${JSON.stringify(answer)}.`);
  say(`   ${uid} answers: ${JSON.stringify(value)}.`);
}

/** Asks again and again until the nodes show the value. */
async function everyNodeHas(cluster: DemoCluster, uids: readonly string[], value: string): Promise<void> {
  const untilMs = performance.now() + STEP_MS;
  for (const uid of uids) {
    for (;;) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) throw new TourError(`${uid} did not get ${JSON.stringify(value)} within ${STEP_MS / 1000} s.`);
      const seen = cluster.events.length;
      const status = await cluster.client.status(uid, { timeoutMs: leftMs });
      if (status?.value === value) break;
      await cluster.until(() => cluster.events.length > seen, Math.min(leftMs, 100));
    }
  }
}
