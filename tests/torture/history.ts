/**
 * Clients that write, read and compare-and-set at real nodes while a random node is killed with SIGKILL every second, and the
 * history of what they asked and were answered, judged and written down:
 *
 *   deno run -A --import-map=src/npm_import_map.json tests/torture/history.ts FILE [OPERATIONS]
 *
 * The file is for any checker of linearizability: JSON Lines in UTF-8, one operation a line, in the order of their returns. The
 * object under test is one register that holds a text, or null at the beginning. All values that are written are different.
 *
 * | key | holds |
 * | --- | --- |
 * | `client` | which client asked, a number from 0; each asks one thing at a time |
 * | `call`, `return` | places in the one order of all calls and returns, whole numbers from 0, none twice: of two operations A was over before B began if and only if A's `return` is below B's `call` |
 * | `operation` | `{"type":"read"}`, `{"type":"write","value":"x"}`, or `{"type":"compareAndSet","expected":"w","value":"x"}`, where `expected` may be null |
 * | `outcome` | of a read `{"type":"ok","value":"x","instanceNumber":7}`; of the others `{"type":"chosen","instanceNumber":7}` (it took effect), `{"type":"not_chosen"}` (its expectation did not hold, and it never takes effect); of any `{"type":"unknown"}`: it may have taken effect, or take effect at any time later, also after its `return`, or never |
 *
 * `instanceNumber` is the place in the chain of the update that took effect, or whose value was read: null with the value null. A
 * checker of registers does not need it; one that uses it may ask that it grow with time.
 *
 * @module
 */
import { PaxosClient } from "../../src/client/client.ts";
import type { OperationOutcome, RecordedOperation, RegisterOperation } from "../../src/sim/checkers/history.ts";
import {
  checkLinearizability,
  explainLinearizability,
  type LinearizabilityVerdict,
} from "../../src/sim/checkers/linearizability.ts";
import { Cluster } from "../runtime/cluster.ts";

/** What came of it. */
export interface HistoryReport {
  /** What clients asked and were answered. */
  readonly history: readonly RecordedOperation[];
  /** How many times a node was killed. */
  readonly kills: number;
  /** How long it took. */
  readonly seconds: number;
}

/** How much to do. */
export interface HistoryOptions {
  /** How many operations in all. */
  readonly operations: number;
  /** From one kill to the next, in milliseconds. */
  readonly killEveryMs: number;
  /** It goes on until so many updates are known to be chosen, where a slow machine leaves many unknown; for five times as much at most. */
  readonly leastChosen?: number;
}

const CLIENTS = 8;
/** A node is down for this part of the time between two kills. */
const DOWN = 0.5;
/**
 * So that the operations are spread over the kills, a client waits after an update for at most this part of that time. After a
 * read it goes on at once: what it then compares with may stand still.
 */
const THINK = 0.75;
/** Short enough that some outcomes are unknown. */
const TIMEOUT_MS = 700;
/** The checker gives up after so many states. */
const MAX_STATES = 5_000_000;

/** Runs the operations and records them. */
export async function recordHistory(
  { operations, killEveryMs, leastChosen = 0 }: HistoryOptions,
): Promise<HistoryReport> {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start();
  const began = performance.now();
  const history: RecordedOperation[] = [];
  let moments = 0;
  let calls = 0;
  let refusals = 0;
  let chosen = 0;
  const isEnough = () => calls - refusals >= (chosen >= leastChosen ? operations : 5 * operations);

  const work = async (number: number) => {
    const client = await PaxosClient.open({ nodes: cluster.nodes });
    let seen: string | null = null;
    while (!isEnough()) {
      const operation = draw(`${number}.${calls++}`, seen);
      const call = moments++;
      const outcome = await perform(client, pick([null, null, ...cluster.uids]), operation);
      // What was refused says nothing of the register.
      if (outcome.type === "refused") {
        refusals++;
        await pause(TIMEOUT_MS);
        continue;
      }
      history.push({ client: number, call, return: moments++, operation, outcome });
      if (outcome.type === "ok") seen = outcome.value;
      if (outcome.type === "chosen") chosen++;
      if (outcome.type === "chosen" && operation.type !== "read") seen = operation.value;
      if (operation.type !== "read") await pause(Math.random() * THINK * killEveryMs);
    }
    client.close();
  };

  let kills = 0;
  let working = true;
  const kill = async () => {
    while (working) {
      await pause((1 - DOWN) * killEveryMs);
      const victim = pick(cluster.uids);
      await cluster.kill([victim]);
      kills++;
      await pause(DOWN * killEveryMs);
      await cluster.start(victim);
    }
  };
  const killing = kill();
  try {
    await Promise.all(Array.from({ length: CLIENTS }, (_, number) => work(number)));
  } finally {
    working = false;
    await killing;
  }
  return { history, kills, seconds: (performance.now() - began) / 1000 };
}

/** The file's text. */
export function historyToText(history: readonly RecordedOperation[]): string {
  return history.map((operation) => `${JSON.stringify(operation)}\n`).join("");
}

/** Judges the text of such a file. */
export function judgeHistory(text: string): LinearizabilityVerdict {
  return checkLinearizability(text.trimEnd().split("\n").map((line) => JSON.parse(line)), MAX_STATES);
}

/** What to do next: a third each; a compare-and-set expects what its client knows, which others may have changed. */
export function draw(value: string, seen: string | null): RegisterOperation {
  return pick<RegisterOperation>([
    { type: "read" },
    { type: "write", value },
    { type: "compareAndSet", expected: seen, value },
  ]);
}

/** It was not done, and never will be, for a reason that is not the value that stands. */
export interface Refusal {
  readonly type: "refused";
  readonly reason: string;
}

/** What the nodes say where a condition did not hold. */
const CONDITION_FAILED = /^the value (is|was) /;

/** Does it, and gives what the client was told. */
export async function perform(
  client: PaxosClient,
  uid: string | null,
  operation: RegisterOperation,
): Promise<OperationOutcome | Refusal> {
  const options = { timeoutMs: TIMEOUT_MS };
  if (operation.type === "read") {
    const read = await client.get(uid, options);
    return read.outcome === "value"
      ? { type: "ok", value: read.value, instanceNumber: read.instanceNumber }
      : { type: "unknown" };
  }
  const told = operation.type === "write"
    ? await client.propose(uid, operation.value, options)
    : await client.compareAndSet(uid, operation.expected, operation.value, options);
  if (told.outcome === "chosen") return { type: "chosen", instanceNumber: told.instanceNumber };
  if (told.outcome === "unknown" || CONDITION_FAILED.test(told.reason)) return { type: told.outcome };
  return { type: "refused", reason: told.reason };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** One of them; there is always one. */
function pick<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)]!;
}

if (import.meta.main) {
  const [file, operations = "500"] = Deno.args;
  if (file === undefined) throw new Error("usage: history.ts FILE [OPERATIONS]");
  const { history, kills, seconds } = await recordHistory({ operations: Number(operations), killEveryMs: 1000 });
  Deno.writeTextFileSync(file, historyToText(history));
  const judged = judgeHistory(Deno.readTextFileSync(file));
  const outcomes = Object.groupBy(history, ({ operation, outcome }) => `${operation.type} ${outcome.type}`);
  const counts = Object.fromEntries(Object.entries(outcomes).sort().map(([key, of]) => [key, of?.length]));
  console.log(JSON.stringify({ operations: history.length, kills, seconds, ...counts }, null, 2));
  console.log(explainLinearizability(judged));
  Deno.exit(judged.verdict === "LINEARIZABLE" ? 0 : 1);
}
