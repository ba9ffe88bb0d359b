import { localAddress } from "../client/answers.ts";
import { PaxosClient } from "../client/client.ts";
import { Load, type LoadOperation, type LoadResult, percentile } from "../client/load.ts";
import { isLoopback, resolveNodes } from "../runtime/addresses.ts";
import { loadConfiguration } from "../runtime/configuration.ts";
import { openSocket } from "../runtime/datagram_socket.ts";
import { ConfigurationError, NetworkError } from "../runtime/errors.ts";
import { integerInRange, parseCommandLine, positiveNumber } from "./arguments.ts";
import { BenchCluster } from "./bench_cluster.ts";
import { type Floor, measureFloor } from "./bench_floor.ts";
import { type BenchReport, type Measured, reportLines, reportToJson } from "./bench_report.ts";
import { type Command, EXIT } from "./command.ts";
import { type ProcessUse, usesOf } from "./processes.ts";
import { Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

const DEFAULT_CLIENTS = "64";
/** The table of sessions has room for so many that go on at once, and a few. */
const MAX_CLIENTS = 256;
const DEFAULT_SECONDS = "5";
const MAX_SECONDS = 3600;
/** The load before what is measured, in milliseconds: the nodes' code is compiled, and all sessions are open. */
const WARM_UP_MS = 1500;
/** How many bytes are written. */
const VALUE_BYTES = 200;
const STATUS_TIMEOUT_MS = 2000;

/** The cluster that is measured. */
interface Subject {
  readonly addresses: ReadonlyMap<string, Deno.NetAddr>;
  /** Of the nodes, where they run on this machine. */
  readonly pids: readonly number[] | null;
  readonly mode: "plain" | "master";
  readonly floor: Floor;
}

/** `paxos bench`. */
export const bench: Command = {
  name: "bench",
  summary: "measure a cluster beside what the machine allows",
  usage: "[--clients N] [--seconds N] [--master] [--config FILE] [--json]",
  help: [
    "Clients of one process write values of 200 bytes, each the next one as soon as it knows the outcome of the last; then they",
    "read. Without --config three nodes are started for it on this machine, with their state in a temporary directory (of TMPDIR).",
    "",
    `  --clients N    how many clients ask at a time, 1 to ${MAX_CLIENTS} (${DEFAULT_CLIENTS})`,
    `  --seconds N    how long the writes are measured, and the reads (${DEFAULT_SECONDS})`,
    "  --master       start nodes with a master",
    "  --config FILE  measure this cluster, which runs already: its value is overwritten",
    "  --json         print one object; it is about the writes, with the reads in `reads`",
    "",
    "The floor is measured in the same run: a round trip between two processes over UDP, and one save of a state file. A commit",
    "needs two round trips and a save at least. Compare ratios of one run, never figures of two.",
  ],
  examples: [
    ["paxos bench", "three nodes of its own, 64 clients"],
    ["paxos bench --clients 1 --master", "one client, and nodes with a master"],
    ["paxos bench --config paxos.json --json", "a cluster that runs, for a program"],
  ],
  async run(args, terminal) {
    const { options, flags } = parseCommandLine(args, {
      options: ["clients", "seconds", "config"],
      flags: ["master", "json"],
    });
    const clients = integerInRange("--clients", options.clients ?? DEFAULT_CLIENTS, 1, MAX_CLIENTS);
    const seconds = positiveNumber("--seconds", options.seconds ?? DEFAULT_SECONDS, MAX_SECONDS);
    const report = options.config === undefined
      ? await onOwnCluster(flags.master, (subject) => measure(subject, clients, seconds))
      : await measure(await running(options.config, flags.master, terminal), clients, seconds);
    if (flags.json) terminal.print(JSON.stringify(reportToJson(report)));
    else for (const line of reportLines(report)) terminal.print(line);
    return report.writes.ops > 0 ? EXIT.done : EXIT.unknown;
  },
};

async function onOwnCluster(master: boolean, use: (subject: Subject) => Promise<BenchReport>): Promise<BenchReport> {
  const cluster = await BenchCluster.start(master ? ["--master"] : []);
  try {
    const floor = await measureFloor(cluster.directory);
    const addresses = await resolveNodes(Object.entries(cluster.nodes));
    const pids = cluster.children.map(({ pid }) => pid);
    return await use({ addresses, pids, mode: master ? "master" : "plain", floor });
  } finally {
    await cluster.close();
  }
}

/** Asks the nodes of a running cluster how they are: all that answer must be in one mode, and one must answer. */
async function running(configFile: string, master: boolean, terminal: Terminal): Promise<Subject> {
  const { nodes, secretFile } = loadConfiguration({ configFile, env: (name) => terminal.env(name) });
  if (secretFile !== undefined) {
    throw new ConfigurationError("paxos bench cannot prove its datagrams: measure a cluster without a secretFile.");
  }
  const client = await PaxosClient.open({ nodes: Object.fromEntries(nodes) });
  const statuses = await Promise.all(client.uids.map((uid) => client.status(uid, { timeoutMs: STATUS_TIMEOUT_MS })));
  client.close();
  const up = statuses.filter((status) => status !== null);
  const mode = up[0]?.mode;
  if (mode === undefined) throw new NetworkError("No node of the cluster answers: start it, or leave --config out.");
  if (master && mode !== "master") {
    throw new ConfigurationError("The cluster runs without a master: leave --master out, or start its nodes with it.");
  }
  const addresses = await resolveNodes(nodes);
  const isHere = [...addresses.values()].every(({ hostname }) => isLoopback(hostname)) && up.length === statuses.length;
  const directory = Deno.makeTempDirSync({ prefix: "paxos-bench-" });
  try {
    const floor = await measureFloor(directory);
    return { addresses, pids: isHere ? up.map(({ pid }) => pid) : null, mode, floor };
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

async function measure(
  { addresses, pids, mode, floor }: Subject,
  clients: number,
  seconds: number,
): Promise<BenchReport> {
  const socket = openSocket({ hostname: localAddress(addresses), port: 0 });
  const load = new Load(socket, [...addresses], clients, "v".repeat(VALUE_BYTES));
  const progress = new Progress();
  const ticker = setInterval(() => progress.show(`${what}: ${load.done.toLocaleString("en")} operations`), 200);
  let what = "";
  try {
    const run = async (operation: LoadOperation): Promise<Measured> => {
      what = `${operation}s, warming up`;
      await load.run(operation, WARM_UP_MS);
      what = `${operation}s of ${clients} clients, ${seconds} s`;
      const before = pids && await usesOf(pids);
      const result = await load.run(operation, seconds * 1000);
      return summarize(result, before, pids && await usesOf(pids));
    };
    return { clients, seconds, mode, floor, writes: await run("write"), reads: await run("read") };
  } finally {
    clearInterval(ticker);
    progress.clear();
    load.close();
  }
}

function summarize(result: LoadResult, before: ProcessUse[] | null, after: ProcessUse[] | null): Measured {
  const { latenciesMs, elapsedMs, errors } = result;
  const ops = latenciesMs.length;
  const cpuMs = before && after && sum(after.map(({ cpuMs }) => cpuMs)) - sum(before.map(({ cpuMs }) => cpuMs));
  return {
    ops,
    opsPerSecond: ops / elapsedMs * 1000,
    p50Ms: percentile(latenciesMs, 50),
    p99Ms: percentile(latenciesMs, 99),
    maxMs: percentile(latenciesMs, 100),
    errors,
    cpuUsPerOp: cpuMs === null || ops === 0 ? null : cpuMs * 1000 / ops,
    memoryBytes: after && Math.max(...after.map(({ memoryBytes }) => memoryBytes)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
