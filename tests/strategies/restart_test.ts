// A node dies at every point at which it can, and comes back.
import type { AcceptorState } from "../../src/paxos/acceptor.ts";
import { BLANK_STATE, type NodeState } from "../../src/replica/node_state.ts";
import { PlainNode } from "../../src/node.ts";
import { assert, assertEquals } from "../assert.ts";
import type { NodeClass } from "../support/machine.ts";
import { watchRules } from "../support/rules.ts";
import { type Answers, VirtualCluster } from "../support/virtual_cluster.ts";

/** What clients have proposed, and what they were told. */
type Told = { readonly value: string; readonly answers: Answers }[];

function propose(cluster: VirtualCluster, uid: string, value: string): Told {
  return cluster.isUp(uid) ? [{ value, answers: cluster.propose(uid, value) }] : [];
}

/** Three values, two of them proposed at once. */
function story(cluster: VirtualCluster): Told {
  cluster.run(300);
  const told = [...propose(cluster, "A", "a1"), ...propose(cluster, "B", "b1")];
  cluster.run(100);
  told.push(...propose(cluster, "C", "c1"));
  cluster.run(400);
  return told;
}

/** After the story: whoever is down comes back, and one value more goes through each node. */
function judge(cluster: VirtualCluster, told: Told, breaches: readonly string[], what: string): void {
  for (const uid of cluster.nodes) if (!cluster.isUp(uid)) cluster.restart(uid);
  cluster.run(200);
  const last = cluster.nodes.flatMap((uid) => propose(cluster, uid, `last of ${uid}`));
  const done = (): boolean => last.every(({ answers }) => answers.length > 0);
  assert(
    cluster.runUntil(done, 4900),
    `${what}: no progress after the restart\n${cluster.trace.slice(-40).join("\n")}`,
  );
  for (const { value, answers } of [...told, ...last]) {
    for (const answer of answers) {
      assert(answer.result === "proposed", what);
      if (answer.outcome === "chosen") assertEquals(cluster.chain.get(answer.instanceNumber ?? -1), value, what);
      else assertEquals(answer.outcome, "unknown", what);
    }
  }
  const links = [...cluster.chain.values()];
  assertEquals(new Set(links).size, links.length, `${what}: a value stands in two links: ${links}`);
  assertEquals([...breaches], [], what);
  assertAllKnow(cluster, what);
}

/** Soon all nodes stand at the end of the chain: what they have forgotten to know is finished by whoever takes over. */
function assertAllKnow(cluster: VirtualCluster, what: string): void {
  cluster.run(6000);
  const end = Math.max(...cluster.chain.keys());
  for (const uid of cluster.nodes) {
    const { instanceNumber, register } = cluster.node(uid);
    assertEquals([instanceNumber, register.value], [end + 1, cluster.chain.get(end)!], `${what}: ${uid}`);
  }
}

function scenario(seed: number, saveMs?: number, nodeClass?: NodeClass): VirtualCluster {
  return new VirtualCluster({ seed, ...(saveMs && { saveMs }), ...(nodeClass && { nodeClass }) });
}

/** How many saves and sends the scenario has when nobody dies. */
function count(seed: number, saveMs?: number): { saves: number; sends: number } {
  const cluster = scenario(seed, saveMs);
  const breaches = watchRules(cluster);
  const told = story(cluster);
  const { saves, sends } = cluster;
  judge(cluster, told, breaches, "nobody dies");
  assert(saves > 15 && sends > 40, `${saves} saves and ${sends} sends`);
  return { saves, sends };
}

for (const fate of ["crash before", "crash after"] as const) {
  Deno.test(`a node that ${fate.replace("crash", "crashes just")} its save, whichever save it is, comes back and breaks nothing`, () => {
    for (const saveMs of [undefined, 0.3]) {
      const { saves } = count(1, saveMs);
      for (let k = 1; k <= saves; k++) {
        const cluster = scenario(1, saveMs);
        const breaches = watchRules(cluster);
        cluster.onSave = (uid, at) => {
          if (at === k) cluster.schedule(150, () => cluster.restart(uid));
          return at === k ? fate : "done";
        };
        judge(cluster, story(cluster), breaches, `${fate} save ${k}`);
      }
    }
  });
}

Deno.test("a node that crashes before its datagram leaves, whichever it is, comes back and breaks nothing", () => {
  const { sends } = count(2);
  for (let k = 1; k <= sends; k++) {
    const cluster = scenario(2);
    const breaches = watchRules(cluster);
    cluster.onSend = (uid, _to, _message, at) => {
      if (at === k) cluster.schedule(150, () => cluster.restart(uid));
      return at === k ? "crash" : [1];
    };
    judge(cluster, story(cluster), breaches, `crash before datagram ${k}`);
  }
});

Deno.test("a node whose disk fails stops, says why, and sends nothing that it did not save (S1)", () => {
  const { saves } = count(1);
  for (let k = 1; k <= saves; k++) {
    const cluster = scenario(1);
    const breaches = watchRules(cluster);
    let failed = "";
    cluster.onSave = (uid, at) => {
      if (at === k) failed = uid;
      return at === k ? "fail" : "done";
    };
    const told = story(cluster);
    assert(failed !== "" && !cluster.isUp(failed));
    const line = cluster.trace.findIndex((text) => text.endsWith(`${failed} stops: the disk is full`));
    const later = cluster.trace.slice(line + 1).filter((text) => text.includes(`  ${failed} `));
    assertEquals(later, [], "a node that has stopped is silent");
    judge(cluster, told, breaches, `save ${k} fails`);
  }
});

Deno.test("all three nodes crash at once and come back: the value stands, and no ID is used again (S3)", () => {
  const cluster = new VirtualCluster();
  const breaches = watchRules(cluster);
  for (let round = 0; round < 20; round++) {
    cluster.run(300 + round);
    cluster.propose(cluster.nodes[round % 3]!, `v${round}`);
    cluster.run(round % 7);
    for (const uid of cluster.nodes) cluster.crash(uid);
    cluster.run(10);
    for (const uid of cluster.nodes) cluster.restart(uid);
  }
  assertEquals([...breaches], []);
  assert(cluster.chain.size > 5, `${cluster.chain.size} links`);
  assertAllKnow(cluster, "after 20 rounds");
});

// The watchers count only if they see.

class SpeaksBeforeSaving extends PlainNode {
  override save(): NodeState {
    const acceptor: AcceptorState = { promisedId: null, acceptedId: null, acceptedValue: null };
    return { ...super.save(), acceptor };
  }
}

class ReusesIds extends PlainNode {
  override restore(state: NodeState): void {
    super.restore(state);
    this.paxos.proposer.highestNumber = 0;
    this.paxos.acceptor.restore(BLANK_STATE.acceptor);
  }
}

Deno.test("the watcher sees a node that speaks before it saves", () => {
  const cluster = scenario(1, undefined, SpeaksBeforeSaving);
  const breaches = watchRules(cluster);
  story(cluster);
  assertEquals(breaches[0], "A sends prepare 1.A @0 before it has saved that");
});

Deno.test("the watcher sees a node that uses an ID of its earlier life again", () => {
  const cluster = scenario(1, undefined, ReusesIds);
  const breaches = watchRules(cluster);
  cluster.run(300);
  cluster.onSend = (_from, _to, message) => message?.type === "accept" ? [] : [1];
  cluster.propose("A", "x");
  cluster.run(100);
  cluster.crash("A");
  cluster.restart("A");
  cluster.run(200);
  cluster.propose("A", "y");
  cluster.run(300);
  assert(breaches.some((breach) => breach.includes("an ID of its earlier life")), breaches.join("\n"));
  assert(breaches.some((breach) => breach.includes("a second value under that ID")), breaches.join("\n"));
});
