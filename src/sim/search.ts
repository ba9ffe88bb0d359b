import { compareProposalIds, type ProposalId } from "../paxos/proposal_id.ts";
import { Lease } from "../replica/lease.ts";
import type { Host } from "./host.ts";
import { Random } from "./random.ts";
import { type Genes, Storm, type StormResult, type Subject } from "./storm.ts";

/** How the storms of a block learn from each other. */
interface Guidance {
  /** So many seeds are a block: a seed depends on those before it in its block, and on no others. */
  readonly block: number;
  /** So many storms of a block begin from nothing; of the others all but a few go on from where one of the block has been. */
  readonly fresh: number;
  /** They go on from the tensest of so many states that are drawn. */
  readonly tensestOf: number;
}

const GUIDANCE: Guidance = { block: 50, fresh: 10, tensestOf: 1 };

/** Two masters take half a dozen steps, each of them rare: storms get there over many that have made one step more. */
const AIMED_GUIDANCE: Guidance = { block: 1000, fresh: 30, tensestOf: 8 };

function guidanceOf({ aimed }: Subject): Guidance {
  return aimed ? AIMED_GUIDANCE : GUIDANCE;
}

/** How many seeds learn from each other. */
export function blockOf(subject: Subject): number {
  return guidanceOf(subject).block;
}

interface Seen {
  readonly state: number;
  readonly tension: number;
  readonly event: number;
}

/**
 * Guides the storms: one that brings the cluster into a state that its block has not seen is kept, and later storms of the block
 * run like it up to that state, and then on by another chance.
 *
 * States are abstract: who is down, who is behind, whose promise and whose accepted value stand above whose. So a run that got
 * half of the way to a disagreement is varied from there, where plain chance would have to come all the way each time.
 */
export class Search {
  readonly #guidance: Guidance;
  #block = -1;
  #next = 0;
  #seen = new Set<number>();
  #kept: { readonly genes: Genes; readonly tension: number }[] = [];

  /** `subject` is what the storms rage over. */
  constructor(readonly subject: Subject = {}) {
    this.#guidance = guidanceOf(subject);
  }

  /** Runs the storm of a seed, a whole number from 0; the same seed gives the same storm, in whatever order they are run. */
  run(seed: number): StormResult {
    const { block: size } = this.#guidance;
    const block = Math.floor(seed / size);
    if (block !== this.#block || seed < this.#next) {
      this.#block = block;
      this.#next = block * size;
      this.#seen.clear();
      this.#kept = [];
    }
    while (this.#next < seed) this.#runNext();
    return this.#runNext();
  }

  #runNext(): StormResult {
    const seed = this.#next++;
    const seen = new Map<number, Seen>();
    const storm: Storm = new Storm(this.#genesFor(seed), this.subject, (event, atMs) => {
      // In the calm nothing is left to chance.
      if (atMs >= storm.stormMs) return;
      if (event.kind !== "saved" && event.kind !== "crash" && event.kind !== "restart") return;
      const { state, tension } = abstractState([...storm.world.hosts.values()]);
      if (!seen.has(state)) seen.set(state, { state, tension, event: storm.world.events });
    });
    const result = storm.run();
    this.#keep(storm.genes, [...seen.values()]);
    return result;
  }

  #genesFor(seed: number): Genes {
    const random = new Random(seed, 3);
    const { block, fresh, tensestOf } = this.#guidance;
    if (seed % block < fresh || this.#kept.length === 0 || random.chance(0.1)) return { seed, forks: [] };
    let kept = random.pick(this.#kept);
    for (let more = tensestOf - 1; more > 0; more--) {
      const other = random.pick(this.#kept);
      if (other.tension > kept.tension) kept = other;
    }
    return fork(kept.genes, seed);
  }

  /** Of the states that are new, the tensest is where other storms are to go on. */
  #keep(genes: Genes, seen: readonly Seen[]): void {
    let best: Seen | undefined;
    for (const candidate of seen) {
      if (this.#seen.has(candidate.state)) continue;
      this.#seen.add(candidate.state);
      if (candidate.tension > (best?.tension ?? 0)) best = candidate;
    }
    if (best !== undefined) this.#kept.push({ genes: cut(genes, best.event), tension: best.tension });
  }
}

/** The storm up to an event, where it is to be forked. */
function cut({ seed, forks }: Genes, atEvent: number): Genes {
  return { seed, forks: [...forks.filter((fork) => fork.atEvent < atEvent), { atEvent, seed }] };
}

function fork({ seed, forks }: Genes, chance: number): Genes {
  return { seed, forks: [...forks.slice(0, -1), { atEvent: forks.at(-1)!.atEvent, seed: chance }] };
}

/** The state of the cluster as a number, and how far the nodes contradict each other. */
export function abstractState(hosts: readonly Host[]): { readonly state: number; readonly tension: number } {
  const instances = hosts.map(({ node }) => node?.instanceNumber ?? -1);
  const top = Math.max(...instances);
  const values: string[] = [];
  let highest: ProposalId | null = null;
  for (const { node } of hosts) {
    if (node === null || node.instanceNumber < top) continue;
    const { acceptor, proposer } = node.paxos;
    if (compareProposalIds(acceptor.promisedId, highest) > 0) highest = acceptor.promisedId;
    for (const value of [acceptor.acceptedValue, proposer.accept?.value ?? null]) {
      if (value !== null && !values.includes(value)) values.push(value);
    }
  }
  let state = hosts.length;
  let missing = 0;
  hosts.forEach(({ node, paused }, index) => {
    if (node === null || paused) missing++;
    const behind = Math.min(top - instances[index]!, 2);
    let token = node === null ? 0 : behind > 0 ? behind : 3;
    if (token === 3) {
      const { acceptor, proposer } = node!.paxos;
      token = 8 + (compareProposalIds(acceptor.promisedId, highest) < 0 ? 1 : 0) +
        2 * (compareProposalIds(acceptor.acceptedId, acceptor.promisedId) < 0 ? 1 : 0) +
        4 * (values.indexOf(acceptor.acceptedValue ?? "") + 1) +
        32 *
          (proposer.proposalId === null ? 0 : proposer.accept === null ? 1 : 2 + values.indexOf(proposer.accept.value));
    }
    state = mix(state, token + (paused ? 7 : 0));
  });
  const leases = abstractLeases(hosts);
  if (leases !== null) state = mix(state, leases.state);
  const tension = values.length < 2 ? 0 : 2 * values.length + Math.min(missing, 1);
  return { state, tension: tension + (leases?.tension ?? 0) };
}

/** Who is master, who waits, and for whom each node votes; tense where others are free to elect another beside a master. */
function abstractLeases(hosts: readonly Host[]): { readonly state: number; readonly tension: number } | null {
  let [state, isAny, masterAt, waiting] = [0, false, Infinity, 0];
  const freeAt: number[] = [];
  for (const { uid, node } of hosts) {
    const lease = node !== null && "lease" in node ? node.lease : null;
    if (node === null || !(lease instanceof Lease)) continue;
    isAny = true;
    const nowMs = node.env.now();
    const [holder, waits, isMaster] = [lease.holder(nowMs), lease.waitMs(nowMs) > 0, lease.isMaster(nowMs)];
    const known = holder === null ? 0 : 1 + hosts.findIndex((host) => host.uid === holder);
    state = mix(state, 4 * known + (waits ? 2 : 0) + (isMaster ? 1 : 0));
    if (isMaster) masterAt = node.instanceNumber;
    if (waits) waiting++;
    else if (holder === null || (holder === uid && !isMaster)) freeAt.push(node.instanceNumber);
  }
  if (!isAny) return null;
  // Who has the link that granted the lease should know of it: then it is not far to another master.
  const loose = freeAt.filter((instanceNumber) => instanceNumber >= masterAt).length;
  state = mix(state, loose);
  return { state, tension: masterAt < Infinity ? 16 * loose + 4 * freeAt.length + waiting : 0 };
}

function mix(state: number, token: number): number {
  return (Math.imul(state, 0x9e3779b1) + token) >>> 0;
}
