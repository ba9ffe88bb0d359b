// Runs the commands of a document as a reader would type them, one after the other, against a cluster of its own.
//
// Blocks of `sh` are run line by line; a node that a line starts runs on. A block of `text` that follows says what the block has
// printed: its lines, in order, `...` standing for anything. What a reader does without a command stands in a comment of the
// document, as `<!-- test: ... -->`:
//
// - `kill B`: node B is killed, as by `kill -9`;
// - `exit 1`: the last line of the next block ends with this exit code, where others end with 0;
// - `interrupt`: the last line of the next block runs on, and is interrupted when it has printed something;
// - `skip ...`: the next block is not run, for this reason.
import { linesOf } from "../../src/cli/lines.ts";
import { selfCommand } from "../../src/cli/self.ts";
import type { Document } from "./documents.ts";

/** What a document consists of, for whoever follows it. */
export type Step =
  | { readonly kind: "commands"; readonly lines: readonly string[]; readonly exit: number; readonly interrupt: boolean }
  | { readonly kind: "output"; readonly lines: readonly string[] }
  | { readonly kind: "kill"; readonly uid: string };

/** So long one line may take, in milliseconds. */
const LINE_MS = 180_000;

/** Reads the steps of a document. An `Error` for a comment that nobody understands. */
export function stepsOf({ path, text }: Document): Step[] {
  const steps: Step[] = [];
  let [exit, interrupt, skip] = [0, false, false];
  for (const [, directive, language, code] of text.matchAll(/<!-- test: (.*?) -->|^```(\w*)\n([\s\S]*?)^```/gm)) {
    if (directive !== undefined) {
      const [word, argument] = directive.split(" ");
      if (word === "kill" && argument !== undefined) steps.push({ kind: "kill", uid: argument });
      else if (word === "exit") exit = Number(argument);
      else if (word === "interrupt") interrupt = true;
      else if (word === "skip") skip = true;
      else throw new Error(`${path}: there is no <!-- test: ${directive} -->`);
      continue;
    }
    const lines = code!.split("\n").filter((line) => line.trim() !== "");
    if (language === "sh" && !skip) steps.push({ kind: "commands", lines: joined(lines), exit, interrupt });
    if (language === "text" && !skip) steps.push({ kind: "output", lines });
    if (language === "sh") [exit, interrupt] = [0, false];
    if (language === "text" || language === "sh") skip = false;
  }
  return steps;
}

/** A backslash at the end of a line joins it with the next one. */
function joined(lines: readonly string[]): string[] {
  return lines.join("\n").replaceAll("\\\n", " ").split("\n");
}

/** Whether what was printed has these lines in their order; `...` stands for anything. */
export function hasLines(printed: readonly string[], wanted: readonly string[]): boolean {
  let at = 0;
  for (const line of wanted) {
    if (line.trim() === "...") continue;
    const pattern = new RegExp(`^${line.trim().split("...").map((part) => RegExp.escape(part)).join(".*")}$`);
    while (at < printed.length && !pattern.test(printed[at]!.trim())) at++;
    if (at++ >= printed.length) return false;
  }
  return true;
}

/** A reader's terminals. */
export class DocSession implements AsyncDisposable {
  readonly #folder: string = Deno.makeTempDirSync({ prefix: "paxos-doc-" });
  readonly #environment: Record<string, string>;
  readonly #nodes = new Map<string, Deno.ChildProcess>();
  #printed: string[] = [];

  constructor() {
    const sockets = ["A", "B", "C"].map(() =>
      Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 })
    );
    const nodes = Object.fromEntries(sockets.map(({ addr }, index) => {
      return ["ABC"[index], { host: "127.0.0.1", port: (addr as Deno.NetAddr).port }];
    }));
    for (const socket of sockets) socket.close();
    Deno.mkdirSync(`${this.#folder}/bin`);
    Deno.mkdirSync(this.directory);
    const config = `${this.#folder}/cluster.json`;
    Deno.writeTextFileSync(config, JSON.stringify({ nodes, stateDir: `${this.#folder}/state` }));
    const { command, args } = selfCommand([], ["--allow-run"]);
    const paxos = [command, ...args].map((word) => `'${word}'`).join(" ");
    this.#script("paxos", `exec ${paxos} "$@"`);
    // From a checkout the tasks stand for the program, and npx for Deno.
    const task =
      'case $2 in paxos) shift 2 ;; serve|demo|lab) shift ;; *) echo "no such task here: $2" >&2; exit 1 ;; esac';
    this.#script("deno", `${task}; exec paxos "$@"`);
    this.#script("npx", 'shift 2; exec deno "$@"');
    const path = `${this.#folder}/bin:${Deno.env.get("PATH")}`;
    this.#environment = { PATH: path, PAXOS_CONFIG: config, HOME: this.#folder, NO_COLOR: "1" };
  }

  /** Where the reader is. */
  get directory(): string {
    return `${this.#folder}/work`;
  }

  /** Does one step; an `Error` tells where it does not go as the document says. */
  async run(step: Step): Promise<void> {
    switch (step.kind) {
      case "kill":
        return await this.#kill(step.uid);
      case "output":
        if (hasLines(this.#printed, step.lines)) return;
        throw new Error(`the document shows:\n${step.lines.join("\n")}\nbut it printed:\n${this.#printed.join("\n")}`);
      case "commands":
        this.#printed = [];
        for (const [index, line] of step.lines.entries()) {
          const isLast = index === step.lines.length - 1;
          const uid = /^(?:paxos|deno task|deno task paxos) serve (\w+)/.exec(line)?.[1];
          if (uid !== undefined) await this.#start(uid, line);
          else await this.#line(line, isLast ? step.exit : 0, isLast && step.interrupt);
        }
    }
  }

  /** Ends what runs, and removes the files. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const uid of [...this.#nodes.keys()]) await this.#kill(uid);
    Deno.removeSync(this.#folder, { recursive: true });
  }

  async #start(uid: string, line: string): Promise<void> {
    await this.#kill(uid);
    const node = this.#spawn(`exec ${line}`);
    this.#nodes.set(uid, node);
    const listens = Promise.withResolvers<void>();
    const said: string[] = [];
    for (const stream of [node.stdout, node.stderr]) {
      (async () => {
        for await (const text of linesOf(stream)) {
          if (said.length < 20) said.push(text);
          if (/listen/.test(text)) listens.resolve();
        }
      })();
    }
    node.status.then(() => listens.reject(new Error(`${line}\nends with:\n${said.join("\n")}`)));
    await within(line, listens.promise);
    listens.promise.catch(() => {});
  }

  async #line(line: string, exit: number, interrupt: boolean): Promise<void> {
    const child = this.#spawn(interrupt ? `exec ${line}` : line);
    const read = async (stream: ReadableStream<Uint8Array>, heard: () => void): Promise<void> => {
      for await (const text of linesOf(stream)) {
        this.#printed.push(text);
        heard();
      }
    };
    // Notes are no result: it is interrupted when it has printed one.
    const enough = () => interrupt && child.kill("SIGINT");
    const [{ code }] = await within(
      line,
      Promise.all([child.status, read(child.stdout, enough), read(child.stderr, () => {})]),
    );
    if (code !== exit) {
      throw new Error(`${line}\nends with exit code ${code}, not ${exit}:\n${this.#printed.slice(-20).join("\n")}`);
    }
  }

  async #kill(uid: string): Promise<void> {
    const node = this.#nodes.get(uid);
    this.#nodes.delete(uid);
    try {
      node?.kill("SIGKILL");
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    await node?.status;
  }

  #spawn(line: string): Deno.ChildProcess {
    const options = {
      cwd: this.directory,
      env: this.#environment,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    } as const;
    // A document names files by their path from the root of the project.
    const command = line.replaceAll(/(?<= )tests\//g, new URL("../", import.meta.url).pathname);
    return new Deno.Command("bash", { args: ["-c", command], ...options }).spawn();
  }

  #script(name: string, text: string): void {
    Deno.writeTextFileSync(`${this.#folder}/bin/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
}

async function within<T>(what: string, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${what}\ntakes longer than ${LINE_MS / 1000} s`)), LINE_MS);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
