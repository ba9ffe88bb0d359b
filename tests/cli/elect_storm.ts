// Machines that contend on a virtual clock, for one register, over a network that loses and delays.
import type { ProposeOutcome } from "../../src/client/client.ts";
import { Election, type Lease, leaseMs } from "../../src/cli/elect_logic.ts";
import { Agenda } from "../../src/sim/agenda.ts";
import { Random } from "../../src/sim/random.ts";

/** What a storm is made of. */
export interface StormOptions {
  /** Everything else is a function of it. */
  readonly seed: number;
  /** Of all machines. */
  readonly ttlMs: number;
  /** Each machine's clock, in its milliseconds for one real one. */
  readonly rates: readonly number[];
  /** A defect: what each machine takes for the ttl. */
  readonly ttlsMs?: readonly number[];
  /** A defect: leases count from when the outcome was heard. */
  readonly leaseFromAnswer?: boolean;
}

/** What came of it. */
export interface StormReport {
  /** How often a machine began to run the command. */
  readonly terms: number;
  /** For how long nobody ran the command between two terms of different machines, in real milliseconds. */
  readonly gapsMs: readonly number[];
  /** What is wrong, a sentence each. */
  readonly violations: readonly string[];
}

interface Term {
  readonly machine: number;
  readonly fence: number;
  readonly startMs: number;
  /** When the guard kills a command that does not heed SIGTERM: the worst that it does. */
  endMs: number;
}

const STORM_TTLS = 40;
/** By so much a timer is late at least; it also keeps rounding from making one early, again and again. */
const TIMER_MS = 0.001;

/** Runs one; the first machine is paused more often than others. */
export function electionStorm({ seed, ttlMs, rates, ttlsMs, leaseFromAnswer = false }: StormOptions): StormReport {
  const random = new Random(seed);
  const agenda = new Agenda<() => void>();
  const terms: Term[] = [];
  let nowMs = 0;
  let standing: number | null = null;
  let nextInstance = 0;

  const at = (atMs: number, run: () => void) =>
    agenda.add(Math.max(atMs, nowMs), () => {
      nowMs = Math.max(atMs, nowMs);
      run();
    });
  const delay = (): number => random.chance(0.05) ? random.wait(ttlMs) : random.wait(0.004 * ttlMs);

  const contend = (machine: number, rate: number) => {
    const election = new Election(ttlsMs?.[machine] ?? ttlMs);
    const offsetMs = random.between(0, 1e6);
    const local = (): number => offsetMs + nowMs * rate;
    const real = (localMs: number): number => (localMs - offsetMs) / rate;
    let pausedUntilMs = 0;
    let term: Term | null = null;

    /** On the machine: not while `paxos elect` is stopped; its guard works on. */
    const here = (atMs: number, run: () => void): void =>
      at(Math.max(atMs, pausedUntilMs), () => nowMs < pausedUntilMs ? here(nowMs, run) : run());

    const go = (lease: Lease) => {
      if (term === null) terms.push(term = { machine, fence: lease.fence, startMs: nowMs, endMs: 0 });
      // A deadline that comes when the guard has already begun to end the command changes nothing.
      if (term.endMs === 0 || nowMs < term.endMs - graceMs / rate) term.endMs = real(lease.killAtMs);
    };
    const { stopMs, killMs } = leaseMs(ttlsMs?.[machine] ?? ttlMs);
    const graceMs = killMs - stopMs;

    const step = () => {
      const next = election.next(local());
      if (election.lease === null && term !== null) {
        const endMs = term.endMs;
        term = null;
        return here(endMs, step);
      }
      switch (next.kind) {
        case "wait":
          return here(real(next.untilMs) + TIMER_MS, step);
        case "look":
          return at(nowMs + delay(), () => {
            const seen = standing;
            here(nowMs + delay(), () => {
              election.observed(seen, local());
              step();
            });
          });
        case "try":
          return attempt(next.condition.kind === "instance" ? next.condition.instanceNumber : null, next.timeoutMs);
      }
    };

    const attempt = (expected: number | null, timeoutMs: number) => {
      const sentAtMs = local();
      let isOpen = true;
      const finish = (outcome: ProposeOutcome) => {
        if (!isOpen) return;
        isOpen = false;
        election.tried(outcome, leaseFromAnswer ? local() : sentAtMs, local());
        if (election.lease !== null) go(election.lease);
        step();
      };
      here(real(sentAtMs + timeoutMs), () => finish({ outcome: "unknown", reason: "", node: "A" }));
      // It arrives, sooner or later, whether or not anybody still waits for the answer.
      at(nowMs + delay(), () => {
        const instanceNumber = nextInstance++;
        const holds = standing === expected;
        if (holds) standing = instanceNumber;
        if (random.chance(0.1)) return;
        here(
          nowMs + delay(),
          () =>
            finish(
              holds
                ? { outcome: "chosen", instanceNumber, node: "A" }
                : { outcome: "not_chosen", reason: "", node: "A" },
            ),
        );
      });
    };

    const pause = () => {
      pausedUntilMs = nowMs + random.wait(ttlMs);
      at(pausedUntilMs + random.wait((machine === 0 ? 2 : 6) * ttlMs), pause);
    };
    at(random.wait(5 * ttlMs), pause);
    at(random.between(0, ttlMs), step);
  };

  for (const [machine, rate] of rates.entries()) contend(machine, rate);
  while (nowMs < STORM_TTLS * ttlMs) agenda.take()?.();

  const violations: string[] = [];
  const gapsMs: number[] = [];
  for (const [index, term] of terms.entries()) {
    const before = terms[index - 1];
    if (before === undefined) continue;
    if (term.fence <= before.fence) violations.push(`fence ${term.fence} comes after ${before.fence}`);
    if (term.machine === before.machine) continue;
    gapsMs.push(term.startMs - before.endMs);
    if (term.startMs < before.endMs) {
      violations.push(`machine ${term.machine} begins ${before.endMs - term.startMs} ms before ${before.machine} ends`);
    }
  }
  return { terms: terms.length, gapsMs, violations };
}
