// Our cluster beside etcd 3.4, one after the other in each run, on the same disk (that of TMPDIR), with real syncs and clients that
// are equally cheap:
//
//   deno run -A --unstable-net --import-map=src/npm_import_map.json tests/bench/side_by_side.ts [RUNS] [SECONDS] [--plain]
//
// Installs nothing: etcd is Debian's package etcd-server. Prints medians over the runs, and the median of each run's ratio.
import { Load, type LoadOperation, type LoadResult, percentile } from "../../src/client/load.ts";
import { BenchCluster } from "../../src/cli/bench_cluster.ts";
import { commitFloorMs, measureFloor } from "../../src/cli/bench_floor.ts";
import { usesOf } from "../../src/cli/processes.ts";
import { resolveNodes } from "../../src/runtime/addresses.ts";
import { openSocket } from "../../src/runtime/datagram_socket.ts";
import { EtcdCluster } from "./etcd_cluster.ts";
import { EtcdLoad } from "./etcd_load.ts";

const plain = Deno.args.includes("--plain");
const [runs = 5, seconds = 3] = Deno.args.filter((arg) => !arg.startsWith("--")).map(Number);
const WARM_UP_MS = 1500;
const VALUE = "v".repeat(200);
const CLIENTS = [1, 64, 256];

/** What is measured of one system in one run, by its name in the table. */
type Figures = Map<string, number>;

interface AnyLoad {
  run(operation: LoadOperation, forMs: number): Promise<LoadResult>;
  close(): void;
}

async function ours(): Promise<Figures> {
  const cluster = await BenchCluster.start(plain ? [] : ["--master"]);
  try {
    const addresses = await resolveNodes(Object.entries(cluster.nodes));
    const open = (clients: number) =>
      new Load(openSocket({ hostname: "127.0.0.1", port: 0 }), [...addresses], clients, VALUE);
    const figures = await measure(cluster.children, (clients) => Promise.resolve(open(clients)));
    figures.set("floor of a commit, ms", commitFloorMs(await measureFloor(cluster.directory)));
    return figures;
  } finally {
    await cluster.close();
  }
}

async function etcd(): Promise<Figures> {
  const cluster = EtcdCluster.start();
  try {
    const port = await cluster.leader();
    return await measure(cluster.children, (clients) => EtcdLoad.connect(port, clients, VALUE));
  } finally {
    await cluster.close();
  }
}

async function measure(
  children: readonly Deno.ChildProcess[],
  open: (clients: number) => Promise<AnyLoad>,
): Promise<Figures> {
  const figures: Figures = new Map();
  const pids = children.map(({ pid }) => pid);
  for (const clients of CLIENTS) {
    const load = await open(clients);
    for (const operation of clients === 1 ? ["write", "read"] as const : ["write"] as const) {
      await load.run(operation, WARM_UP_MS);
      const before = await usesOf(pids);
      const { latenciesMs, elapsedMs, errors } = await load.run(operation, seconds * 1000);
      const after = await usesOf(pids);
      const name = `${operation === "write" ? "commit" : "read"}, ${clients} client${clients === 1 ? "" : "s"}`;
      if (errors > 0) console.log(`${errors} errors: ${name}`);
      const cpuMs = after!.reduce((sum, { cpuMs }, i) => sum + cpuMs - before![i]!.cpuMs, 0);
      figures.set(`${name}: p50, ms`, percentile(latenciesMs, 50) ?? NaN);
      figures.set(`${name}: p99, ms`, percentile(latenciesMs, 99) ?? NaN);
      figures.set(`${name}: a second`, latenciesMs.length / elapsedMs * 1000);
      figures.set(`${name}: CPU of all nodes, us`, cpuMs * 1000 / latenciesMs.length);
    }
    load.close();
  }
  const uses = await usesOf(pids);
  figures.set("memory of the largest node, MB", Math.max(...uses!.map(({ memoryBytes }) => memoryBytes / 1e6)));
  return figures;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

const systems = { etcd, ours } as const;
const found: Record<keyof typeof systems, Figures[]> = { etcd: [], ours: [] };
for (let run = 0; run < runs; run++) {
  const order = run % 2 === 0 ? ["etcd", "ours"] as const : ["ours", "etcd"] as const;
  for (const name of order) found[name].push(await systems[name]());
  console.error(`run ${run + 1} of ${runs}`);
}

const rows = [...found.ours[0]!.keys()].map((name) => {
  const [theirs, own] = [found.etcd, found.ours].map((all) => all.map((figures) => figures.get(name) ?? NaN));
  const ratios = own!.map((value, i) => value / theirs![i]!);
  const digits = (value: number) =>
    Number.isNaN(value) ? "-" : value < 100 ? value.toFixed(2) : Math.round(value).toString();
  return [name, digits(median(theirs!)), digits(median(own!)), digits(median(ratios))];
});
const table = [["", "etcd 3.4", plain ? "ours" : "ours, --master", "ratio"], ...rows];
const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]!.length)));
for (const row of table) {
  console.log(row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join("  "));
}
