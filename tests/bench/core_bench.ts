// What the parts cost, one by one: deno bench -A --import-map=src/npm_import_map.json tests/bench/core_bench.ts
import { PlainNode } from "../../src/node.ts";
import { encodeLink, type Update } from "../../src/replica/link.ts";
import { encodeState } from "../../src/replica/node_state.ts";
import { DEFAULT_SETTINGS, type Input } from "../../src/replica/ports.ts";
import { Register } from "../../src/replica/register.ts";
import { SlotBuffer } from "../../src/runtime/state_slots.ts";
import { runStorm } from "../../src/sim/storm.ts";
import { decodeDatagram, encodePeerMessage, encodeRequests } from "../../src/wire/datagram.ts";

const NODES = ["A", "B", "C"];
const UPDATES: readonly Update[] = Array.from({ length: 64 }, (_, i) => ({
  value: "v".repeat(200),
  session: { openedAt: 0, id: `session${i}`, sequence: 1 },
}));
const proposalId = { number: 1, uid: "A" };
const accept = { type: "accept", instanceNumber: 7, proposalId, value: encodeLink(UPDATES) } as const;
const acceptBytes = encodePeerMessage(accept);
const requests = UPDATES.map((update, i) => {
  return { operation: "propose", requestId: `r${i}`, life: null, update, timeoutMs: 1000 } as const;
});
const requestBytes = encodeRequests(requests);

Deno.bench("codec: an accept of 64 updates, written", () => void encodePeerMessage(accept));
Deno.bench("codec: an accept of 64 updates, read", () => void decodeDatagram(acceptBytes));
Deno.bench("codec: 64 requests, written", () => void encodeRequests(requests));
Deno.bench("codec: 64 requests, read", () => {
  for (const bytes of requestBytes) decodeDatagram(bytes);
});

/** The sessions of 64 clients, each with as many updates as there were links. */
const register = new Register();
let links = 0;
const applyLink = () => {
  const sequence = ++links;
  const updates = UPDATES.map(({ value, session }) => ({ value, session: { ...session!, sequence } }));
  register.apply({ grantedTo: null, updates }, links);
};
Deno.bench("state: a link of 64 updates, applied", applyLink);

const slot = new SlotBuffer(131_072);
const acceptor = { promisedId: proposalId, acceptedId: proposalId, acceptedValue: accept.value };
Deno.bench("state: a node with such an accept, as the bytes of a save", () => {
  const state = { instanceNumber: links + 1, register: register.save(), acceptor, leaseWindowMs: null };
  slot.fill(1, encodeState(state, { uid: "A", nodes: NODES }));
});

const env = { now: () => 0, random: () => 0.5 };
const node = new PlainNode({ uid: "A", nodes: NODES, env, settings: DEFAULT_SETTINGS, pid: 1 });
const step = (input: Input) => {
  node.step(input);
  node.takeEffects();
};
step({ kind: "start" });
for (const fromUid of ["B", "C"]) {
  step({
    kind: "message",
    fromUid,
    message: { type: "hello", answer: true, life: "l", fresh: false, ...node.configuration },
  });
}
Deno.bench("core: a link of one value from prepare to chosen, as one of three nodes takes part", () => {
  const { instanceNumber } = node;
  const id = { number: node.paxos.proposer.highestNumber + 1, uid: "B" };
  const of = (message: { type: "accept" | "accepted"; value: string } | { type: "prepare" }): Input => ({
    kind: "message",
    fromUid: "B",
    message: { ...message, instanceNumber, proposalId: id },
  });
  step(of({ type: "prepare" }));
  step(of({ type: "accept", value: "x" }));
  step(of({ type: "accepted", value: "x" }));
});

let seed = 0;
Deno.bench("storm: 30 virtual seconds and their calm", () => void runStorm({ seed: seed++, forks: [] }));
