// Whoever waits is told why.
import type { PaxosClient } from "../client/client.ts";
import type { Terminal } from "./terminal.ts";

/** After how long the nodes are asked whether they are there, and how long they may take to answer, in milliseconds. */
const PATIENCE_MS = 500;

/** Waits for the outcome; if that takes a second, says once which nodes do not answer. */
export async function explainWait<T>(client: PaxosClient, terminal: Terminal, outcome: Promise<T>): Promise<T> {
  let waiting = true;
  const timer = setTimeout(async () => {
    const alive = await Promise.all(client.uids.map((uid) => client.status(uid, { timeoutMs: PATIENCE_MS })));
    const silent = client.uids.filter((_uid, index) => alive[index] === null);
    if (!waiting || silent.length === 0) return;
    const verb = silent.length === 1 ? "does" : "do";
    terminal.note(`waits: ${silent.length} of ${client.uids.length} nodes ${verb} not answer (${silent.join(", ")})`);
  }, PATIENCE_MS);
  try {
    return await outcome;
  } finally {
    waiting = false;
    clearTimeout(timer);
  }
}
