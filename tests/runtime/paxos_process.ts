import { linesOf } from "../../src/cli/lines.ts";
import { selfCommand } from "../../src/cli/self.ts";

/** How many of the last lines an error shows. */
const TAIL_LINES = 20;

/** A running `paxos` command. */
export class PaxosProcess {
  /** Of the process. */
  readonly pid: number;
  /** Resolves with the exit code when the process has ended and all that it printed was handed over. */
  readonly exited: Promise<number>;
  readonly #args: readonly string[];
  readonly #child: Deno.ChildProcess;
  readonly #listeners: Set<(line: string) => void>;
  readonly #tail: string[] = [];

  /** Starts `paxos` with these arguments; `printed` gets each line that it prints, on either stream. */
  constructor(
    paxosArgs: readonly string[],
    printed: (line: string) => void = () => {},
    env: Readonly<Record<string, string>> = {},
  ) {
    const { command, args } = selfCommand(paxosArgs);
    const pipes = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
    this.#child = new Deno.Command(command, { args: [...args], env, ...pipes }).spawn();
    this.#args = paxosArgs;
    this.#listeners = new Set([printed]);
    this.pid = this.#child.pid;
    this.exited = this.#listen();
  }

  /** Waits for a line that matches; rejects if the process ends without one. */
  line(pattern: RegExp): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const look = (line: string) => {
      if (pattern.test(line)) resolve(line);
    };
    this.#listeners.add(look);
    this.exited.then((code) => {
      reject(new Error(`paxos ${this.#args.join(" ")} ended with exit code ${code}:\n${this.tail}`));
    });
    return promise.finally(() => this.#listeners.delete(look));
  }

  /** Ends the process, by default as a loss of power would, and waits until it is gone; gives the exit code. */
  kill(signal: Deno.Signal = "SIGKILL"): Promise<number> {
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    return this.exited;
  }

  /** The last lines that it has printed. */
  get tail(): string {
    return this.#tail.join("\n");
  }

  async #listen(): Promise<number> {
    const { stdout, stderr, status } = this.#child;
    const [{ code }] = await Promise.all([status, this.#read(stdout), this.#read(stderr)]);
    return code;
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const line of linesOf(stream)) {
      if (this.#tail.push(line) > TAIL_LINES) this.#tail.shift();
      for (const listener of this.#listeners) listener(line);
    }
  }
}

/** Runs a command to its end; gives its exit code, and its lines by stream. */
export async function runPaxos(
  args: readonly string[],
  options: { readonly input?: Uint8Array; readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { command, args: all } = selfCommand(args);
  const { input, ...where } = options;
  const stdin = input === undefined ? "null" : "piped";
  const child = new Deno.Command(command, { args: [...all], stdin, stdout: "piped", stderr: "piped", ...where })
    .spawn();
  if (input !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(input as Uint8Array<ArrayBuffer>);
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}
