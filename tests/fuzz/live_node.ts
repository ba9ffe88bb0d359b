import type { StatusResult } from "../../src/client/client.ts";
import { compareProposalIds } from "../../src/paxos/proposal_id.ts";
import { type DatagramSocket, openSocket, receiveAll } from "../../src/runtime/datagram_socket.ts";
import { Random } from "../../src/sim/random.ts";
import { Cluster } from "../runtime/cluster.ts";
import { Mutator } from "./mutation.ts";

/** What came of it. */
export interface NodeReport {
  /** How many datagrams were sent to the node. */
  readonly datagrams: number;
  /** How many answers a stranger got. */
  readonly answers: number;
  /** The most memory that the node used during each quarter of them, in MiB: much of it garbage that nobody has collected yet. */
  readonly quartersMiB: readonly number[];
  /** What is wrong, a sentence each. */
  readonly violations: readonly string[];
}

/** After so many datagrams the node is asked how it is: a socket holds no more, and what does not fit is lost unseen. */
const BURST = 100;
/** A node that takes longer to answer hangs, in milliseconds. */
const PATIENCE_MS = 20_000;

/**
 * Sends that many datagrams to a node that runs: with a secret all of them as a stranger, who must get no answer and change
 * nothing; without one, where loopback is proof enough, half of them from the address of a peer, and then its promise and its link
 * may only grow.
 */
export async function fuzzNode(
  seed: number,
  count: number,
  corpus: readonly Uint8Array[],
  secret: boolean,
): Promise<NodeReport> {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"], secret });
  await cluster.start("A");
  const node = cluster.running.get("A")!;
  let ended = false;
  node.exited.then(() => ended = true);
  const violations: string[] = [];
  let answers = 0;
  using sockets = new DisposableStack();
  const open = (port: number): DatagramSocket =>
    sockets.adopt(openSocket({ hostname: "127.0.0.1", port }), (socket) => socket.close());
  const stranger = open(0);
  receiveAll(stranger, () => answers++);
  const peer = open(cluster.nodes.B!.port);
  receiveAll(peer, () => {});
  const to: Deno.NetAddr = { transport: "udp", hostname: "127.0.0.1", port: cluster.nodes.A!.port };
  const mutator = new Mutator(new Random(seed), corpus);

  let before = await statusOf(cluster);
  const quartersMiB = [0, 0, 0, 0];
  let sent = 0;
  while (sent < count && violations.length === 0) {
    for (let i = 0; i < BURST && sent < count; i++, sent++) {
      const from = secret || mutator.random.chance(0.5) ? stranger : peer;
      await from.send(mutator.next(), to);
    }
    const now = await statusOf(cluster);
    if (ended || now === null || before === null) {
      violations.push(`after ${sent} datagrams the node ${ended ? "has ended" : "does not answer"}`);
      break;
    }
    violations.push(...compare(before, now, secret).map((what) => `after ${sent} datagrams ${what}`));
    before = now;
    const quarter = Math.min(Math.floor(4 * sent / count), 3);
    quartersMiB[quarter] = Math.max(quartersMiB[quarter]!, residentMiB(node.pid));
  }
  if (secret && answers > 0) violations.push(`a stranger got ${answers} answers`);
  await node.kill("SIGTERM");
  if (violations.length === 0) violations.push(...await startsAgain(cluster, before));
  return { datagrams: sent, answers, quartersMiB, violations };
}

async function statusOf(cluster: Cluster): Promise<StatusResult | null> {
  return await cluster.client.status("A", { timeoutMs: PATIENCE_MS });
}

function compare(before: StatusResult, now: StatusResult, isStranger: boolean): string[] {
  const wrong: string[] = [];
  const promise = compareProposalIds(now.promisedId, before.promisedId);
  if (promise < 0) wrong.push("the promise is lower than before");
  if (now.instanceNumber < before.instanceNumber) wrong.push("the link is lower than before");
  if (isStranger && (promise !== 0 || now.instanceNumber !== before.instanceNumber || now.value !== before.value)) {
    wrong.push("a stranger has changed the state");
  }
  return wrong;
}

/** What the node has saved must be a state that it can start from, and the one that it had. */
async function startsAgain(cluster: Cluster, before: StatusResult | null): Promise<string[]> {
  await cluster.start("A");
  const now = await statusOf(cluster);
  if (now === null || before === null) return ["the node does not answer after its restart"];
  return compare(before, now, false).map((what) => `after the restart ${what}`);
}

/** The memory that the process uses, in MiB; 0 where the system does not say. */
export function residentMiB(pid: number): number {
  if (Deno.build.os !== "linux") return 0;
  const pages = Number(Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ")[1]);
  return Math.round(pages * 4096 / 2 ** 20);
}
