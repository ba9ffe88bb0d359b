import type { ProposeOutcome } from "../../src/client/client.ts";
import { Election, type Step } from "../../src/cli/elect_logic.ts";
import { assert, assertEquals } from "../assert.ts";
import { electionStorm, type StormOptions } from "./elect_storm.ts";

const TTL_MS = 1000;
const chosen = (instanceNumber: number): ProposeOutcome => ({ outcome: "chosen", instanceNumber, node: "A" });
const notChosen: ProposeOutcome = { outcome: "not_chosen", reason: "", node: "A" };
const unknown: ProposeOutcome = { outcome: "unknown", reason: "", node: "A" };

function taking(instanceNumber: number): Step {
  return { kind: "try", condition: { kind: "instance", instanceNumber }, timeoutMs: 600 };
}

Deno.test("a contender looks, and takes what it has seen unchanged for a ttl, from the first time that it saw it", () => {
  const election = new Election(TTL_MS);
  assertEquals(election.next(50), { kind: "look" });
  election.observed(7, 60);
  assertEquals(election.next(60), { kind: "wait", untilMs: 160 });
  for (let nowMs = 160; nowMs < 1060; nowMs += 100) {
    assertEquals(election.next(nowMs), { kind: "look" });
    election.observed(7, nowMs);
  }
  assertEquals(election.next(1059), { kind: "wait", untilMs: 1060 });
  assertEquals(election.next(1060), taking(7));
});

Deno.test("a change starts a contender's ttl anew, whoever has written and whatever", () => {
  const election = new Election(TTL_MS);
  election.observed(7, 0);
  election.observed(8, 900);
  assertEquals(election.next(1000), { kind: "look" });
  election.observed(8, 1880);
  assertEquals(election.next(1899), { kind: "wait", untilMs: 1900 });
  assertEquals(election.next(1900), taking(8));
});

Deno.test("a value that cannot be read may be taken all the same: the condition finds out whether it has changed", () => {
  const election = new Election(TTL_MS);
  election.observed(7, 0);
  election.notObserved(950);
  assertEquals(election.next(1000), { kind: "wait", untilMs: 1050 });
  assertEquals(election.next(1050), taking(7));
});

Deno.test("where there is no value it is taken at once", () => {
  const election = new Election(TTL_MS);
  election.observed(null, 5);
  assertEquals(election.next(5), { kind: "try", condition: { kind: "value", value: null }, timeoutMs: 600 });
});

Deno.test("a lease counts from before its write was sent, is renewed after a third of the ttl, and keeps its fence", () => {
  const election = new Election(TTL_MS);
  election.observed(null, 0);
  election.tried(chosen(3), 10, 90);
  assertEquals(election.lease, { fence: 3, instanceNumber: 3, stopAtMs: 610, killAtMs: 810 });
  const renewAtMs = 10 + TTL_MS / 3;
  assertEquals(election.next(90), { kind: "wait", untilMs: renewAtMs });
  const renewal = election.next(350);
  assertEquals(renewal, { kind: "try", condition: { kind: "instance", instanceNumber: 3 }, timeoutMs: 260 });
  election.tried(chosen(5), 350, 400);
  assertEquals(election.lease, { fence: 3, instanceNumber: 5, stopAtMs: 950, killAtMs: 1150 });
});

Deno.test("a renewal of which nobody knows is tried again under the same condition until the lease is over", () => {
  const election = new Election(TTL_MS);
  election.tried(chosen(3), 0, 0);
  election.tried(unknown, 340, 350);
  assertEquals(election.next(350), { kind: "wait", untilMs: 450 });
  assertEquals(election.next(450).kind, "try");
  election.tried(unknown, 450, 590);
  assertEquals(election.next(590), { kind: "wait", untilMs: 600 });
  assert(election.lease !== null);
  election.next(600);
  assertEquals(election.lease, null);
});

Deno.test("a lease is lost by a condition that failed, by a renewal that arrives too late, and by a write that took too long", () => {
  const overtaken = new Election(TTL_MS);
  overtaken.tried(chosen(3), 0, 0);
  overtaken.tried(notChosen, 400, 410);
  assertEquals(overtaken.lease, null);
  assertEquals(overtaken.next(410), { kind: "wait", untilMs: 510 });
  assertEquals(overtaken.next(510), { kind: "look" });

  const late = new Election(TTL_MS);
  late.tried(chosen(3), 0, 0);
  late.tried(chosen(4), 590, 600);
  assertEquals(late.lease, null);

  const slow = new Election(TTL_MS);
  slow.tried(chosen(3), 0, 600);
  assertEquals(slow.lease, null);
});

const CALM: StormOptions = { seed: 0, ttlMs: TTL_MS, rates: [0.975, 1, 1.025] };

Deno.test("no two machines run the command at one moment, with clocks off by 2.5 %, pauses, and writes that are late or lost", () => {
  let takeovers = 0;
  let narrowestMs = Infinity;
  for (let seed = 1; seed <= 300; seed++) {
    const { violations, terms, gapsMs } = electionStorm({ ...CALM, seed });
    assertEquals(violations, [], `seed ${seed}`);
    takeovers += terms - 1;
    narrowestMs = Math.min(narrowestMs, ...gapsMs);
  }
  assert(takeovers > 1000, `${takeovers} takeovers`);
  // The margin that is left for slow machines: 1 / 1.025 - 0.8 / 0.975 of the ttl.
  assert(narrowestMs > 0.155 * TTL_MS && narrowestMs < 0.2 * TTL_MS, `${narrowestMs} ms`);
});

Deno.test("the storm sees clocks that are too far off, leases that count from an answer, and machines with ttls of their own", () => {
  const defects: Record<string, Partial<StormOptions>> = {
    "clocks off by 15 %": { rates: [0.85, 1, 1.15] },
    "leases from the answer": { leaseFromAnswer: true },
    "two ttls": { ttlsMs: [TTL_MS, 0.7 * TTL_MS, TTL_MS] },
  };
  for (const [name, defect] of Object.entries(defects)) {
    const seen = Array.from({ length: 300 }, (_, seed) => electionStorm({ ...CALM, ...defect, seed }).violations);
    assert(seen.some((violations) => violations.length > 0), name);
  }
});
