// What the README says that a node and a client need is what they need: no more, and no less.
import { linesOf } from "../../src/cli/lines.ts";
import { join } from "../../src/runtime/paths.ts";
import { newSecret } from "../../src/runtime/secret.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { freePorts } from "../runtime/cluster.ts";
import { blocksOf, read } from "../support/documents.ts";

const root = new URL("../../", import.meta.url);

/** A command line of `deno run`: the permissions apart from the rest. */
interface CommandLine {
  readonly permissions: ReadonlyMap<string, readonly string[]>;
  readonly rest: readonly string[];
}

/** What came of it. */
interface Ended {
  readonly code: number;
  readonly said: string;
}

/** The files of one cluster, at the places that the README names under other roots. */
class Machine implements AsyncDisposable {
  readonly directory: string = Deno.makeTempDirSync({ prefix: "paxos-privilege-" });
  readonly #ports = freePorts(3);
  readonly #nodes: { readonly child: Deno.ChildProcess; readonly ended: Promise<Ended> }[] = [];

  constructor() {
    for (const made of ["etc", "state"]) Deno.mkdirSync(join(this.directory, made));
    const nodes = Object.fromEntries(
      ["A", "B", "C"].map((uid, i) => [uid, { host: "127.0.0.1", port: this.#ports[i] }]),
    );
    const configuration = { nodes, stateDir: join(this.directory, "state"), secretFile: "paxos.secret" };
    Deno.writeTextFileSync(join(this.directory, "etc/paxos.json"), JSON.stringify(configuration));
    Deno.writeTextFileSync(join(this.directory, "etc/paxos.secret"), newSecret(), { mode: 0o600 });
  }

  /** The command lines of the README's section: those of `serve`, `propose` and `get`. */
  lines(): [serve: CommandLine, propose: CommandLine, get: CommandLine] {
    const section = read("README.md").text.split("\n## Least privilege\n")[1]!.split("\n## ")[0]!;
    const [block] = blocksOf({ path: "README.md", text: section }, "sh");
    const found = block!.replaceAll("\\\n", " ").trim().split("\n").map((line) => this.#parse(line));
    assertEquals(found.length, 3);
    return [found[0]!, found[1]!, found[2]!];
  }

  #parse(line: string): CommandLine {
    const [deno, run, ...words] = line
      .replaceAll("/etc/paxos/", `${this.directory}/etc/`)
      .replaceAll("/var/lib/paxos", `${this.directory}/state`)
      .replace("--http 9090", "--http 0")
      .split(/ +/);
    assertEquals([deno, run], ["deno", "run"]);
    const allowed = words.filter((word) => word.startsWith("--allow-"));
    const permissions = new Map(allowed.map((word) => {
      const [flag, values] = word.split("=");
      return [flag!.replace("--allow-", ""), values!.split(",")];
    }));
    return { permissions, rest: words.filter((word) => !allowed.includes(word)) };
  }

  /** What the process asks Deno for goes to the file, refused or not; what it may run is not told there, but a refusal ends it. */
  account(name: string): string {
    return join(this.directory, `${name}.jsonl`);
  }

  /** Starts a node, and waits until it listens. */
  async serve({ permissions, rest }: CommandLine, uid: string): Promise<void> {
    const words = rest.map((word, at) => rest[at - 1] === "serve" ? uid : word);
    const child = this.#spawn({ permissions, rest: words }, this.account(uid));
    const { promise: listens, resolve, reject } = Promise.withResolvers<void>();
    const ended = this.#read(child, (text) => /serves HTTP/.test(text) && resolve());
    ended.then(({ said }) => reject(new Error(said)));
    this.#nodes.push({ child, ended });
    await listens;
  }

  /** Runs a command to its end; a node that does not refuse is interrupted. */
  async run(line: CommandLine, account = this.account("other")): Promise<Ended> {
    const child = this.#spawn(line, account);
    return await this.#read(child, (text) => /serves HTTP/.test(text) && child.kill("SIGTERM"));
  }

  async #read(child: Deno.ChildProcess, look: (text: string) => void): Promise<Ended> {
    const said: string[] = [];
    const take = async (stream: ReadableStream<Uint8Array>) => {
      for await (const text of linesOf(stream)) {
        said.push(text);
        look(text);
      }
    };
    const [{ code }] = await Promise.all([child.status, take(child.stdout), take(child.stderr)]);
    return { code, said: said.join("\n") };
  }

  #spawn({ permissions, rest }: CommandLine, account: string): Deno.ChildProcess {
    const allowed = [...permissions].map(([name, values]) => `--allow-${name}=${values.join(",")}`);
    const args = ["run", ...allowed, ...rest];
    const env = { DENO_AUDIT_PERMISSIONS: account, NO_COLOR: "1" };
    return new Deno.Command(Deno.execPath(), { args, cwd: root, env, stdin: "null", stdout: "piped", stderr: "piped" })
      .spawn();
  }

  /** Ends the nodes, and waits until they are gone. */
  async stop(): Promise<void> {
    for (const { child } of this.#nodes) child.kill("SIGTERM");
    await Promise.all(this.#nodes.map(({ ended }) => ended));
    this.#nodes.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    Deno.removeSync(this.directory, { recursive: true });
  }
}

/** What was asked for according to the account, though the command line does not allow it. */
function beyond(account: string, { permissions }: CommandLine): string[] {
  const asked = Deno.readTextFileSync(account).trim().split("\n").map((line) => JSON.parse(line));
  assert(asked.length > 0, "the account was written");
  return asked.filter(({ permission, value }) => {
    const allowed = permissions.get(permission) ?? [];
    return !allowed.some((one) =>
      permission === "net" ? String(value).startsWith(`${one}:`) : value === one || String(value).startsWith(`${one}/`)
    );
  }).map(({ permission, value }) => `${permission} ${value}`);
}

/** The command line with one permission fewer, for each that it has. */
function oneFewer({ permissions, rest }: CommandLine): { readonly without: string; readonly line: CommandLine }[] {
  return [...permissions].flatMap(([name, values]) =>
    values.map((value) => {
      const left = values.filter((other) => other !== value);
      const fewer = new Map([...permissions].filter(([other]) => other !== name));
      if (left.length > 0) fewer.set(name, left);
      return { without: `${name} ${value}`, line: { permissions: fewer, rest } };
    })
  );
}

machineTest("a node with a secret and HTTP, and clients, ask for nothing but what the README allows them", async () => {
  await using machine = new Machine();
  const [serve, propose, get] = machine.lines();
  await Promise.all(["A", "B", "C"].map((uid) => machine.serve(serve, uid)));
  assertEquals(await machine.run(propose, machine.account("propose")), { code: 0, said: "chosen 0 hello" });
  assertEquals(await machine.run(get, machine.account("get")), { code: 0, said: "hello" });
  await machine.stop();
  const accounts = [...["A", "B", "C"].map((uid) => [uid, serve] as const), ["propose", propose], [
    "get",
    get,
  ]] as const;
  for (const [name, line] of accounts) assertEquals(beyond(machine.account(name), line), [], name);
});

machineTest(
  "each permission that the README gives is needed: without it the program says which, and ends with 2",
  async () => {
    await using machine = new Machine();
    const fewer = machine.lines().flatMap(oneFewer);
    assertEquals(fewer.length, 5 + 3 + 3);
    for (const { without, line } of fewer) {
      const { code, said } = await machine.run(line);
      assertEquals(code, 2, `without ${without}: ${said}`);
      assertMatch(said, new RegExp(`Deno does not allow this: Requires ${without.split(" ")[0]} access to`));
    }
  },
);

machineTest("a program that asks for more is found, though it does without", async () => {
  await using machine = new Machine();
  const [, , get] = machine.lines();
  const greedy = join(machine.directory, "greedy.ts");
  const attempts = [
    "Deno.hostname()",
    'Deno.env.get("HOME")',
    'Deno.statSync("/")',
    "Deno.listen({ port: 0 }).close()",
  ];
  const tries = attempts.map((attempt) => `try { ${attempt} } catch { /* then not */ }`);
  Deno.writeTextFileSync(
    greedy,
    `${tries.join("\n")}\nawait import(${JSON.stringify(new URL("main.ts", root).href)});\n`,
  );
  const account = machine.account("greedy");
  await machine.run({ ...get, rest: get.rest.map((word) => word === "main.ts" ? greedy : word) }, account);
  const kinds = new Set(beyond(account, get).map((found) => found.split(" ")[0]));
  assertEquals([...kinds].sort(), ["env", "net", "read", "sys"]);
});
