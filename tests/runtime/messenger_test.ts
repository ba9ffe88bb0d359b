import type { PeerMessage } from "../../src/replica/messages.ts";
import type { Input } from "../../src/replica/ports.ts";
import type { DatagramSocket } from "../../src/runtime/datagram_socket.ts";
import { Drops } from "../../src/runtime/drops.ts";
import type { NodeLog } from "../../src/runtime/log.ts";
import { Messenger } from "../../src/runtime/messenger.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";

type Arrival = readonly [text: string, port: number] | Error;

const address = (port: number): Deno.NetAddr => ({ transport: "udp", hostname: "127.0.0.1", port });
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A socket from which these things come, in this order, and then its end. */
class FakeSocket implements DatagramSocket {
  readonly addr: Deno.Addr = address(1);
  readonly sent: [text: string, port: number][] = [];
  sendError: Error | null = null;

  constructor(readonly arrivals: Arrival[]) {}

  send(bytes: Uint8Array, to: Deno.Addr): Promise<number> {
    if (this.sendError !== null) return Promise.reject(this.sendError);
    this.sent.push([decode(bytes), (to as Deno.NetAddr).port]);
    return Promise.resolve(bytes.length);
  }

  receive(buffer: Uint8Array): Promise<[Uint8Array, Deno.Addr]> {
    const arrival = this.arrivals.shift() ?? new Deno.errors.Interrupted("closed");
    if (arrival instanceof Error) return Promise.reject(arrival);
    const { written } = new TextEncoder().encodeInto(arrival[0], buffer);
    return Promise.resolve([buffer.subarray(0, written), address(arrival[1])]);
  }

  close(): void {}
}

class Scene {
  readonly socket: FakeSocket;
  readonly messenger: Messenger;
  readonly inputs: Input[] = [];
  readonly told: string[] = [];
  readonly dropped: Map<string, number> = new Map();
  readonly timers = { set: () => {}, cancel: () => {} };

  /** Node A, whose peers are B and C at ports 2 and 3. */
  constructor(arrivals: Arrival[] = [], showsDatagrams = false) {
    this.socket = new FakeSocket(arrivals);
    const log: NodeLog = {
      showsDatagrams,
      sent: (to, bytes) => this.told.push(`-> ${to} ${decode(bytes)}`),
      received: (from, bytes) => this.told.push(`<- ${from} ${decode(bytes)}`),
      event: () => {},
    };
    const drops = new Drops((counts) => {
      for (const [reason, count] of counts) this.dropped.set(reason, count);
    }, this.timers);
    this.messenger = new Messenger(
      this.socket,
      new Map([["B", address(2)], ["C", address(3)]]),
      drops,
      this.timers,
      log,
    );
  }

  /** How many inputs came at a time. */
  readonly bursts: number[] = [];

  async run(openRequests?: () => number): Promise<void> {
    await this.messenger.run((inputs) => {
      this.inputs.push(...inputs);
      this.bursts.push(inputs.length);
    }, openRequests);
    this.messenger.drops.flush();
  }
}

Deno.test("a peer is known by the address that its datagram comes from, a client by its own", async () => {
  const scene = new Scene([
    ['sync_request {"instance_number":4}', 3],
    ["propose hello", 99],
    ["propose from a peer", 2],
    ['request {"format":1,"request_id":"r","operation":"open"}', 99],
  ]);
  await scene.run();
  assertEquals(scene.inputs, [
    { kind: "message", fromUid: "C", message: { type: "sync_request", instanceNumber: 4 } },
    { kind: "propose", value: "hello", isForwarded: false },
    { kind: "propose", value: "from a peer", isForwarded: true },
    { kind: "request", from: "127.0.0.1:99", request: { operation: "open", requestId: "r" } },
  ]);
  assertEquals(scene.dropped.size, 0);
});

Deno.test("what comes from strangers, from the node's own address, or makes no sense is counted and goes no further", async () => {
  const scene = new Scene([
    ['sync_request {"instance_number":4}', 99],
    ['sync_request {"instance_number":4}', 1],
    ["nonsense {}", 2],
    ['response {"format":1,"request_id":"r","node":"A","result":"opened","life":"l","session":null}', 2],
  ], true);
  await scene.run();
  assertEquals(scene.inputs, []);
  assertEquals(scene.told, [], "and is not shown, or rubbish would fill the log");
  assertEquals(Object.fromEntries(scene.dropped), {
    "a node's message from an unknown address": 2,
    "unknown type": 1,
    "a response, which is for clients": 1,
  });
});

Deno.test("the loop goes on where Windows reports a dead peer, ends when the socket is closed, and reports anything else", async () => {
  const going = new Scene([new Deno.errors.ConnectionReset(), ["propose x", 99]]);
  await going.run();
  assertEquals(going.inputs.length, 1);
  const closed = new Scene([new Deno.errors.BadResource(), ["propose x", 99]]);
  await closed.run();
  assertEquals(closed.inputs.length, 0);
  await assertRejects(() => new Scene([new Error("the card is on fire")]).run(), Error, "the card is on fire");
});

Deno.test("messages go to the peer's address, and answers to where the question came from, IPv6 too", async () => {
  const scene = new Scene([], true);
  scene.messenger.send("C", { type: "sync_request", instanceNumber: 4 });
  scene.messenger.respond("127.0.0.1:99", { result: "opened", life: "l", session: null, requestId: "r", node: "A" });
  scene.messenger.respond("::1:98", { result: "refused", reason: "no", requestId: "r", node: "A" });
  await scene.run();
  assertEquals(scene.socket.sent.map(([, port]) => port), [3, 99, 98]);
  assertEquals(scene.told[0], '-> C sync_request {"instance_number":4}');
  assert(scene.told[1]?.startsWith("-> 127.0.0.1:99 response "));
  assertEquals(scene.dropped.size, 0);
});

Deno.test("a datagram that cannot be sent is counted like one that is lost, and the node lives on", async () => {
  const scene = new Scene([["propose x", 99]]);
  scene.socket.sendError = Object.assign(new Error("Message too long (os error 90)"), { code: "EMSGSIZE" });
  scene.messenger.send("B", { type: "sync_request", instanceNumber: 4 });
  scene.socket.sendError = new Deno.errors.NotCapable("Requires net access to 127.0.0.1:99");
  scene.messenger.respond("127.0.0.1:99", { result: "opened", life: "l", session: null, requestId: "r", node: "A" });
  await scene.run();
  assertEquals(scene.inputs.length, 1);
  assertEquals(Object.fromEntries(scene.dropped), {
    "could not be sent (EMSGSIZE)": 1,
    "could not be sent (NotCapable)": 1,
  });
});

const id = { number: 3, uid: "A" };
const accept = (instanceNumber: number): PeerMessage => ({
  type: "accept",
  instanceNumber,
  proposalId: id,
  value: "x",
});
const vote = (instanceNumber: number): PeerMessage => ({
  type: "accepted",
  instanceNumber,
  proposalId: id,
  value: null,
});
const voteText = 'accepted {"instance_number":0,"proposal_id":[3,"A"]}';

Deno.test("who is not needed to accept a link is told when it is decided, after the clients are answered", async () => {
  const scene = new Scene([[voteText, 3]]);
  const { messenger, socket } = scene;
  const everybody = (message: PeerMessage) => ["B", "C"].forEach((uid) => messenger.send(uid, message));
  everybody(accept(0));
  assertEquals(socket.sent.map(([, port]) => port), [2, 3], "until somebody has voted all are needed");
  await scene.run();
  socket.sent.length = 0;

  everybody(accept(1));
  everybody(vote(1));
  assertEquals(socket.sent.splice(0).map(([text, port]) => [text.split(" ")[0], port]), [["accept", 3], [
    "accepted",
    3,
  ]]);
  messenger.decided(1);
  messenger.respond("127.0.0.1:99", { result: "opened", life: "l", session: null, requestId: "r", node: "A" });
  await null;
  assertEquals(socket.sent.map(([text, port]) => [text.split(" ")[0], port]), [["response", 99], ["accepted", 2]]);
  assertEquals(socket.sent[1]?.[0], 'accepted {"instance_number":1,"proposal_id":[3,"A"],"proposal_value":"x"}');
});

Deno.test("what is to be told leaves before the socket is closed", async () => {
  const scene = new Scene([[voteText, 3]]);
  scene.messenger.send("C", accept(0));
  await scene.run();
  scene.messenger.send("B", accept(1));
  scene.messenger.decided(1);
  scene.messenger.close();
  assertEquals(scene.socket.sent.map(([, port]) => port), [3, 2]);
});

Deno.test("votes without the value get it back before the node sees them", async () => {
  const whole = 'accepted {"instance_number":4,"proposal_id":[3,"B"],"proposal_value":"x"}';
  const scene = new Scene([['accepted {"instance_number":4,"proposal_id":[3,"B"]}', 3], [whole, 2]]);
  await scene.run();
  const votes = scene.inputs.map((input) =>
    input.kind === "message" && input.message.type === "accepted" ? [input.fromUid, input.message.value] : null
  );
  assertEquals(votes, [["C", null], ["B", "x"], ["C", "x"]]);
});

Deno.test("an accept is taken as soon as it comes; questions are gathered, unless nobody else has asked", async () => {
  const get = (id: string) => `request {"format":1,"request_id":"${id}","operation":"open"}`;
  const acceptText = (instance: number) =>
    `accept {"instance_number":${instance},"proposal_id":[3,"B"],"proposal_value":"x"}`;
  const accepts = new Scene([[acceptText(0), 2], [acceptText(1), 2]]);
  await accepts.run(() => 5);
  assertEquals(accepts.bursts, [1, 1]);
  const many = new Scene([[get("a"), 99], [get("b"), 98], [voteText, 2], [voteText, 3]]);
  await many.run(() => 2);
  assertEquals(many.bursts, [4]);
  const alone = new Scene([[get("a"), 99], [get("b"), 98]]);
  await alone.run(() => 0);
  assertEquals(alone.bursts, [1, 1]);
  const votes = new Scene([[voteText, 2], [voteText, 3]]);
  await votes.run(() => 1);
  assertEquals(votes.bursts, [1, 1]);
});
