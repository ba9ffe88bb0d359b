// `deno task smoke [EXECUTABLE]`: three nodes, a value, a node killed, another value, the node back. With the executable of this
// platform that was built for release, or from source where none is named.
import { linesOf } from "../../src/cli/lines.ts";
import { type SelfCommand, selfCommand } from "../../src/cli/self.ts";

/** So long each step may take, in milliseconds. */
const STEP_MS = 20_000;

/** Tells what the program is, and each step as it is done; throws an `Error` where one fails. */
export async function smoke(executable: string | null, tell: (line: string) => void): Promise<void> {
  const program = (args: readonly string[]): SelfCommand =>
    executable === null ? selfCommand(args) : { command: executable, args };
  const directory = Deno.makeTempDirSync({ prefix: "paxos-smoke-" });
  const nodes = new Map<string, Deno.ChildProcess>();
  try {
    const sockets = ["A", "B", "C"].map(() =>
      Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 })
    );
    const ports = sockets.map(({ addr }) => (addr as Deno.NetAddr).port);
    for (const socket of sockets) socket.close();
    const cluster = Object.fromEntries(["A", "B", "C"].map((uid, at) => [uid, { host: "127.0.0.1", port: ports[at] }]));
    const config = `${directory}/paxos.json`;
    Deno.writeTextFileSync(config, JSON.stringify({ nodes: cluster, stateDir: `${directory}/state` }));
    const step = async (wanted: RegExp, ...args: string[]): Promise<void> => {
      const said = await output(program(args));
      if (!wanted.test(said)) throw new Error(`paxos ${args.join(" ")} says ${JSON.stringify(said)}, not ${wanted}`);
      tell(`paxos ${args.filter((arg) => arg !== config && arg !== "--config").join(" ")}: ${said}`);
    };
    const serve = async (uid: string): Promise<void> => {
      nodes.set(uid, await start(program(["serve", uid, "--config", config])));
      tell(`${uid} listens`);
    };
    const fromWhat = executable === null ? "from source" : "commit [0-9a-f]{7,}";
    await step(new RegExp(`^paxos \\d+\\.\\d+\\.\\d+ \\(${fromWhat}`), "--version");
    for (const uid of Object.keys(cluster)) await serve(uid);
    await step(/^chosen 0 hello$/, "propose", "A", "hello", "--config", config);
    await end(nodes.get("C"));
    tell("C is killed");
    await step(/^chosen 1 world$/, "propose", "B", "world", "--config", config);
    await step(/^world$/, "get", "A", "--config", config);
    await serve("C");
    await step(/^world$/, "get", "C", "--config", config);
    for (const node of nodes.values()) await end(node);
    nodes.clear();
    for (const uid of Object.keys(cluster)) await serve(uid);
    await step(/^world$/, "get", "--config", config);
    // The simulator runs in workers, whose module no import leads to.
    await step(/no rule was broken\.$/, "sim", "--seeds", "100");
  } finally {
    for (const node of nodes.values()) await end(node);
    Deno.removeSync(directory, { recursive: true });
  }
}

/** Starts a node and waits until it listens; its further lines are read and forgotten. */
async function start({ command, args }: SelfCommand): Promise<Deno.ChildProcess> {
  const node = new Deno.Command(command, { args: [...args], stdin: "null", stdout: "piped", stderr: "inherit" })
    .spawn();
  const listens = Promise.withResolvers<void>();
  (async () => {
    for await (const line of linesOf(node.stdout)) if (/listen/.test(line)) listens.resolve();
    listens.reject(new Error(`${args.join(" ")} has ended before it listened`));
  })();
  await within(STEP_MS, `${args.join(" ")} to listen`, listens.promise);
  return node;
}

async function end(node: Deno.ChildProcess | undefined): Promise<void> {
  try {
    // On Windows too this ends a process at once, without asking it.
    node?.kill("SIGKILL");
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof TypeError)) throw error;
  }
  await node?.status;
}

/** What a command prints, without its last line end; its exit code is left to the text. */
async function output({ command, args }: SelfCommand): Promise<string> {
  const child = new Deno.Command(command, { args: [...args], stdin: "null", stdout: "piped", stderr: "inherit" });
  const { stdout } = await within(3 * STEP_MS, args.join(" "), child.output());
  return new TextDecoder().decode(stdout).trim();
}

/** A promise that must not take longer. */
async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`waited ${ms / 1000} s for ${what}`)), ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

if (import.meta.main) {
  try {
    await smoke(Deno.args[0] ?? null, (line) => console.log(line));
    console.log("All as it should be.");
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
