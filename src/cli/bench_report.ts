// What `paxos bench` prints.
import { commitFloorMs, type Floor } from "./bench_floor.ts";

/** What was measured of one kind of operation. */
export interface Measured {
  /** How many came to a good end. */
  readonly ops: number;
  /** The same, a second. */
  readonly opsPerSecond: number;
  /** The latency that half of them did not exceed, in milliseconds. */
  readonly p50Ms: number | null;
  /** The latency that 99 of 100 did not exceed, in milliseconds. */
  readonly p99Ms: number | null;
  /** The longest latency, in milliseconds. */
  readonly maxMs: number | null;
  /** How many were refused, or had an outcome that nobody knows. */
  readonly errors: number;
  /** The time of a processor that all nodes spent on one of them, in microseconds; `null` where that is not to be had. */
  readonly cpuUsPerOp: number | null;
  /** The memory of the largest node at the end, in bytes; `null` where that is not to be had. */
  readonly memoryBytes: number | null;
}

/** All that was measured in one run. */
export interface BenchReport {
  /** How many clients there were. */
  readonly clients: number;
  /** How long each kind was measured. */
  readonly seconds: number;
  /** Of the cluster. */
  readonly mode: "plain" | "master";
  /** What the machine allows. */
  readonly floor: Floor;
  /** Values written. */
  readonly writes: Measured;
  /** Linearizable reads. */
  readonly reads: Measured;
}

/** The report for programs. */
export function reportToJson({ clients, seconds, mode, floor, writes, reads }: BenchReport): unknown {
  return {
    clients,
    seconds,
    mode,
    ...measuredToJson(writes),
    reads: measuredToJson(reads),
    floor: { round_trip_ms: floor.roundTripMs, save_ms: floor.saveMs, commit_ms: commitFloorMs(floor) },
  };
}

function measuredToJson(measured: Measured): Record<string, number | null> {
  return {
    ops: measured.ops,
    ops_per_second: measured.opsPerSecond,
    p50_ms: measured.p50Ms,
    p99_ms: measured.p99Ms,
    max_ms: measured.maxMs,
    errors: measured.errors,
    cpu_us_per_op: measured.cpuUsPerOp,
    memory_bytes: measured.memoryBytes,
  };
}

const HEADER = ["", "ops/s", "p50 ms", "p99 ms", "max ms", "errors", "CPU us/op", "MB a node"];

/** The report for people. */
export function reportLines({ clients, seconds, mode, floor, writes, reads }: BenchReport): string[] {
  const rows = [HEADER, row("writes", writes), row("reads", reads)];
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const table = rows.map((row) => row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)));
  const commitMs = commitFloorMs(floor);
  const ratio = writes.p50Ms === null ? "" : `; here p50 is ${(writes.p50Ms / commitMs).toFixed(2)} times that`;
  return [
    `${clients} client${clients === 1 ? "" : "s"}, ${mode} mode, ${seconds} s each`,
    "",
    ...table.map((row) => row.join("  ").trimEnd()),
    "",
    `floor: a round trip ${floor.roundTripMs.toFixed(3)} ms, a save ${floor.saveMs.toFixed(3)} ms, ` +
    `so no commit takes less than ${commitMs.toFixed(3)} ms${ratio}`,
  ];
}

function row(name: string, measured: Measured): string[] {
  const { opsPerSecond, p50Ms, p99Ms, maxMs, errors, cpuUsPerOp, memoryBytes } = measured;
  const megabytes = memoryBytes && memoryBytes / 1e6;
  const cells = [
    fixed(p50Ms, 3),
    fixed(p99Ms, 3),
    fixed(maxMs, 1),
    String(errors),
    fixed(cpuUsPerOp, 1),
    fixed(megabytes, 0),
  ];
  return [name, Math.round(opsPerSecond).toLocaleString("en"), ...cells];
}

function fixed(number: number | null, digits: number): string {
  return number === null ? "-" : number.toFixed(digits);
}
