/**
 * Overload: measures what load a cluster sustains, then offers ten times as much from processes that do not wait for answers, and
 * looks at the memory of the nodes, at what they say, and at how soon they are as before:
 *
 *   deno task overload [--seconds N] [--times N] [--master]
 *
 * @module
 */
import { integerInRange, parseCommandLine, positiveNumber } from "../../src/cli/arguments.ts";
import { Load } from "../../src/client/load.ts";
import { linesOf } from "../../src/cli/lines.ts";
import { openSocket } from "../../src/runtime/datagram_socket.ts";
import { residentMiB } from "../fuzz/live_node.ts";
import { Cluster } from "../runtime/cluster.ts";
import type { CrowdReport } from "./overload_client.ts";

/** How to overload. */
export interface OverloadOptions {
  /** For how long, in seconds. */
  readonly seconds: number;
  /** How much more than what is sustained. */
  readonly times: number;
  /** Whether the nodes run with leases. */
  readonly master: boolean;
}

/** What came of it. */
export interface OverloadReport extends OverloadOptions {
  /** Writes a second of 64 clients that wait for each outcome, before. */
  readonly sustained: number;
  /** Requests a second that were meant to be offered, and those that left. */
  readonly offered: { readonly meant: number; readonly left: number };
  /** What the crowd was told. */
  readonly crowd: CrowdReport;
  /** The most memory of any node, in MiB: before, in each quarter of the overload. */
  readonly memoryMiB: { readonly before: number; readonly quarters: readonly number[] };
  /** How long after the end the first write was chosen, in milliseconds. */
  readonly recoveryMs: number;
  /** Writes a second from one second after the end on. */
  readonly after: number;
  /** What is wrong, a sentence each. */
  readonly violations: readonly string[];
}

const CLIENTS = 64;
const PROCESSES = 2;
const MEASURE_MS = 5000;
const WARM_UP_MS = 1500;
/** After the end of the load a write has to be chosen within this time, in milliseconds. */
const RECOVERY_MS = 1000;
/** For so long it is tried, in milliseconds. */
const PATIENCE_MS = 30_000;
/** The most that the memory of a node may grow from the second quarter of the overload to the last, in MiB. */
const GROWTH_MIB = 64;

/** Overloads. */
export async function overload(
  options: OverloadOptions,
  progress: (line: string) => void = () => {},
): Promise<OverloadReport> {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet", ...options.master ? ["--master"] : []] });
  await cluster.start();
  const addresses = Object.entries(cluster.nodes).map(([uid, { host, port }]) => {
    return [uid, { transport: "udp", hostname: host, port }] as const;
  });
  const sustained = await measure(addresses);
  const rate = Math.ceil(sustained * options.times);
  progress(`sustained: ${Math.round(sustained)} writes/s; offering ${rate} requests/s for ${options.seconds} s`);

  const pids = [...cluster.running.values()].map(({ pid }) => pid);
  const before = mostMiB(pids);
  const quarters = [0, 0, 0, 0];
  const beganMs = performance.now();
  const watch = setInterval(() => {
    const quarter = Math.min(Math.floor(4 * (performance.now() - beganMs) / (options.seconds * 1000)), 3);
    quarters[quarter] = Math.max(quarters[quarter]!, mostMiB(pids));
  }, 250);
  const crowds = Array.from({ length: PROCESSES }, () => startCrowd(addresses, rate / PROCESSES, options.seconds));
  await Promise.all(crowds.map(({ ended }) => ended));
  const endedMs = performance.now();
  clearInterval(watch);
  const isChosen = await keepsTrying(cluster, endedMs + PATIENCE_MS);
  const recoveryMs = performance.now() - endedMs;
  await new Promise((resolve) => setTimeout(resolve, Math.max(RECOVERY_MS - recoveryMs, 0)));
  const after = await measure(addresses);
  const crowd = sumOf(await Promise.all(crowds.map(({ report }) => report)));
  const { chosen = 0, ...others } = crowd.told;
  const busy = Object.entries(others).reduce((sum, [what, count]) => sum + (/too many/.test(what) ? count : 0), 0);

  const violations: string[] = [];
  if (!isChosen || recoveryMs > RECOVERY_MS) {
    violations.push(`the first write is ${isChosen ? "" : "not "}chosen after ${Math.round(recoveryMs)} ms`);
  }
  if (after < sustained / 2) violations.push(`a second after the end ${Math.round(after)} writes/s are done`);
  if (quarters[3]! - quarters[1]! > GROWTH_MIB) violations.push(`memory grows: ${quarters.join(", ")} MiB`);
  if (chosen === 0) violations.push("nothing was chosen while there was too much to do");
  if (busy < (crowd.sent - crowd.unanswered) / 2) violations.push("few were told that the nodes have too much to do");
  return {
    ...options,
    sustained: Math.round(sustained),
    offered: { meant: rate, left: Math.round(crowd.sent / options.seconds) },
    crowd,
    memoryMiB: { before, quarters },
    recoveryMs: Math.round(recoveryMs),
    after: Math.round(after),
    violations,
  };
}

/** Writes a second of clients that each wait for the outcome. */
async function measure(nodes: readonly (readonly [string, Deno.NetAddr])[]): Promise<number> {
  const load = new Load(openSocket({ hostname: "127.0.0.1", port: 0 }), nodes, CLIENTS, "v".repeat(200));
  try {
    await load.run("write", WARM_UP_MS);
    const { latenciesMs, elapsedMs } = await load.run("write", MEASURE_MS);
    return latenciesMs.length / elapsedMs * 1000;
  } finally {
    load.close();
  }
}

/** Writes, again and again where it is told that there is too much to do, until it is chosen; false if that takes too long. */
async function keepsTrying({ client }: Cluster, untilMs: number): Promise<boolean> {
  while (performance.now() < untilMs) {
    const { outcome } = await client.propose(null, "after", { timeoutMs: untilMs - performance.now() });
    if (outcome === "chosen") return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** Starts a process of clients; `ended` is when it asks no more, `report` what came of it. */
function startCrowd(
  nodes: unknown,
  rate: number,
  seconds: number,
): { ended: Promise<void>; report: Promise<CrowdReport> } {
  const file = new URL("overload_client.ts", import.meta.url).pathname;
  const map = new URL("../../src/npm_import_map.json", import.meta.url).pathname;
  const args = ["run", "--quiet", "-A", "--unstable-net", `--import-map=${map}`, file];
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args, JSON.stringify(nodes), String(rate), String(seconds)],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = linesOf(child.stdout)[Symbol.asyncIterator]();
  const line = async () => {
    const { done, value } = await lines.next();
    if (done) throw new Error("the clients have ended");
    return value;
  };
  const ended = line().then(() => {});
  return { ended, report: ended.then(line).then((text) => JSON.parse(text)) };
}

function sumOf(reports: readonly CrowdReport[]): CrowdReport {
  const told: Record<string, number> = {};
  for (const [what, count] of reports.flatMap((report) => Object.entries(report.told))) {
    told[what] = (told[what] ?? 0) + count;
  }
  const sum = (of: (report: CrowdReport) => number) => reports.reduce((total, report) => total + of(report), 0);
  return { sent: sum(({ sent }) => sent), unanswered: sum(({ unanswered }) => unanswered), told };
}

function mostMiB(pids: readonly number[]): number {
  return Math.max(...pids.map(residentMiB));
}

if (import.meta.main) {
  const { options, flags } = parseCommandLine(Deno.args, { options: ["seconds", "times"], flags: ["master"] });
  const seconds = positiveNumber("--seconds", options.seconds ?? "60");
  const times = integerInRange("--times", options.times ?? "10", 1, 1000);
  const report = await overload({ seconds, times, master: flags.master }, (line) => console.error(line));
  console.log(JSON.stringify(report, null, 2));
  Deno.exit(report.violations.length === 0 ? 0 : 1);
}
