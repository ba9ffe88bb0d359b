// What a node keeps in memory of what it was sent, counted in entries: bytes would tell of the garbage collector.
import { DEFAULT_SETTINGS, EffectLoop, PlainNode } from "../../src/node.ts";
import type { PeerMessage } from "../../src/replica/messages.ts";
import type { Input, NodeOptions } from "../../src/replica/ports.ts";
import type { ClientRequest } from "../../src/replica/requests.ts";
import { OpenRequests } from "../../src/runtime/open_requests.ts";
import { Random } from "../../src/sim/random.ts";
import { decodeDatagram } from "../../src/wire/datagram.ts";
import { Mutator } from "./mutation.ts";

/** Entries, by what they are. */
export interface Retained {
  /** Proposals whose votes are counted. */
  readonly tallies: number;
  /** Updates that wait. */
  readonly proposals: number;
  /** Reads that wait. */
  readonly reads: number;
  /** Clients that watch. */
  readonly watchers: number;
  /** Questions that are not answered. */
  readonly open: number;
}

const DAY_MS = 86_400_000;

/**
 * Gives a node of three, whose peers never do anything right, that many inputs: mutated traffic, and, for each datagram of it, a vote
 * under an ID and questions that nobody has sent before and that wait for a day. No time passes.
 */
export function retainedAfter(
  count: number,
  seed: number,
  corpus: readonly Uint8Array[],
  nodeClass: new (options: NodeOptions) => PlainNode = PlainNode,
): Retained {
  const mutator = new Mutator(new Random(seed), corpus);
  const chance = new Random(seed, 1);
  const env = { now: () => 0, random: () => chance.unit() };
  const node = new nodeClass({ uid: "A", nodes: ["A", "B", "C"], env, settings: DEFAULT_SETTINGS, pid: 1 });
  const open = new OpenRequests();
  const loop = new EffectLoop(node, { save: (_state, done) => done(null) }, {
    send: () => {},
    respond: (to, { requestId }) => open.answered(to, requestId),
    setTimer: () => {},
    cancelTimer: () => {},
    announce: () => {},
    stopped: (error) => {
      throw error;
    },
  });
  const take = (input: Input) => {
    open.came(input, 0);
    loop.push(input);
  };
  const introduced: PeerMessage = { type: "hello", ...node.configuration, answer: true, life: "B", fresh: false };
  take({ kind: "start" });
  for (let number = 1; number <= count; number++) {
    for (const input of inputsOf(mutator.next())) take(input);
    take({ kind: "message", fromUid: "B", message: introduced });
    take({ kind: "message", fromUid: "B", message: voteFor(number, node.instanceNumber) });
    for (const request of questions(number, node.life)) {
      take({ kind: "request", from: `client ${number} ${request.operation}`, request });
    }
  }
  return {
    tallies: node.paxos.learner.tallies.size,
    proposals: node.proposals.all.length,
    reads: node.waitingReads,
    watchers: node.watchers,
    open: open.size,
  };
}

function inputsOf(bytes: Uint8Array): Input[] {
  const decoded = decodeDatagram(bytes);
  switch (decoded.kind) {
    case "peer":
      return [{ kind: "message", fromUid: "B", message: decoded.message }];
    case "propose":
      return [{ kind: "propose", value: decoded.value }];
    case "requests":
      return decoded.requests.map((request) => ({ kind: "request", from: "client", request }));
    default:
      return [];
  }
}

function voteFor(number: number, instanceNumber: number): PeerMessage {
  return { type: "accepted", instanceNumber, proposalId: { number, uid: "B" }, value: `value ${number}` };
}

function questions(number: number, life: string): ClientRequest[] {
  const fresh = { requestId: `fresh ${number}`, timeoutMs: DAY_MS };
  return [
    { ...fresh, operation: "propose", life, update: { value: "x" } },
    { ...fresh, operation: "get", local: false },
    { ...fresh, operation: "watch", from: Number.MAX_SAFE_INTEGER },
  ];
}
