// One process of clients that ask at a fixed rate, whether they are answered or not: an open loop, as a crowd is.
//
//   overload_client.ts NODES_JSON REQUESTS_A_SECOND SECONDS
//
// Prints a line when it asks no more, and what came of it, as JSON, when all answers had their time.
import type { NodeAt } from "../../src/client/exchange.ts";
import type { ClientRequest, ClientResponse } from "../../src/replica/requests.ts";
import { openSocket, receiveAll } from "../../src/runtime/datagram_socket.ts";
import { decodeDatagram, encodeRequests } from "../../src/wire/datagram.ts";

/** What came of the requests of one process, or of several. */
export interface CrowdReport {
  /** How many left. */
  readonly sent: number;
  /** How many were told nothing in time: their datagrams were lost where a socket had no room. */
  readonly unanswered: number;
  /** How many were told what. */
  readonly told: Readonly<Record<string, number>>;
}

const TICK_MS = 5;
const VALUE = "v".repeat(200);
const NODE_TIMEOUT_MS = 2000;

/** Asks for so long, and waits for answers as long as a node may try. */
async function crowd(nodes: readonly NodeAt[], rate: number, seconds: number): Promise<CrowdReport> {
  const socket = openSocket({ hostname: "127.0.0.1", port: 0 });
  const told = new Map<string, number>();
  /** The lives of the nodes: more clients than there is room for sessions ask without. */
  const lives = new Map<string, string>();
  let targets = nodes;
  const take = (response: ClientResponse): void => {
    if (response.result === "opened") return void lives.set(response.node, response.life);
    if (response.result === "redirected") targets = nodes.filter(([uid]) => uid === response.masterUid);
    const what = describe(response);
    told.set(what, (told.get(what) ?? 0) + 1);
  };
  receiveAll(socket, (bytes) => {
    const decoded = decodeDatagram(bytes);
    if (decoded.kind === "responses") decoded.responses.forEach(take);
  });
  const name = crypto.randomUUID().slice(0, 8);
  let number = 0;
  let sent = 0;
  const next = (uid: string): ClientRequest => {
    const requestId = `${name}.${number++}`;
    const life = lives.get(uid);
    if (life === undefined) return { operation: "open", requestId };
    sent++;
    return { operation: "propose", requestId, life, update: { value: VALUE }, timeoutMs: NODE_TIMEOUT_MS };
  };
  const beganMs = performance.now();
  for (let turn = 0; performance.now() - beganMs < seconds * 1000; turn++) {
    const [uid, to] = targets[turn % targets.length]!;
    const due = Math.floor(rate * (performance.now() - beganMs) / 1000);
    const requests: ClientRequest[] = [];
    while (number < due) requests.push(next(uid));
    // What cannot be sent is lost.
    for (const bytes of encodeRequests(requests)) await socket.send(bytes, to).catch(() => {});
    await pause(TICK_MS);
  }
  console.log("asks no more");
  await pause(NODE_TIMEOUT_MS);
  const answered = [...told.values()].reduce((total, count) => total + count, 0);
  return { sent, unanswered: sent - answered, told: Object.fromEntries([...told].sort()) };
}

/** The same for the same of all nodes. */
function describe(response: ClientResponse): string {
  if (response.result !== "proposed") {
    return "reason" in response ? `refused: ${general(response.reason)}` : response.result;
  }
  const { outcome } = response;
  return "reason" in response && response.reason !== null ? `${outcome}: ${general(response.reason)}` : outcome;
}

function general(reason: string): string {
  return reason.replace(/^node \w+/, "the node");
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const [nodes, rate, seconds] = Deno.args;
console.log(JSON.stringify(await crowd(JSON.parse(nodes!), Number(rate), Number(seconds))));
Deno.exit(0);
