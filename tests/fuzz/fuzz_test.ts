import { PaxosInstance } from "../../src/paxos/instance.ts";
import { PlainNode } from "../../src/node.ts";
import { MAX_VOTES } from "../../src/replica/bounded_instance.ts";
import { MAX_PROPOSALS } from "../../src/replica/proposals.ts";
import { MAX_OPEN } from "../../src/runtime/open_requests.ts";
import { MAX_READS } from "../../src/strategies/quorum_read.ts";
import { MAX_WATCHERS } from "../../src/strategies/watching.ts";
import { decodeDatagram } from "../../src/wire/datagram.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { fuzzCodec } from "./codec.ts";
import { fuzzNode } from "./live_node.ts";
import { realTraffic } from "./mutation.ts";
import { retainedAfter } from "./retained.ts";

const SEED = 1;

Deno.test("20,000 datagrams, real ones and what mutation makes of them, neither throw nor change when they are written again", () => {
  const corpus = realTraffic(2);
  const { violations, understood } = fuzzCodec(SEED, 20_000, corpus);
  assertEquals(violations, []);
  // Bytes without a meaning alone would show little.
  assert(understood > 2_000, `${understood} were understood`);
});

Deno.test("a codec that throws or that loses something is found out", () => {
  const corpus = realTraffic(1);
  const throwing = fuzzCodec(SEED, 10_000, corpus, (bytes) => {
    const decoded = decodeDatagram(bytes);
    if (decoded.kind === "bad" && decoded.reason === "not UTF-8") throw new TypeError("bytes");
    return decoded;
  });
  assertMatch(throwing.violations[0] ?? "", /TypeError: bytes/);
  let reads = 0;
  const losing = fuzzCodec(SEED, 10_000, corpus, (bytes) => {
    const decoded = decodeDatagram(bytes);
    return decoded.kind === "bad" ? decoded : { kind: "propose", value: `${reads++}` };
  });
  assertMatch(losing.violations[0] ?? "", /not read back as written/);
});

Deno.test("what a node keeps of what it is sent is bounded, by the limits of its queues", () => {
  const kept = retainedAfter(10_000, SEED, realTraffic(2));
  assertEquals([kept.proposals, kept.reads, kept.watchers], [MAX_PROPOSALS, MAX_READS, MAX_WATCHERS]);
  assert(kept.open <= MAX_OPEN, `${kept.open} questions`);
  // Those of B, and perhaps some of the node itself.
  assert(kept.tallies >= MAX_VOTES && kept.tallies <= 2 * MAX_VOTES, `${kept.tallies} tallies`);
});

Deno.test("a node that keeps every vote is found to grow", () => {
  class Hoarder extends PlainNode {
    protected override createInstance(): PaxosInstance {
      return new PaxosInstance(this.uid, this.quorumSize);
    }
  }
  assert(retainedAfter(1_000, SEED, [new Uint8Array()], Hoarder).tallies === 1_000);
});

machineTest(
  "a node with a secret gives a stranger no answer, and nothing that a stranger sends changes its state",
  async () => {
    const { violations, datagrams } = await fuzzNode(SEED, 2000, realTraffic(2), true);
    assertEquals([violations, datagrams], [[], 2000]);
  },
);

machineTest(
  "a node without a secret lives through what comes from a peer's address, and its promise never falls",
  async () => {
    const { violations, datagrams, answers } = await fuzzNode(SEED, 2000, realTraffic(2), false);
    assertEquals([violations, datagrams], [[], 2000]);
    assert(answers > 0, "a client on loopback is answered");
  },
);
