// `kill -9` of one node, over and over, while a peer of the test's making writes through it as fast as it votes:
//
//   deno run -A --import-map=src/npm_import_map.json tests/torture/lone_kill9.ts [KILLS] [NODES AT A TIME] [MINUTES]
import { PaxosClient } from "../../src/client/client.ts";
import { join } from "../../src/runtime/paths.ts";
import { freePorts } from "../runtime/cluster.ts";
import { PaxosProcess } from "../runtime/paxos_process.ts";
import { DrivingPeer } from "./driving_peer.ts";

/** What came of it. */
export interface LoneReport {
  /** How often the node was killed under writes: after it had voted in that life, with the next write on its way. */
  readonly kills: number;
  /** How often besides while it started, or before it had voted. */
  readonly killsWhileStarting: number;
  /** How many promises and votes it gave. */
  readonly answers: number;
  /** How many links were chosen through it. */
  readonly links: number;
  /** How long it took. */
  readonly seconds: number;
  /** What is wrong, a sentence each. */
  readonly violations: readonly string[];
}

/** How a node is treated. */
export interface LoneOptions {
  /** How often it is killed under writes. */
  readonly kills: number;
  /** After this time no more kills begin, in milliseconds; never, if it is not given. */
  readonly limitMs?: number;
  /** Called before each start, with the directory of the node's state. */
  readonly meddle?: (directory: string) => void;
  /** Told of each kill. */
  readonly killed?: () => void;
}

/** Of so many lives one ends while the node starts. */
const LIVES_A_START = 10;
/** A node that has voted is killed this long after at the latest, in milliseconds. */
const LONGEST_LIFE_MS = 40;
/** Within this time a node must be up, and vote, in milliseconds. */
const PATIENCE_MS = 30_000;

/** Kills one node that often, and starts it again each time. */
export async function killLoneNode(options: LoneOptions): Promise<LoneReport> {
  const { limitMs = Infinity, meddle = () => {}, killed = () => {} } = options;
  const directory = Deno.makeTempDirSync({ prefix: "paxos-lone-" });
  const [a, b, c] = freePorts(3).map((port) => ({ host: "127.0.0.1", port }));
  const nodes = { A: a!, B: b!, C: c! };
  const configFile = join(directory, "cluster.json");
  Deno.writeTextFileSync(configFile, JSON.stringify({ nodes, stateDir: directory }));
  const peer = new DrivingPeer(nodes.B.port, nodes.A.port);
  const client = await PaxosClient.open({ nodes });
  const began = performance.now();
  let kills = 0;
  let killsWhileStarting = 0;
  let startMs = 200;
  try {
    while (peer.violations.length === 0) {
      meddle(directory);
      const spawned = performance.now();
      const voted = peer.nextVote();
      const node = new PaxosProcess(["serve", "A", "--config", configFile, "--quiet"]);
      const up = Promise.race([voted.then(() => true), node.exited.then(() => false)]);
      if (kills === options.kills || performance.now() - began > limitMs) {
        await within(up, `node A does not vote within ${PATIENCE_MS} ms of its last start`);
        await peer.question(() => client.status("A", { timeoutMs: PATIENCE_MS }));
        await node.kill();
        break;
      }
      const moment = Math.random();
      let writes = false;
      if (Math.random() < 1 / LIVES_A_START) {
        writes = await Promise.race([sleep(moment * startMs).then(() => false), up]);
      } else {
        writes = await within(up, `node A does not vote within ${PATIENCE_MS} ms`);
        startMs = performance.now() - spawned;
        await Promise.race([sleep(moment * LONGEST_LIFE_MS), node.exited]);
      }
      // Whatever it was told to do while it lived, it must not end by itself.
      const code = await node.kill();
      if (code !== 128 + 9) {
        peer.violations.push(`life ${kills + killsWhileStarting}: the node ended by itself, with exit code ${code}`);
      }
      if (!writes) killsWhileStarting++;
      else {
        kills++;
        killed();
      }
    }
  } finally {
    client.close();
    peer.close();
    Deno.removeSync(directory, { recursive: true });
  }
  const { answers, links, violations } = peer;
  return { kills, killsWhileStarting, answers, links, seconds: (performance.now() - began) / 1000, violations };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function within<T>(promise: Promise<T>, complaint: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => timer = setTimeout(() => reject(new Error(complaint)), PATIENCE_MS));
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

if (import.meta.main) {
  const kills = Number(Deno.args[0] ?? 200);
  const atATime = Number(Deno.args[1] ?? 2);
  const limitMs = Number(Deno.args[2] ?? 60) * 60_000;
  let count = 0;
  const killed = () => {
    if (++count % 100 === 0) console.error(`kill ${count} of ${kills}`);
  };
  const shares = Array.from({ length: atATime }, (_, index) => Math.floor((kills + index) / atATime));
  const reports = await Promise.all(shares.map((share) => killLoneNode({ kills: share, limitMs, killed })));
  const sum = (of: (report: LoneReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  const violations = reports.flatMap((report) => report.violations);
  console.log(JSON.stringify({
    kills: sum((report) => report.kills),
    killsWhileStarting: sum((report) => report.killsWhileStarting),
    answers: sum((report) => report.answers),
    links: sum((report) => report.links),
    seconds: Math.max(...reports.map((report) => report.seconds)),
    violations,
  }));
  Deno.exit(violations.length === 0 ? 0 : 1);
}
