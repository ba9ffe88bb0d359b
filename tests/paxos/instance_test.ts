import { PaxosInstance } from "../../src/paxos/instance.ts";
import type { AcceptedMessage, AcceptMessage, PrepareMessage, PromiseMessage } from "../../src/paxos/messages.ts";
import { Acceptor } from "../../src/paxos/acceptor.ts";
import { assert, assertEquals } from "../assert.ts";
import { accept, accepted, copy, id, nack, prepare, promise } from "./ids.ts";

type Instances = Record<"A" | "B" | "C", PaxosInstance>;

function threeNodes(): Instances {
  return { A: new PaxosInstance("A", 2), B: new PaxosInstance("B", 2), C: new PaxosInstance("C", 2) };
}

function promiseOf(instance: PaxosInstance, message: PrepareMessage): PromiseMessage {
  const answer = instance.receivePrepare(message);
  assert(answer.type === "promise", `${instance.uid} refuses ${message.proposalId.number}`);
  return answer;
}

function voteOf(instance: PaxosInstance, message: AcceptMessage): AcceptedMessage {
  const answer = instance.receiveAccept(message);
  assert(answer.type === "accepted", `${instance.uid} refuses ${message.proposalId.number}`);
  return answer;
}

/** `by` prepares and gathers the promises of `from`; what it then proposes is accepted by `at`. */
function propose(nodes: Instances, by: PaxosInstance, from: PaxosInstance[], at: PaxosInstance[]): AcceptMessage {
  const request = by.prepare();
  const accepts = from.map((node) => by.receivePromise(node.uid, promiseOf(node, request)));
  const made = accepts.at(-1);
  assert(made, "no accept after a quorum of promises");
  for (const node of at) {
    const vote = voteOf(node, made);
    for (const learner of Object.values(nodes)) learner.receiveAccepted(node.uid, vote);
  }
  return made;
}

Deno.test("three nodes choose a value in two round trips", () => {
  const nodes = threeNodes();
  nodes.A.proposeValue("hello");
  propose(nodes, nodes.A, [nodes.A, nodes.B], [nodes.A, nodes.B]);
  for (const node of Object.values(nodes)) {
    assertEquals(node.learner.chosen, { proposalId: id("1.A"), value: "hello" });
  }
});

Deno.test("a value that was chosen stands: whoever prepares later adopts it, through either node of its quorum", () => {
  for (const witness of ["A", "B"] as const) {
    const nodes = threeNodes();
    nodes.A.proposeValue("x");
    propose(nodes, nodes.A, [nodes.A, nodes.B], [nodes.A, nodes.B]);
    nodes.C.proposeValue("y");
    nodes.C.proposer.observe(id("1.A"));
    assertEquals(propose(nodes, nodes.C, [nodes.C, nodes[witness]], [nodes.C]).value, "x");
  }
});

Deno.test("a value accepted by one node only may lose, and then never comes back", () => {
  const nodes = threeNodes();
  nodes.A.proposeValue("x");
  propose(nodes, nodes.A, [nodes.A, nodes.B], [nodes.A]);
  nodes.B.proposeValue("y");
  propose(nodes, nodes.B, [nodes.B, nodes.C], [nodes.B, nodes.C]);
  assertEquals(nodes.A.learner.chosen, { proposalId: id("2.B"), value: "y" });
  nodes.C.proposeValue("z");
  assertEquals(propose(nodes, nodes.C, [nodes.A, nodes.C], []).value, "y", "2.B outranks 1.A");
});

Deno.test("an accept that comes after a higher promise is refused, so the older proposal cannot be chosen behind its back", () => {
  const nodes = threeNodes();
  nodes.A.proposeValue("x");
  const late = propose(nodes, nodes.A, [nodes.A, nodes.B], []);
  nodes.C.proposer.observe(id("1.A"));
  nodes.C.proposeValue("y");
  propose(nodes, nodes.C, [nodes.B, nodes.C], [nodes.B, nodes.C]);
  assertEquals(nodes.B.receiveAccept(late), nack("1.A", "2.C"));
});

Deno.test("an instance that sees an ID in any message prepares above it", () => {
  const seen: readonly ((instance: PaxosInstance) => unknown)[] = [
    (instance) => instance.receivePrepare(prepare("4.B")),
    (instance) => instance.receiveAccept(accept("4.B", "x")),
    (instance) => instance.receiveAccepted("B", accepted("4.B", "x")),
    (instance) => instance.receiveNack(nack("1.A", "4.B")),
    (instance) => instance.restoreAcceptor({ promisedId: id("4.B"), acceptedId: null, acceptedValue: null }),
    (instance) => instance.restoreAcceptor({ promisedId: id("4.B"), acceptedId: id("4.B"), acceptedValue: "x" }),
  ];
  for (const see of seen) {
    const instance = new PaxosInstance("A", 2);
    see(instance);
    assertEquals(instance.prepare(), prepare("5.A"));
  }
});

Deno.test("an instance is made of the roles that it is given", () => {
  class Refusing extends Acceptor {
    override receivePrepare(message: PrepareMessage) {
      return this.refuse(message.proposalId);
    }
  }
  const instance = new PaxosInstance("A", 2, undefined, new Refusing());
  assertEquals(instance.receivePrepare(prepare("1.A")).type, "nack");
});

Deno.test("an instance that is restored from what it saved goes on in the middle of a proposal", () => {
  const before = new PaxosInstance("A", 2);
  before.proposeValue("mine");
  before.receivePromise("A", promiseOf(before, before.prepare()));
  before.receiveAccepted("C", accepted("1.A", "mine"));
  const after = new PaxosInstance("A", 2);
  after.restore(copy(before.save()));
  assertEquals(after.save(), before.save());
  assertEquals(after.receivePromise("B", promise("1.A")), accept("1.A", "mine"));
  assertEquals(after.receiveAccepted("B", accepted("1.A", "mine"))?.value, "mine");
  assertEquals(after.receivePrepare(prepare("0.B")), nack("0.B", "1.A"));
});
