// Whoever waits is told why.
import type { PaxosClient } from "../client/client.ts";
import type { NodeReport } from "./broken_ways.ts";
import { escapeForTerminal } from "./escape.ts";
import type { Terminal } from "./terminal.ts";

/** What keeps the nodes from an outcome, as far as they can tell: a sentence each. */
export function reasonsToWait(reports: readonly NodeReport[]): string[] {
  const sentences: string[] = [];
  const silent = reports.filter(({ status }) => status === null).map(({ uid }) => uid);
  if (silent.length > 0) {
    const verb = silent.length === 1 ? "does" : "do";
    sentences.push(`waits: ${silent.length} of ${reports.length} nodes ${verb} not answer (${silent.join(", ")})`);
  }
  const answers = reports.flatMap(({ uid, status }) => status === null ? [] : [{ uid, ...status }]);
  if (answers.some(({ uid, masterUid }) => uid === masterUid)) return sentences;
  for (const { uid, masterUid, leaseRemainingMs, leaseWaitMs } of answers) {
    if (leaseWaitMs > 0) {
      sentences.push(
        `waits ${seconds(leaseWaitMs)}: a lease may still stand (node ${uid} was restarted or brought up to date)`,
      );
    } else if (masterUid !== null && silent.includes(masterUid)) {
      sentences.push(
        `waits ${seconds(leaseRemainingMs ?? 0)}: node ${uid} knows a lease of ${masterUid}, which does not answer`,
      );
    }
  }
  return sentences;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** After how long the nodes are asked whether they are there, and how long they may take to answer, in milliseconds. */
const PATIENCE_MS = 500;

/** Waits for the outcome; if that takes a second, says once what it waits for: nodes that do not answer, or a lease that may stand. */
export async function explainWait<T>(client: PaxosClient, terminal: Terminal, outcome: Promise<T>): Promise<T> {
  let waiting = true;
  const timer = setTimeout(async () => {
    const reports = await Promise.all(client.uids.map(async (uid) => {
      return { uid, status: await client.status(uid, { timeoutMs: PATIENCE_MS }) };
    }));
    if (!waiting) return;
    for (const sentence of reasonsToWait(reports)) terminal.note(escapeForTerminal(sentence));
  }, PATIENCE_MS);
  try {
    return await outcome;
  } finally {
    waiting = false;
    clearTimeout(timer);
  }
}
