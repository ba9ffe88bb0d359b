// The chain without any strategy: it answers, and does nothing by itself.
import type { ChainMessage, PeerMessage } from "../../src/replica/messages.ts";
import { BLANK_STATE } from "../../src/replica/node_state.ts";
import { DEFAULT_SETTINGS, type Effect } from "../../src/replica/ports.ts";
import { ReplicatedValue } from "../../src/replica/replicated_value.ts";
import type { PaxosMessage } from "../../src/paxos/messages.ts";
import { assert, assertEquals } from "../assert.ts";
import { accept, accepted, copy, id, nack, prepare, promise } from "../paxos/ids.ts";
import { formatMessage } from "../support/story.ts";

function chain(uid = "A"): ReplicatedValue {
  const env = { now: () => 0, random: () => 0.5 };
  const node = new ReplicatedValue({ uid, nodes: ["C", "A", "B"], settings: DEFAULT_SETTINGS, pid: 1, env });
  node.step({ kind: "start" });
  return node;
}

function at(instanceNumber: number, message: PaxosMessage): ChainMessage {
  return { ...message, instanceNumber };
}

function propose(node: ReplicatedValue, value: string): void {
  assert(node.proposeUpdate({ update: { value }, asker: null, deadlineMs: null }));
}

/** What the node does, as text: `B: promise 1.B @0, accepted none`, `chosen 0 x`, `dropped ...`. */
function told(node: ReplicatedValue): string[] {
  return node.takeEffects().map((effect: Effect) => {
    switch (effect.kind) {
      case "send":
        return `${effect.toUid}: ${formatMessage(effect.message)}`;
      case "chosen":
        return `chosen ${effect.instanceNumber} ${effect.link}`;
      case "dropped":
        return `dropped ${effect.reason}`;
      default:
        return effect.kind;
    }
  });
}

function answers(node: ReplicatedValue, fromUid: string, message: PeerMessage): string[] {
  node.step({ kind: "message", fromUid, message });
  return told(node);
}

/** Lets the node learn that its instance chose the value, by the votes of the others. */
function choose(node: ReplicatedValue, proposalId: string, value: string): string[] {
  const { instanceNumber } = node;
  return ["B", "C"].flatMap((uid) => answers(node, uid, at(instanceNumber, accepted(proposalId, value))));
}

Deno.test("a node answers a prepare to the one who asked, and an accept to everybody", () => {
  const node = chain();
  assertEquals(answers(node, "B", at(0, prepare("1.B"))), ["B: promise 1.B @0, accepted none"]);
  assertEquals(answers(node, "B", at(0, accept("1.B", "x"))), ["B: accepted 1.B @0 x", "C: accepted 1.B @0 x"]);
  assertEquals(answers(node, "C", at(0, prepare("0.C"))), ["C: nack 0.C @0, promised 1.B"]);
  assertEquals(answers(node, "C", at(0, accept("1.A", "y"))), ["dropped an accept under the ID of another node"]);
});

Deno.test("an accept raises the promise in the state that is saved (S2)", () => {
  const node = chain();
  answers(node, "B", at(0, accept("2.B", "x")));
  assertEquals(node.save().acceptor, { promisedId: id("2.B"), acceptedId: id("2.B"), acceptedValue: "x" });
});

Deno.test("a quorum of votes decides the link, which may decide it before the node itself has accepted", () => {
  const node = chain();
  assertEquals(choose(node, "1.B", "x"), ["chosen 0 x"]);
  const { instanceNumber, register } = node.save();
  assertEquals([instanceNumber, register.value, register.valueInstanceNumber], [1, "x", 0]);
});

Deno.test("promises outlive the link that is decided, what was accepted does not (S4)", () => {
  const node = chain();
  answers(node, "B", at(0, prepare("5.B")));
  answers(node, "B", at(0, accept("5.B", "x")));
  choose(node, "5.B", "x");
  assertEquals(node.save().acceptor, { promisedId: id("5.B"), acceptedId: null, acceptedValue: null });
  assertEquals(answers(node, "C", at(1, prepare("4.C"))), ["C: nack 4.C @1, promised 5.B"]);
  assertEquals(answers(node, "C", at(1, accept("4.C", "y"))), ["C: nack 4.C @1, promised 5.B"]);
  assertEquals(answers(node, "B", at(1, accept("5.B", "y"))), ["B: accepted 5.B @1 y", "C: accepted 5.B @1 y"]);
  assertEquals(answers(node, "C", at(1, prepare("6.C"))), ["C: promise 6.C @1, accepted 5.B y"]);
});

Deno.test("promises outlive a carry as well, what was accepted does not (S4)", () => {
  class Carried extends ReplicatedValue {
    take(instanceNumber: number): void {
      const register = { value: "z", valueInstanceNumber: instanceNumber - 1, sessions: [], watermark: -1 };
      this.carry("B", { instanceNumber, register, lease: null });
    }
  }
  const { options } = chain();
  const node = new Carried(options);
  answers(node, "B", at(0, accept("5.B", "x")));
  node.take(7);
  assertEquals(node.save().acceptor, { promisedId: id("5.B"), acceptedId: null, acceptedValue: null });
  assertEquals([node.instanceNumber, node.register.value], [7, "z"]);
  node.take(6);
  node.take(7);
  assertEquals([node.instanceNumber, node.register.value], [7, "z"], "nothing moves a node back");
  assertEquals(node.paxos.prepare().proposalId, id("6.A"), "numbers that were seen in use are in use still");
});

Deno.test("an acceptor neither promises nor accepts for an older or a newer instance (S5)", () => {
  const node = chain();
  choose(node, "1.B", "x");
  const before = copy(node.save());
  const messages = [prepare("9.B"), promise("9.A"), nack("9.A", "9.B"), accept("9.B", "y"), accepted("9.B", "y")];
  for (const message of messages) {
    assertEquals(answers(node, "B", at(0, message)), [], `older ${message.type}`);
    assertEquals(answers(node, "B", at(2, message)), [], `newer ${message.type}`);
  }
  assertEquals(node.save(), before);
  assertEquals(node.paxos.prepare().proposalId.number, 2, "it takes no number from them either");
});

Deno.test("votes for different instances are never added up, under one ID either (S8)", () => {
  const node = chain();
  assertEquals(answers(node, "B", at(0, accepted("1.B", "x"))), []);
  assertEquals(answers(node, "C", at(1, accepted("1.B", "x"))), []);
  assertEquals(choose(node, "1.B", "x"), ["chosen 0 x"]);
  assertEquals(answers(node, "C", at(1, accepted("1.B", "y"))), []);
  assertEquals(answers(node, "B", at(0, accepted("1.B", "y"))), []);
  assertEquals(node.instanceNumber, 1);
});

Deno.test("a prepare under another node's ID is ignored, and counted", () => {
  const node = chain();
  assertEquals(answers(node, "B", at(0, prepare("1.C"))), ["dropped a prepare under the ID of another node"]);
  assertEquals(node.save(), BLANK_STATE);
});

Deno.test("what belongs to a strategy is ignored without one, and counted", () => {
  const node = chain();
  assertEquals(answers(node, "B", { type: "sync_request", instanceNumber: 9 }), [
    "dropped sync_request has no strategy here",
  ]);
  node.step({ kind: "request", from: "client", request: { operation: "status", requestId: "r" } });
  assertEquals(told(node), ["dropped request has no strategy here"]);
  node.step({ kind: "timer", name: "unknown" });
  assertEquals(told(node), []);
});

Deno.test("a proposer that leads sends its accept to all, and its own acceptor answers within the same step", () => {
  const node = chain();
  propose(node, "x");
  assertEquals(told(node), [], "without resolution nobody prepares");
  answers(node, "A", at(0, node.paxos.prepare()));
  answers(node, "A", at(0, promise("1.A")));
  assertEquals(answers(node, "B", at(0, promise("1.A"))), [
    "B: accept 1.A @0 x",
    "C: accept 1.A @0 x",
    "B: accepted 1.A @0 x",
    "C: accepted 1.A @0 x",
  ]);
  assertEquals(node.save().acceptor.acceptedId, id("1.A"), "so its vote is saved before it leaves");
});

Deno.test("a value that a proposer has to adopt is not its own, even if it has the same text: its own goes into the next link", () => {
  for (const [reported, offered] of [[promise("1.A"), null], [promise("1.A", "0.C", "x"), "x"]] as const) {
    const node = chain();
    propose(node, "x");
    answers(node, "A", at(0, node.paxos.prepare()));
    answers(node, "A", at(0, promise("1.A")));
    answers(node, "B", at(0, reported));
    assertEquals(node.paxos.acceptor.acceptedValue, "x");
    choose(node, "1.A", "x");
    assertEquals([node.instanceNumber, node.proposals.offeredLink], [1, offered]);
  }
});

Deno.test("a node that is restored answers as it did, and never prepares under an ID of its earlier life (S3)", () => {
  const before = chain();
  answers(before, "A", at(0, before.paxos.prepare()));
  choose(before, "1.A", "x");
  answers(before, "A", at(1, prepare("2.A")));
  answers(before, "A", at(1, accept("2.A", "y")));
  const after = chain();
  after.restore(copy(before.save()));
  assertEquals(after.save(), before.save());
  assertEquals(answers(after, "C", at(1, prepare("3.C"))), ["C: promise 3.C @1, accepted 2.A y"]);
  assert(after.paxos.prepare().proposalId.number > 3);
});
