// Another search, which shares nothing with the real one but the cluster: it plays every path anew from the start, in the
// simulator's world, and keeps the texts of the states it has met.
import type { Model } from "../../src/check/model.ts";
import { MAX_SESSIONS } from "../../src/replica/register.ts";
import type { PaxosInstance } from "../../src/paxos/instance.ts";
import { Replay } from "../../src/sim/replay.ts";
import type { Act, Letter, Schedule } from "../../src/sim/schedule.ts";

/** Acts that belong together: something happens, and the saves that it begins end, or the machine crashes and restarts. */
type Move = readonly Act[];

/** How many states there are. */
export function countStates(model: Model): number {
  const start = new Run(model, []);
  const met = new Set([start.key()]);
  const open: Move[][] = [[]];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const move of new Run(model, path).moves()) {
      const further = [...path, move];
      const run = new Run(model, further);
      const key = run.key();
      if (run.crashes > model.bounds.crashes || met.has(key)) continue;
      met.add(key);
      open.push(further);
    }
  }
  return met.size;
}

class Run {
  crashes = 0;
  #crashed = new Map<string, number>();
  #replay: Replay;
  #letters = new Map<string, Letter>();
  #count = 0;

  constructor(readonly model: Model, path: readonly Move[]) {
    const schedule: Schedule = {
      hosts: model.nodes.map((uid) => ({ uid, clock: { rate: 1, offsetMs: 0 }, seed: 0 })),
      maxSessions: MAX_SESSIONS,
      clients: 0,
      shortcuts: [],
      judge: "agreement",
      calmFromMs: 0,
      events: [],
    };
    this.#replay = new Replay(schedule, model.subject);
    this.#note();
    for (const uid of model.nodes) this.#save(uid);
    for (const move of path) this.#play(move);
  }

  /** Everything that can happen now. */
  moves(): Move[] {
    const acts: Act[] = [];
    for (const letter of this.#letters.values()) acts.push({ kind: "deliver", letter, again: true });
    for (const uid of this.model.nodes) {
      for (const name of this.#replay.world.timers(uid).keys()) {
        if (name === "drive") acts.push({ kind: "timer", uid, name });
      }
    }
    const restarts = this.model.nodes.map((
      uid,
    ): Move => [{ kind: "crash", uid, saved: false }, { kind: "restart", uid }]);
    const crashing = acts.map((act): Move => {
      const uid = act.kind === "deliver" ? act.letter.to : (act as { uid: string }).uid;
      return [act, { kind: "crash", uid, saved: false }, { kind: "restart", uid }];
    });
    const all = [
      ...acts.map((act): Move => [act]),
      ...(this.model.bounds.crashes > 0 ? [...restarts, ...crashing] : []),
    ];
    return all;
  }

  /** All that can matter for what comes. */
  key(): string {
    const nodes = this.model.nodes.map((uid) => {
      const { node, disk } = this.#replay.world.hosts.get(uid)!;
      return [uid, this.#crashed.get(uid) ?? 0, disk.durable, node!.save(), whatMatters(node!.paxos)];
    });
    return JSON.stringify([nodes, [...this.#everything].sort()]);
  }

  #everything = new Set<string>();

  #play(move: Move): void {
    for (const [index, act] of move.entries()) {
      this.#replay.step({ id: ++this.#count, atMs: this.#count * 1000, act });
      this.#note();
      if (act.kind === "crash") {
        this.crashes++;
        this.#crashed.set(act.uid, (this.#crashed.get(act.uid) ?? 0) + 1);
      }
      const next = move[index + 1];
      if (next === undefined || next.kind !== "crash") { for (const uid of this.model.nodes) this.#save(uid); }
    }
  }

  #save(uid: string): void {
    while (this.#replay.world.hosts.get(uid)!.disk.writing !== null) {
      this.#replay.step({ id: ++this.#count, atMs: this.#count * 1000, act: { kind: "saved", uid } });
      this.#note();
    }
  }

  /** A vote reaches those only that the model lets hear it. */
  #note(): void {
    for (const { from, to, bytes } of this.#replay.world.inFlight.values()) {
      const letter = { from, to, text: new TextDecoder().decode(bytes), sentBy: 0 };
      const key = JSON.stringify([from, to, letter.text]);
      this.#everything.add(key);
      const isLost = letter.text.startsWith("accepted ") && !(this.model.bounds.reach.accepted?.includes(to) ?? true);
      if (!isLost) this.#letters.set(key, letter);
    }
  }
}

/** Promises count until there is an accept, votes until one value is chosen, and the order of either is no matter. */
function whatMatters({ proposer, acceptor, learner }: PaxosInstance): unknown {
  const { promises, ...rest } = proposer.save();
  const votes = learner.save();
  const { chosen } = learner;
  const kept = votes.filter(([, vote]) => chosen === null || same(vote.proposalId, chosen.proposalId));
  const lines = (list: readonly unknown[]): string[] => list.map((one) => JSON.stringify(one)).sort();
  return [rest, rest.accept === null ? lines(promises) : "spent", acceptor.save(), lines(kept)];
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
