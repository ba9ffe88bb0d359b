// Real nodes for tests: processes on free ports, with their state in a directory of their own.
import { PaxosClient, type StatusResult } from "../../src/client/client.ts";
import { openSocket } from "../../src/runtime/datagram_socket.ts";
import { join } from "../../src/runtime/paths.ts";
import { newSecret } from "../../src/runtime/secret.ts";
import { PaxosProcess, runPaxos } from "./paxos_process.ts";

/** What a cluster is made with. */
export interface ClusterOptions {
  /** The nodes. */
  readonly uids?: readonly string[];
  /** Where each node thinks that the nodes are, for a network of the test's own; by default where they are. */
  readonly views?: (nodes: Nodes) => Readonly<Record<string, Nodes>>;
  /** More keys for the configuration of a node. */
  readonly settings?: (uid: string, directory: string) => Readonly<Record<string, unknown>>;
  /** More arguments for `paxos serve`, the same or those of each node. */
  readonly serveArgs?: readonly string[] | ((uid: string) => readonly string[]);
  /** Whether nodes and client share a secret. */
  readonly secret?: boolean;
  /** Gets each line that a node prints, in all its lives. */
  readonly printed?: (uid: string, line: string) => void;
}

/** Where each node is. */
type Nodes = Readonly<Record<string, { host: string; port: number }>>;

/** A cluster of processes; `await using` kills them and removes their files. */
export class Cluster implements AsyncDisposable {
  /** The node processes that run. */
  readonly running: Map<string, PaxosProcess> = new Map();

  /** Chooses free ports and writes the configuration; starts no node yet. */
  static async create(options: ClusterOptions = {}): Promise<Cluster> {
    const { uids = ["A", "B", "C"], secret = false } = options;
    const directory = await Deno.makeTempDir({ prefix: "paxos-test-" });
    const ports = freePorts(uids.length);
    const nodes = Object.fromEntries(uids.map((uid, index) => [uid, { host: "127.0.0.1", port: ports[index] ?? 0 }]));
    const secretFile = secret ? join(directory, "secret") : undefined;
    if (secretFile !== undefined) await Deno.writeTextFile(secretFile, newSecret(), { mode: 0o600 });
    const client = await PaxosClient.open({ nodes, secretFile });
    const cluster = new Cluster(options, uids, directory, nodes, client, secretFile);
    const configuration = { nodes, stateDir: directory, secretFile };
    await Deno.writeTextFile(cluster.configFile, JSON.stringify(configuration));
    const views = options.views?.(nodes);
    for (const uid of options.views || options.settings ? uids : []) {
      const own = { ...configuration, nodes: views?.[uid] ?? nodes, ...options.settings?.(uid, directory) };
      await Deno.writeTextFile(cluster.configOf(uid), JSON.stringify(own));
    }
    return cluster;
  }

  private constructor(
    readonly options: ClusterOptions,
    readonly uids: readonly string[],
    /** Where configuration and state files are. */
    readonly directory: string,
    readonly nodes: Nodes,
    /** Talks to all nodes. */
    readonly client: PaxosClient,
    /** Holds the shared secret, if there is one. */
    readonly secretFile: string | undefined,
  ) {}

  /** For `--config`. */
  get configFile(): string {
    return join(this.directory, "cluster.json");
  }

  /** What `paxos serve` is given as the configuration. */
  configOf(uid: string): string {
    const { views, settings } = this.options;
    return views || settings ? join(this.directory, `cluster-${uid}.json`) : this.configFile;
  }

  /** The state file of a node. */
  stateFile(uid: string): string {
    return join(this.directory, `${uid}.json`);
  }

  /** Starts the nodes, all by default, and waits until they listen. */
  async start(...uids: string[]): Promise<void> {
    await Promise.all((uids.length > 0 ? uids : this.uids).map(async (uid) => {
      const args = this.#serveArgs(uid);
      const process = new PaxosProcess(args, (line) => this.options.printed?.(uid, line));
      this.running.set(uid, process);
      await process.line(/listen/);
    }));
  }

  #serveArgs(uid: string): string[] {
    const { serveArgs = [] } = this.options;
    const more = typeof serveArgs === "function" ? serveArgs(uid) : serveArgs;
    return ["serve", uid, "--config", this.configOf(uid), ...more];
  }

  /** Starts a node that is expected to refuse, and waits for its end, for a minute at most; gives what it printed, too. */
  async serveToEnd(uid: string): Promise<{ code: number; printed: string }> {
    const process = new PaxosProcess(this.#serveArgs(uid));
    const timer = setTimeout(() => process.kill(), 60_000);
    const code = await process.exited;
    clearTimeout(timer);
    return { code, printed: process.tail };
  }

  /** Ends the nodes, all by default, at one moment; SIGKILL unless another signal is given. Gives the last one's exit code. */
  async kill(uids: readonly string[] = this.uids, signal?: Deno.Signal): Promise<number[]> {
    return await Promise.all(uids.flatMap((uid) => {
      const process = this.running.get(uid);
      this.running.delete(uid);
      return process === undefined ? [] : [process.kill(signal)];
    }));
  }

  /** Runs a command against the cluster to its end; gives its exit code and what it printed. */
  async paxos(name: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return await runPaxos([name, "--config", this.configFile, ...args]);
  }

  /** Asks a node how it is, again and again, until the answer will do; throws when that takes too long. */
  async until(
    uid: string,
    what: string,
    holds: (status: StatusResult) => boolean,
    timeoutMs = 2000,
    reach = false,
  ): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    let last: StatusResult | null = null;
    while (performance.now() < deadlineMs) {
      last = await this.client.status(uid, { timeoutMs: deadlineMs - performance.now(), reach });
      if (last !== null && holds(last)) return;
    }
    throw new Error(`node ${uid}: ${what} within ${timeoutMs} ms has not come true: ${JSON.stringify(last)}`);
  }

  /** Waits until a node and its peers have met: before, it counts no votes of theirs, and is carried over links that they chose. */
  async untilMet(uid: string): Promise<void> {
    const haveMet = ({ peers }: StatusResult) => peers.every(({ answers }) => answers === true);
    await this.until(uid, "its peers answer it", haveMet, 5000, true);
  }

  /** Kills the nodes and removes their files. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await this.kill();
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** Ports of 127.0.0.1 on which nobody listens at present: all are held until the last is found, so that no two are the same. */
export function freePorts(count: number): number[] {
  const sockets = Array.from({ length: count }, () => openSocket({ hostname: "127.0.0.1", port: 0 }));
  return sockets.map((socket) => {
    socket.close();
    return (socket.addr as Deno.NetAddr).port;
  });
}
