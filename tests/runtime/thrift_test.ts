import type { ChainMessage, PeerMessage } from "../../src/replica/messages.ts";
import { Quickest } from "../../src/runtime/quickest.ts";
import { ASK_ALL_EVERY, Thrift, WITHHOLD_MS } from "../../src/runtime/thrift.ts";
import { Search } from "../../src/sim/search.ts";
import { MASTER_STORM_MS } from "../../src/sim/weather.ts";
import { assert, assertEquals } from "../assert.ts";
import { PlainNode } from "../../src/node.ts";
import { withMaster } from "../support/masters.ts";
import { WholeVotes } from "../../src/runtime/whole_votes.ts";
import ThriftyNode, { Thrifty, ThriftyMaster } from "./thrifty_nodes.ts";

const PEERS = ["B", "C", "D", "E"];
const proposalId = { number: 3, uid: "A" };

function accept(instanceNumber: number): ChainMessage {
  return { type: "accept", instanceNumber, proposalId, value: "x" };
}

function vote(instanceNumber: number): ChainMessage {
  return { type: "accepted", instanceNumber, proposalId, value: null };
}

/** Node A with so many peers, of which the first ones have voted for link 0, and timers that the test lets go off. */
class Scene {
  readonly sent: string[] = [];
  readonly timers = new Map<string, () => void>();
  readonly #peers: readonly string[];
  readonly thrift: Thrift;

  constructor(peers: number) {
    this.#peers = PEERS.slice(0, peers);
    const quickest = new Quickest(peers / 2);
    this.thrift = new Thrift(quickest, {
      set: (name, delayMs, fire) => {
        assertEquals(delayMs, WITHHOLD_MS);
        this.timers.set(name, fire);
      },
      cancel: (name) => void this.timers.delete(name),
    }, (toUid, message) => this.sent.push(`${toUid} ${show(message)}`));
    this.toAll(accept(0));
    for (const uid of this.#peers.slice(0, peers / 2)) quickest.voted(uid, 0);
    this.toAll(vote(0));
    this.thrift.decided(0);
    this.sent.length = 0;
  }

  toAll(message: PeerMessage): void {
    for (const uid of this.#peers) this.thrift.send(uid, message);
  }

  /** What was sent since the last call. */
  news(): string[] {
    return this.sent.splice(0);
  }
}

function show(message: PeerMessage): string {
  if (message.type !== "accept" && message.type !== "accepted") return message.type;
  return `${message.type} @${message.instanceNumber}${message.value === null ? "" : " " + message.value}`;
}

Deno.test("until a quorum has voted all peers are asked to accept, and then those of the quorum", () => {
  const three = new Scene(2);
  three.toAll(accept(1));
  three.toAll(vote(1));
  assertEquals(three.news(), ["B accept @1 x", "B accepted @1"]);
  const five = new Scene(4);
  five.toAll(accept(1));
  assertEquals(five.news(), ["B accept @1 x", "C accept @1 x"]);
});

Deno.test("whoever was not asked is told when the link is decided, by the vote with the value in it", () => {
  const scene = new Scene(2);
  scene.toAll(accept(1));
  scene.toAll(vote(1));
  scene.news();
  scene.thrift.decided(0);
  assertEquals(scene.news(), []);
  scene.thrift.decided(1);
  assertEquals(scene.news(), ["C accepted @1 x"]);
  assertEquals(scene.timers.size, 0);
});

Deno.test("it is told before anybody is asked to accept the next link, so that no vote for that comes first", () => {
  const scene = new Scene(2);
  scene.toAll(accept(1));
  scene.toAll(vote(1));
  scene.news();
  scene.toAll(accept(2));
  assertEquals(scene.news(), ["C accepted @1 x", "B accept @2 x"]);
});

Deno.test("where this node has not voted itself, the accept is what tells", () => {
  const scene = new Scene(2);
  scene.toAll(accept(1));
  scene.news();
  scene.thrift.decided(1);
  assertEquals(scene.news(), ["C accept @1 x"]);
});

Deno.test("where the quorum does not vote in time the others are asked too, and hear the vote after that", () => {
  const scene = new Scene(4);
  scene.toAll(accept(1));
  scene.thrift.send("D", vote(1));
  scene.news();
  for (const fire of [...scene.timers.values()]) fire();
  assertEquals(scene.news(), ["D accept @1 x", "D accepted @1", "E accept @1 x"]);
  scene.toAll(vote(1));
  assertEquals(scene.news(), PEERS.map((uid) => `${uid} accepted @1`));
  scene.thrift.decided(1);
  assertEquals(scene.news(), []);
});

Deno.test("when a quorum was not in time the next links ask everybody", () => {
  const scene = new Scene(2);
  scene.toAll(accept(1));
  for (const fire of [...scene.timers.values()]) fire();
  scene.news();
  const asked = Array.from({ length: 2 * ASK_ALL_EVERY }, (_, at) => {
    scene.toAll(accept(at + 2));
    return scene.news().includes(`C accept @${at + 2} x`);
  });
  assertEquals(asked.indexOf(false) + 2, 1 + ASK_ALL_EVERY);
});

Deno.test("an accept that is sent again goes to whom it is sent, and what was withheld goes before it", () => {
  const scene = new Scene(2);
  scene.toAll(accept(1));
  scene.toAll(vote(1));
  scene.news();
  scene.thrift.send("C", accept(1));
  assertEquals(scene.news(), ["C accept @1 x", "C accepted @1", "C accept @1 x"]);
  scene.thrift.decided(1);
  assertEquals(scene.news(), []);
});

Deno.test("what is no answer of an acceptor leaves at once", () => {
  const scene = new Scene(2);
  scene.toAll(accept(1));
  scene.news();
  scene.thrift.send("C", { type: "sync_request", instanceNumber: 1 });
  assertEquals(scene.news(), ["C sync_request"]);
});

Deno.test("no vote leaves after an answer to a higher proposal that was given after it", () => {
  const higher = { instanceNumber: 1, proposalId: { number: 4, uid: "B" } };
  const answers: PeerMessage[] = [
    { type: "promise", ...higher, lastAcceptedId: proposalId, lastAcceptedValue: "x" },
    { type: "accepted", ...higher, value: null },
  ];
  for (const answer of answers) {
    const scene = new Scene(2);
    scene.toAll(accept(1));
    scene.toAll(vote(1));
    scene.news();
    scene.thrift.send("B", answer);
    assertEquals(scene.news(), ["C accept @1 x", "C accepted @1", `B ${show(answer)}`]);
  }
});

Deno.test("now and then all are asked, so that who has become quick shows", () => {
  const scene = new Scene(2);
  const asked = Array.from({ length: 2 * ASK_ALL_EVERY }, (_, at) => {
    scene.toAll(accept(at + 1));
    return scene.news().filter((text) => text === `C accept @${at + 1} x`).length;
  });
  assertEquals(asked.reduce((sum, count) => sum + count), 2);
});

Deno.test("where nothing is lost one peer is asked, but for one link in so many, and every node learns each link by itself", () => {
  const { cluster, master } = withMaster({ nodeClass: ThriftyMaster });
  const from = cluster.node(master).instanceNumber;
  const asked = new Map<number, number>();
  cluster.watchers.push((_fromUid, message) => {
    if (message?.type !== "accept") return;
    asked.set(message.instanceNumber, (asked.get(message.instanceNumber) ?? 0) + 1);
  });
  for (let i = 0; i < 2 * ASK_ALL_EVERY; i++) {
    const answers = cluster.propose(master, `value ${i}`);
    assert(cluster.runUntil(() => answers.length > 0, 100), `value ${i} is not chosen`);
  }
  cluster.run(20);
  const links = Array.from({ length: cluster.chain.size - from }, (_, at) => from + at);
  assert(links.length >= 2 * ASK_ALL_EVERY);
  for (const uid of cluster.nodes) {
    assertEquals([...cluster.chosen(uid).keys()].filter((link) => link >= from), links, uid);
  }
  assertEquals(links.map((link) => asked.get(link)), links.map((link) => link % ASK_ALL_EVERY === 0 ? 2 : 1));
});

Deno.test("storms over thrifty nodes, with a master and without, break no rule", () => {
  const subjects = [{ nodeClass: ThriftyNode }, { nodeClass: ThriftyMaster, stormMs: MASTER_STORM_MS }];
  for (const subject of subjects) {
    const search = new Search(subject);
    for (let seed = 0; seed < 200; seed++) assertEquals(search.run(seed).violation, null, `seed ${seed}`);
  }
});

Deno.test("votes that are made whole under another ID than theirs break agreement, and the storms see it", () => {
  class Careless extends WholeVotes {
    protected override isSame(one: ChainMessage, other: ChainMessage): boolean {
      return one.instanceNumber === other.instanceNumber;
    }
  }
  const search = new Search({ nodeClass: Thrifty(PlainNode, () => new Careless()) });
  const kinds = Array.from({ length: 300 }, (_, seed) => search.run(seed).violation?.kind);
  assert(kinds.includes("agreement"), `they see ${[...new Set(kinds)].join(", ")}`);
});
