/**
 * Torture: a cluster of real processes behind a network that loses, copies, delays, reorders and cuts; nodes killed with SIGKILL
 * and stopped with SIGSTOP; disks that are full or read-only; and clients that write, read and compare-and-set all the while:
 *
 *   deno task torture [--seconds N] [--seed N] [--nodes N] [--master]
 *
 * It goes in rounds. After each all faults end, a last value must be chosen and reach all nodes, and the round is judged: what
 * clients saw by the checker of linearizability, what nodes applied by comparing all of them, what clients were told by what was
 * applied. The seed decides what is done, not when the machine does it.
 *
 * @module
 */
import { integerInRange, parseCommandLine, positiveNumber } from "../../src/cli/arguments.ts";
import { PaxosClient } from "../../src/client/client.ts";
import { join } from "../../src/runtime/paths.ts";
import type { RecordedOperation } from "../../src/sim/checkers/history.ts";
import { checkLinearizability, explainLinearizability } from "../../src/sim/checkers/linearizability.ts";
import { Random } from "../../src/sim/random.ts";
import { Cluster } from "../runtime/cluster.ts";
import { ChainWatch } from "./chain_watch.ts";
import { type Fates, FaultProxy } from "./fault_proxy.ts";
import { type FaultCounts, pause, Tormentor } from "./faults.ts";
import { draw, historyToText, perform } from "./history.ts";
import { SmallDisk } from "./small_disk.ts";

/** How to torture. */
export interface TortureOptions {
  /** For about so long, in seconds: a round is not cut short. */
  readonly seconds: number;
  /** Decides what is done. */
  readonly seed: number;
  /** How many nodes. */
  readonly nodes: number;
  /** Whether the nodes run with leases. */
  readonly master: boolean;
  /** How long faults go on in a round, in milliseconds; 10,000 if it is not given. */
  readonly roundMs?: number;
  /** The file of the composition that the nodes run, if it is not the usual one. */
  readonly nodeFile?: string;
}

/** What came of it. */
export interface TortureReport extends TortureOptions {
  /** How many rounds were judged. */
  readonly rounds: number;
  /** Operations of clients, by kind and outcome. */
  readonly operations: Readonly<Record<string, number>>;
  /** How often which reason was given for a refusal. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Links of which the nodes' accounts were compared. */
  readonly links: number;
  /** What was done. */
  readonly faults: FaultCounts;
  /** What became of the datagrams. */
  readonly datagrams: Fates;
  /** What is wrong, a sentence each. */
  readonly violations: readonly string[];
}

const CLIENTS = 6;
const ROUND_MS = 10_000;
/** A client waits for up to so long between two operations, in milliseconds. */
const THINK_MS = 40;
/** When the faults are over a value must be chosen, and reach all nodes, within this time, in milliseconds; machines may be busy. */
const CALM_MS = 60_000;
/** Short, so that many leases end; the shortest that a slow machine keeps, in milliseconds. */
const LEASE_WINDOW_MS = 1000;
const MAX_STATES = 1_000_000;

/** Tortures; `progress` is told of each round. */
export async function torture(
  options: TortureOptions,
  progress: (line: string) => void = () => {},
): Promise<TortureReport> {
  const random = new Random(options.seed);
  const { roundMs = ROUND_MS, nodeFile } = options;
  const uids = Array.from({ length: options.nodes }, (_, index) => String.fromCharCode(65 + index));
  let proxy: FaultProxy | null = null;
  await using cluster = await Cluster.create({
    uids,
    serveArgs: [
      "--quiet",
      ...options.master ? ["--master"] : [],
      ...nodeFile === undefined ? [] : ["--node", nodeFile],
    ],
    views: (nodes) => (proxy = new FaultProxy(nodes, random)).views(),
    settings: (uid, directory) => ({ stateDir: join(directory, `disk-${uid}`), leaseWindowMs: LEASE_WINDOW_MS }),
  });
  using network = proxy! as FaultProxy;
  await using stack = new AsyncDisposableStack();
  const disks = new Map<string, SmallDisk>();
  for (const uid of uids) disks.set(uid, stack.use(await SmallDisk.create(join(cluster.directory, `disk-${uid}`))));
  stack.defer(async () => void await cluster.kill());
  await cluster.start();
  const chain = stack.use(await ChainWatch.create(cluster.nodes));
  const tormentor = new Tormentor(cluster, network, disks, random);
  for (const uid of uids) tormentor.watch(uid);
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, (_, client) => PaxosClient.open({ nodes: network.clientView(`client ${client}`) })),
  );
  stack.defer(() => clients.forEach((client) => client.close()));

  const round = new Rounds(cluster, chain, clients, random);
  const endMs = performance.now() + options.seconds * 1000;
  while (performance.now() < endMs && round.violations.length === 0 && tormentor.violations.length === 0) {
    await round.run(() => tormentor.torment(roundMs));
    progress(
      `round ${round.count}: ${round.told} operations, ${chain.compared} links, ${tormentor.counts.kills} kills`,
    );
  }
  return {
    ...options,
    rounds: round.count,
    operations: Object.fromEntries([...round.outcomes].sort()),
    refusals: Object.fromEntries(round.refusals),
    links: chain.compared,
    faults: tormentor.counts,
    datagrams: network.fates,
    violations: [...tormentor.violations, ...round.violations],
  };
}

/** Rounds of operations, each judged at its end. */
class Rounds {
  count = 0;
  told = 0;
  readonly outcomes = new Map<string, number>();
  readonly refusals = new Map<string, number>();
  readonly violations: string[] = [];
  #moments = 0;
  /** The values of the round that nobody may ever set. */
  #refused: string[] = [];
  /** With what the next round's history begins: the value that stands, and updates that may take effect still. */
  #before: RecordedOperation[] = [];
  #settledAt = -1;

  constructor(
    readonly cluster: Cluster,
    readonly chain: ChainWatch,
    readonly clients: readonly PaxosClient[],
    readonly random: Random,
  ) {}

  async run(torment: () => Promise<void>): Promise<void> {
    const number = ++this.count;
    const history: RecordedOperation[] = [...this.#before];
    let working = true;
    const work = async (client: PaxosClient, index: number) => {
      let seen: string | null = null;
      for (let operation = 0; working; operation++) {
        const record = await this.#operate(client, index, `${number}.${index}.${operation}`, seen);
        if (record === null) {
          await pause(THINK_MS);
          continue;
        }
        history.push(record);
        const { outcome } = record;
        if (outcome.type === "ok") seen = outcome.value;
        if (outcome.type === "chosen" && record.operation.type !== "read") seen = record.operation.value;
        if (record.operation.type !== "read") await pause(this.random.unit() * THINK_MS);
      }
    };
    const works = this.clients.map(work);
    await torment();
    working = false;
    await Promise.all(works);
    const last = await this.#settle(`${number}.end`, history);
    if (last === null) return;
    const own = history.slice(this.#before.length);
    for (const { operation, outcome } of own) {
      this.outcomes.set(...counted(this.outcomes, `${operation.type} ${outcome.type}`));
    }
    this.told += own.length;
    this.violations.push(...this.chain.compareUpTo(last));
    for (const { operation, outcome } of history) {
      const wrong = operation.type === "read" ? null : this.chain.judge(operation.value, outcome);
      if (wrong !== null) this.violations.push(wrong);
    }
    for (const value of this.#refused.splice(0)) {
      const wrong = this.chain.judge(value, { type: "not_chosen" });
      if (wrong !== null) this.violations.push(wrong);
    }
    const known = this.#completed(history, last);
    const judged = checkLinearizability(known, MAX_STATES);
    if (judged.verdict !== "LINEARIZABLE") {
      const file = await Deno.makeTempFile({ prefix: "paxos-torture-", suffix: ".jsonl" });
      await Deno.writeTextFile(file, historyToText(known));
      this.violations.push(`round ${number}, its history in ${file}: ${explainLinearizability(judged)}`);
    }
    // What is open still may be applied later, though not much later.
    const isOpen = ({ operation, outcome }: RecordedOperation) =>
      operation.type !== "read" && outcome.type === "unknown" && this.chain.placeOf(operation.value) === null;
    this.#before = [history.at(-1)!, ...own.filter(isOpen)];
    this.#settledAt = last;
  }

  /**
   * The history with what clients were not told and the nodes do tell: an update of unknown outcome has taken effect if a node has
   * applied it, and has not if none has. That makes the judgement stricter, and much faster.
   */
  #completed(history: readonly RecordedOperation[], last: number): RecordedOperation[] {
    const isBlind = this.chain.isBlind(this.#settledAt + 1, last);
    const end = this.#moments++;
    return history.flatMap((record): RecordedOperation[] => {
      const { operation, outcome } = record;
      if (operation.type === "read" || outcome.type !== "unknown") return [record];
      const instanceNumber = this.chain.placeOf(operation.value);
      if (instanceNumber === null) return isBlind ? [record] : [];
      return [{ ...record, return: end, outcome: { type: "chosen", instanceNumber } }];
    });
  }

  /** What was done; null where it was refused, which says nothing of the register. */
  async #operate(
    client: PaxosClient,
    index: number,
    value: string,
    seen: string | null,
  ): Promise<RecordedOperation | null> {
    const operation = draw(value, seen);
    const call = this.#moments++;
    const uid = this.random.pick([null, null, ...this.cluster.uids]);
    const outcome = await perform(client, uid, operation);
    if (outcome.type === "refused") {
      this.refusals.set(...counted(this.refusals, outcome.reason));
      this.#refused.push(value);
      return null;
    }
    return { client: index, call, return: this.#moments++, operation, outcome };
  }

  /** Sets a last value, which must be chosen and reach all nodes; gives its instance. */
  async #settle(value: string, history: RecordedOperation[]): Promise<number | null> {
    const call = this.#moments++;
    const told = await this.cluster.client.propose(null, value, { timeoutMs: CALM_MS });
    if (told.outcome !== "chosen") {
      this.violations.push(`${value}: nothing was chosen for ${CALM_MS} ms after the last fault: ${told.reason}`);
      return null;
    }
    const { instanceNumber } = told;
    const operation = { type: "write", value } as const;
    history.push({
      client: CLIENTS,
      call,
      return: this.#moments++,
      operation,
      outcome: { type: "chosen", instanceNumber },
    });
    const untilMs = performance.now() + CALM_MS;
    while (!this.chain.hasAll(instanceNumber)) {
      await pause(20);
      if (performance.now() < untilMs) continue;
      this.violations.push(`${value}: not all nodes have reached instance ${instanceNumber} in ${CALM_MS} ms`);
      return null;
    }
    return instanceNumber;
  }
}

function counted(counts: ReadonlyMap<string, number>, key: string): [string, number] {
  return [key, (counts.get(key) ?? 0) + 1];
}

if (import.meta.main) {
  const { options, flags } = parseCommandLine(Deno.args, { options: ["seconds", "seed", "nodes"], flags: ["master"] });
  const seed = integerInRange("--seed", options.seed ?? String(Math.floor(Math.random() * 2 ** 32)), 0, 2 ** 52);
  const seconds = positiveNumber("--seconds", options.seconds ?? "60");
  const nodes = integerInRange("--nodes", options.nodes ?? "3", 2, 9);
  console.error(`torture for ${seconds} s, seed ${seed}`);
  const report = await torture({ seconds, seed, nodes, master: flags.master }, (line) => console.error(line));
  console.log(JSON.stringify(report, null, 2));
  const { violations } = report;
  if (violations.length > 0) {
    const again = `deno task torture --seed ${seed} --nodes ${nodes}${flags.master ? " --master" : ""}`;
    console.error(`${violations.length} violations; the same again (the machine's timing apart): ${again}`);
  }
  Deno.exit(violations.length === 0 ? 0 : 1);
}
