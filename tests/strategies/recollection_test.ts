import { forcingPromise, type LinkRecord } from "../../src/replica/link_record.ts";
import { formatProposalId } from "../../src/paxos/proposal_id.ts";
import { MasterNode } from "../../src/node.ts";
import { MAX_RECORDS } from "../../src/strategies/recollection.ts";
import { assert, assertEquals } from "../assert.ts";
import { outcome, plainNode, settled } from "../support/scenes.ts";
import type { VirtualCluster } from "../support/virtual_cluster.ts";

function recall(cluster: VirtualCluster, uid: string, instanceNumber = 0): LinkRecord | null {
  return plainNode(cluster, uid).recall(instanceNumber);
}

/** `2.B "x" by A, B; promises A: none, B: 1.A`. */
function told(record: LinkRecord | null): string {
  if (record === null) return "forgotten";
  const { proposalId, value, acceptedBy, promises } = record;
  const said = promises?.map(({ uid, lastAcceptedId }) => `${uid}: ${formatProposalId(lastAcceptedId)}`).sort().join(
    ", ",
  );
  return `${formatProposalId(proposalId)} ${JSON.stringify(value)} by ${acceptedBy.join(", ")}; promises ${
    said ?? "unknown"
  }`;
}

Deno.test("the proposer remembers both quorums, the others the acceptances that they heard of", () => {
  const cluster = settled();
  assertEquals(outcome(cluster.get("A")), "no answer");
  cluster.crash("C");
  cluster.proposeRaw("A", "hello");
  cluster.run(100);
  assertEquals(told(recall(cluster, "A")), '1.A "hello" by A, B; promises A: none, B: none');
  assertEquals(told(recall(cluster, "B")), '1.A "hello" by A, B; promises unknown');
});

Deno.test("a proposer that had to take over another's value remembers which promise forced it", () => {
  const cluster = settled();
  // Only B hears A's accept, and nobody hears that B has accepted.
  cluster.onSend = (_from, to, message) =>
    (message?.type === "accept" && to === "C") || message?.type === "accepted" ? [] : [1];
  cluster.proposeRaw("A", "from A");
  cluster.run(20);
  cluster.crash("A");
  cluster.onSend = () => [1];
  cluster.proposeRaw("C", "from C");
  cluster.run(5000);
  const record = recall(cluster, "C");
  assertEquals(record?.value, "from A");
  assertEquals(record?.proposalId.uid, "C");
  const forcing = forcingPromise(record?.promises ?? []);
  assertEquals([forcing?.uid, formatProposalId(forcing?.lastAcceptedId ?? null)], ["B", "1.A"]);
  assertEquals(recall(cluster, "C", 1)?.value, "from C", "its own came next");
});

Deno.test("what a node was carried over, or learned in an earlier life, it does not remember; an old decision is forgotten", () => {
  const cluster = settled();
  cluster.crash("C");
  for (let instance = 0; instance < 3; instance++) {
    cluster.proposeRaw("A", `v${instance}`);
    cluster.run(100);
  }
  cluster.restart("C");
  cluster.run(1000);
  assertEquals(plainNode(cluster, "C").instanceNumber, 3);
  assertEquals(told(recall(cluster, "C", 2)), "forgotten");
  assert(recall(cluster, "A", 2) !== null);
  cluster.crash("A");
  cluster.restart("A");
  cluster.run(1000);
  assertEquals(told(recall(cluster, "A", 2)), "forgotten");
  for (let instance = 3; instance < MAX_RECORDS + 3; instance++) {
    cluster.proposeRaw("B", "x");
    cluster.run(20);
  }
  assertEquals(plainNode(cluster, "B").instanceNumber, MAX_RECORDS + 3);
  assertEquals(recall(cluster, "B", 2), null);
  assert(recall(cluster, "B", 3) !== null);
});

Deno.test("a client that asks is told the record, or that there is none; a long value is cut off", () => {
  const cluster = settled();
  cluster.proposeRaw("A", "x".repeat(10_000));
  cluster.run(100);
  const ask = (instanceNumber: number) => {
    const answers = cluster.request("A", { operation: "explain", requestId: cluster.newRequestId(), instanceNumber });
    cluster.run(10);
    return answers[0];
  };
  const answer = ask(0);
  assert(answer?.result === "explained" && answer.record !== null);
  assertEquals([answer.instanceNumber, answer.record.value.length], [1, 203]);
  const nothing = ask(1);
  assert(nothing?.result === "explained" && nothing.record === null);
});

Deno.test("a master remembers that its promises are from an earlier instance", () => {
  const cluster = settled({ nodeClass: MasterNode });
  cluster.run(5000);
  const master = cluster.nodes.map((uid) => cluster.node(uid)).find((node) =>
    node instanceof MasterNode && node.isMaster
  );
  assert(master instanceof MasterNode);
  const { instanceNumber } = master;
  cluster.proposeRaw(master.uid, "hello");
  cluster.run(100);
  const record = master.recall(instanceNumber);
  assertEquals([record?.value, record?.promisedEarlier, record?.promises?.length], ["hello", true, 3]);
  const first = master.recall(0);
  assertEquals([first?.value, first?.promisedEarlier], [`lease for ${master.uid}`, false]);
});
