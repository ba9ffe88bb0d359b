// The cluster that `paxos bench` starts: three quiet nodes on free ports, with their state in a temporary directory.
import type { NodeAddress } from "../runtime/addresses.ts";
import { openSocket } from "../runtime/datagram_socket.ts";
import { NetworkError } from "../runtime/errors.ts";
import { join } from "../runtime/paths.ts";
import { linesOf } from "./lines.ts";
import { selfCommand } from "./self.ts";

const UIDS = ["A", "B", "C"];

/** Three nodes, each a process. */
export class BenchCluster {
  private constructor(
    /** Where configuration and state are. */
    readonly directory: string,
    /** Where the nodes are. */
    readonly nodes: Readonly<Record<string, NodeAddress>>,
    readonly children: readonly Deno.ChildProcess[],
  ) {}

  /** Starts the nodes and waits until they listen. */
  static async start(serveArgs: readonly string[]): Promise<BenchCluster> {
    const directory = Deno.makeTempDirSync({ prefix: "paxos-bench-" });
    const ports = freePorts(UIDS.length);
    const nodes = Object.fromEntries(UIDS.map((uid, i) => [uid, { host: "127.0.0.1", port: ports[i]! }]));
    const configFile = join(directory, "paxos.json");
    Deno.writeTextFileSync(configFile, JSON.stringify({ nodes, stateDir: directory }));
    const children = UIDS.map((uid) => {
      const { command, args } = selfCommand(["serve", uid, "--quiet", "--config", configFile, ...serveArgs]);
      return new Deno.Command(command, { args: [...args], stdin: "null", stdout: "piped", stderr: "piped" }).spawn();
    });
    const cluster = new BenchCluster(directory, nodes, children);
    const listening = await Promise.all(children.map((child, i) => untilListening(UIDS[i]!, child)));
    const trouble = listening.find((line) => line !== null);
    if (trouble === undefined) return cluster;
    await cluster.close();
    throw new NetworkError(`A node could not be started: ${trouble}`);
  }

  /** Ends the nodes and removes the directory. */
  async close(): Promise<void> {
    for (const child of this.children) {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    await Promise.all(this.children.map((child) => child.status));
    Deno.removeSync(this.directory, { recursive: true });
  }
}

/** Ports that nobody uses now; all are held until the last is found, so that no two are the same. */
export function freePorts(count: number): number[] {
  const sockets = Array.from({ length: count }, () => openSocket({ hostname: "127.0.0.1", port: 0 }));
  const ports = sockets.map(({ addr }) => (addr as Deno.NetAddr).port);
  for (const socket of sockets) socket.close();
  return ports;
}

/** Waits for the node's first line, and reads on; the last thing that it said if it ended instead. */
function untilListening(uid: string, child: Deno.ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    let last = `node ${uid} said nothing`;
    const read = async (stream: ReadableStream<Uint8Array>) => {
      for await (const line of linesOf(stream)) {
        last = line;
        if (line.includes(" listens on ")) resolve(null);
      }
    };
    Promise.all([read(child.stdout), read(child.stderr)]).then(() => resolve(last));
  });
}
