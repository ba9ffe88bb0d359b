// More than a cluster can do, on a virtual clock: disks that need 10 ms for a save, and ten times as many values as links can take.
import { MAX_PROPOSALS } from "../../src/replica/proposals.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { withMaster } from "../support/masters.ts";
import { outcome, settled } from "../support/scenes.ts";
import type { Answers, VirtualCluster } from "../support/virtual_cluster.ts";

const VALUE = "v".repeat(2000);
const TIMEOUT_MS = 500;

/** Asks the nodes for so many values each millisecond, for so long; gives what each client was told, and looks at the queues meanwhile. */
function flood(cluster: VirtualCluster, uids: readonly string[], perMs: number, ms: number): Map<string, Answers> {
  const asked = new Map<string, Answers>();
  for (let at = 0; at < ms; at++) {
    for (let i = 0; i < perMs; i++) {
      for (const uid of uids) {
        const value = `${uid} ${cluster.nowMs.toFixed(0)}.${i} ${VALUE}`;
        asked.set(value, cluster.propose(uid, value, TIMEOUT_MS));
      }
    }
    cluster.run(1);
    for (const uid of uids) {
      const waiting = cluster.node(uid).proposals.all.length;
      assert(waiting <= MAX_PROPOSALS, `${waiting} values wait at node ${uid}`);
    }
  }
  return asked;
}

/** How many clients were told what; a refusal has to say why, and what to do. */
function toldOf(
  asked: ReadonlyMap<string, Answers>,
): { chosen: string[]; busy: string[]; unknown: string[]; silent: number } {
  const told = { chosen: [] as string[], busy: [] as string[], unknown: [] as string[], silent: 0 };
  for (const [value, answers] of asked) {
    const [answer] = answers;
    const kind = outcome(answers).split(" ")[0];
    if (answer?.result === "refused") {
      assertMatch(answer.reason, /^node \w has too many values waiting \(1024\): try again later, or another node$/);
      told.busy.push(value);
    } else if (kind === "chosen") told.chosen.push(value);
    else if (kind === "unknown") told.unknown.push(value);
    else told.silent++;
  }
  return told;
}

function clusters(): { what: string; cluster: VirtualCluster; uids: readonly string[] }[] {
  const plain = settled({ saveMs: 10 });
  const { cluster, master } = withMaster({ saveMs: 10 });
  return [
    { what: "without a master, one node asked", cluster: plain, uids: ["A"] },
    { what: "without a master, all asked", cluster: settled({ saveMs: 10 }), uids: ["A", "B", "C"] },
    { what: "at the master", cluster, uids: [master] },
  ];
}

Deno.test("ten times what a cluster can do: the queue is bounded, nobody is left without an answer, and work goes on", () => {
  for (const { what, cluster, uids } of clusters()) {
    // What it can do.
    const enough = toldOf(flood(cluster, uids.slice(0, 1), 1, 100));
    assertEquals([enough.busy.length, what], [0, what]);
    cluster.run(TIMEOUT_MS);
    const asked = flood(cluster, uids, 10, 400);
    cluster.run(TIMEOUT_MS + 100);
    const { chosen, busy, unknown, silent } = toldOf(asked);
    assertEquals([silent, what], [0, what]);
    assert(chosen.length >= 100, `${what}: ${chosen.length} were chosen`);
    assert(busy.length >= asked.size / 4, `${what}: ${busy.length} of ${asked.size} were refused`);
    assert(unknown.length < asked.size / 2, `${what}: of ${unknown.length} nobody knows`);
    // Told of what a node was too busy for: never chosen. Told of what was chosen: once.
    const links = [...cluster.chain.values()].join("\n");
    const times = (value: string) => links.split(value.slice(0, value.indexOf("v"))).length - 1;
    for (const value of busy.slice(0, 100)) assertEquals(times(value), 0, value.slice(0, 20));
    for (const value of chosen.slice(0, 100)) assertEquals(times(value), 1, value.slice(0, 20));
  }
});

Deno.test("within a second of the end of an overload a new value is chosen, and all nodes have it", () => {
  for (const { what, cluster, uids } of clusters()) {
    flood(cluster, uids, 10, 400);
    const after = cluster.propose(uids[0]!, "after", 1000);
    // When the save that goes on is done the queue is full still: the client tries again, as it was told.
    cluster.run(15);
    assertEquals([outcome(after), what], ["refused", what]);
    cluster.run(TIMEOUT_MS - 15);
    const again = cluster.propose(uids[0]!, "after", 500);
    cluster.run(500);
    assert(outcome(again).startsWith("chosen"), `${what}: ${outcome(again)}`);
    for (const uid of uids) assertEquals(cluster.node(uid).proposals.all.length, 0, what);
    for (const uid of cluster.nodes) assertEquals(cluster.node(uid).register.value, "after", what);
  }
});
