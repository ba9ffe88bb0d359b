// Three members of etcd, from the packages of Debian, on free ports of this machine.
import { freePorts } from "../../src/cli/bench_cluster.ts";
import { join } from "../../src/runtime/paths.ts";

const NAMES = ["a", "b", "c"];
const READY_MS = 15_000;

/** A running cluster. */
export class EtcdCluster {
  private constructor(
    readonly directory: string,
    readonly children: readonly Deno.ChildProcess[],
    readonly ports: number[],
  ) {}

  /** Starts the members and waits until one of them leads. Their data is in a temporary directory (of TMPDIR). */
  static start(): EtcdCluster {
    const directory = Deno.makeTempDirSync({ prefix: "paxos-bench-etcd-" });
    const ports = freePorts(2 * NAMES.length);
    const [clientPorts, peerPorts] = [ports.slice(0, NAMES.length), ports.slice(NAMES.length)];
    const url = (port: number | undefined) => `http://127.0.0.1:${port}`;
    const members = NAMES.map((name, i) => `${name}=${url(peerPorts[i])}`).join(",");
    const children = NAMES.map((name, i) => {
      const options = {
        "name": name,
        "data-dir": join(directory, name),
        "listen-client-urls": url(clientPorts[i]),
        "advertise-client-urls": url(clientPorts[i]),
        "listen-peer-urls": url(peerPorts[i]),
        "initial-advertise-peer-urls": url(peerPorts[i]),
        "initial-cluster": members,
        "log-level": "error",
      };
      const args = Object.entries(options).map(([option, value]) => `--${option}=${value}`);
      try {
        return new Deno.Command("etcd", { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
        throw new Error("There is no etcd on this machine: apt-get install etcd-server", { cause: error });
      }
    });
    return new EtcdCluster(directory, children, clientPorts);
  }

  /** The port of the member that leads, as soon as one does. */
  async leader(): Promise<number> {
    const untilMs = performance.now() + READY_MS;
    while (performance.now() < untilMs) {
      for (const port of this.ports) {
        const metrics = await fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text()).catch(() => "");
        if (/^etcd_server_is_leader 1$/m.test(metrics)) return port;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`No member of etcd leads after ${READY_MS} ms`);
  }

  /** Ends the members and removes their data. */
  async close(): Promise<void> {
    for (const child of this.children) child.kill("SIGKILL");
    await Promise.all(this.children.map((child) => child.status));
    Deno.removeSync(this.directory, { recursive: true });
  }
}
