// The cluster of the demo: real processes, real UDP on free ports, real state files in a temporary directory.
import { PaxosClient } from "../client/client.ts";
import type { NodeAddress } from "../runtime/addresses.ts";
import { join } from "../runtime/paths.ts";
import { linesOf } from "./lines.ts";
import { selfCommand } from "./self.ts";

/** What a node of the demo tells: a line of `serve --log json`. */
export interface DemoEvent {
  /** The node. */
  readonly uid: string;
  /** `listening`, `chosen`, `caught_up`, `trouble` ...; `ended` when its process is gone. */
  readonly event: string;
  /** All that the line says. */
  readonly fields: Readonly<Record<string, unknown>>;
}

interface NodeProcess {
  readonly child: Deno.ChildProcess;
  readonly output: Promise<void>;
}

/** How the cluster is made. */
export interface DemoOptions {
  /** How many nodes. */
  readonly count: number;
  /** Whether there is a master. */
  readonly master: boolean;
}

/** Short enough that nobody waits long for the next master. */
const LEASE_WINDOW_MS = 1000;

/** Three or more nodes that can be killed and started again. */
export class DemoCluster {
  /** The nodes' names. */
  readonly uids: readonly string[];
  /** All that happened so far. */
  readonly events: DemoEvent[] = [];
  #processes = new Map<string, NodeProcess>();
  #waiting = new Set<() => void>();
  #closed = false;

  private constructor(
    readonly directory: string,
    readonly addresses: Readonly<Record<string, NodeAddress>>,
    readonly client: PaxosClient,
    readonly master: boolean,
    readonly observe: (event: DemoEvent) => void,
  ) {
    this.uids = Object.keys(addresses);
  }

  /** Makes the directory and the configuration; no node runs yet. */
  static async create({ count, master }: DemoOptions, observe: (event: DemoEvent) => void): Promise<DemoCluster> {
    const directory = Deno.makeTempDirSync({ prefix: "paxos-demo-" });
    const uids = Array.from({ length: count }, (_, index) => String.fromCharCode(65 + index));
    const ports = freePorts(count);
    const addresses = Object.fromEntries(uids.map((uid, i) => [uid, { host: "127.0.0.1", port: ports[i]! }]));
    const configuration = { nodes: addresses, stateDir: directory, ...(master && { leaseWindowMs: LEASE_WINDOW_MS }) };
    Deno.writeTextFileSync(join(directory, "paxos.json"), JSON.stringify(configuration, null, 2));
    return new DemoCluster(directory, addresses, await PaxosClient.open({ nodes: addresses }), master, observe);
  }

  /** The nodes whose processes run. */
  get running(): readonly string[] {
    return this.uids.filter((uid) => this.#processes.has(uid));
  }

  /** Starts the node's process. */
  start(uid: string): void {
    if (this.#processes.has(uid)) return;
    const { command, args } = selfCommand([
      "serve",
      uid,
      ...(this.master ? ["--master"] : []),
      "--config",
      join(this.directory, "paxos.json"),
      "--log",
      "json",
    ]);
    const child = new Deno.Command(command, { args: [...args], stdin: "null", stdout: "piped", stderr: "piped" })
      .spawn();
    const output = Promise.all([
      this.#read(child.stdout, (line) => this.#take(uid, line)),
      this.#read(child.stderr, (line) => this.#tell({ uid, event: "error", fields: { text: line } })),
    ]).then(async () => {
      const { code, signal } = await child.status;
      this.#processes.delete(uid);
      this.#tell({ uid, event: "ended", fields: { code, signal } });
    });
    this.#processes.set(uid, { child, output });
  }

  /** Kills the node's process with SIGKILL, and waits until it is gone. */
  async kill(uid: string): Promise<void> {
    const running = this.#processes.get(uid);
    if (running === undefined) return;
    running.child.kill("SIGKILL");
    await running.output;
  }

  /** Waits until the condition holds for what has happened; `false` if it does not in time. */
  async until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    if (condition()) return true;
    return await new Promise((resolve) => {
      const finish = (held: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(held);
      };
      const check = () => condition() && finish(true);
      const timer = setTimeout(() => finish(false), timeoutMs);
      this.#waiting.add(check);
    });
  }

  /** Ends all processes and removes the directory. */
  async close(): Promise<void> {
    this.#closed = true;
    this.client.close();
    await Promise.all(this.uids.map((uid) => this.kill(uid)));
    Deno.removeSync(this.directory, { recursive: true });
  }

  async #read(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
    for await (const line of linesOf(stream)) take(line);
  }

  #take(uid: string, line: string): void {
    const { event, ...fields } = JSON.parse(line) as Record<string, unknown>;
    if (event === "sent" || event === "received") return;
    this.#tell({ uid, event: String(event), fields });
  }

  #tell(event: DemoEvent): void {
    // That the end of the demo ends the nodes is no news.
    if (this.#closed) return;
    this.events.push(event);
    this.observe(event);
    for (const check of [...this.#waiting]) check();
  }
}

/** Ports that nobody uses now; all are held until the last is found, so that no two are the same. */
function freePorts(count: number): number[] {
  const sockets = Array.from({ length: count }, () => {
    return Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  });
  const ports = sockets.map(({ addr }) => (addr as Deno.NetAddr).port);
  for (const socket of sockets) socket.close();
  return ports;
}
