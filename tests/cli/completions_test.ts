// What shells complete, by real shells.
import { run } from "../../src/cli/run.ts";
import { COMMAND_NAMES } from "../../src/cli/commands.ts";
import { type CommandWords, wordsOf } from "../../src/cli/completion_words.ts";
import { BUGS } from "../../src/sim/bugs/index.ts";
import { assertEquals, assertStringIncludes } from "../assert.ts";
import { canUseMachine } from "../permissions.ts";
import { FakeTerminal } from "./fake_terminal.ts";

/** Registers a test with a shell. Where that is not installed it is ignored, but not in CI, which installs them all. */
function shellTest(shell: string, title: string, run: () => Promise<void>): void {
  const ignore = !canUseMachine || (Deno.env.get("CI") !== "true" && !isInstalled(shell));
  Deno.test({ name: `${shell} ${title}`, ignore, fn: run });
}

function isInstalled(shell: string): boolean {
  try {
    return new Deno.Command(shell, { args: ["-c", "exit"] }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function script(shell: string): Promise<string> {
  const terminal = new FakeTerminal();
  assertEquals(await run(["completions", shell], terminal), 0);
  return terminal.printed.join("\n");
}

/** Runs a script of the shell in an empty directory that has one file and one folder; gives what it printed. */
async function inShell(shell: string, text: string): Promise<string[]> {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${folder}/cluster.json`, "{}");
    Deno.mkdirSync(`${folder}/cellar`);
    // The nodes are asked for by a program of the name `paxos`, which stands here for ours.
    Deno.writeTextFileSync(
      `${folder}/paxos`,
      '#!/bin/sh\n[ "$*" = "completions uids" ] && printf "A\\nB\\nBerta\\n"\n',
      {
        mode: 0o755,
      },
    );
    const { stdout, stderr, success } = await new Deno.Command(shell, {
      args: ["-c", text],
      cwd: folder,
      env: { PATH: `${folder}:${Deno.env.get("PATH")}`, HOME: folder },
    }).output();
    const said = new TextDecoder().decode(stdout);
    if (!success) throw new Error(`${said}${new TextDecoder().decode(stderr)}`);
    return said.split("\n").filter((line) => line !== "");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const CASES: readonly (readonly [line: string, completed: readonly string[]])[] = [
  ["paxos pro", ["propose"]],
  ["paxos propose B", ["B", "Berta"]],
  ["paxos propose --expect-", ["--expect-instance", "--expect-none"]],
  ["paxos serve A --log ", ["json", "text"]],
  ["paxos sim --bug du", ["duel", "duplicate-counts-twice"]],
  ["paxos serve A --state-dir c", ["cellar"]],
  ["paxos get --config cl", ["cluster.json"]],
  ["paxos completions f", ["fish"]],
  ["paxos help wat", ["watch"]],
];

shellTest("bash", "completes commands, options, their values, nodes, files and directories", async () => {
  const source = await script("bash");
  for (const [line, wanted] of CASES) {
    const words = line.split(" ");
    const given = words.map((word) => `'${word}'`).join(" ");
    const ask = `COMP_WORDS=(${given}); COMP_CWORD=${
      words.length - 1
    }; compopt() { :; }; _paxos; printf '%s\\n' "\${COMPREPLY[@]}"`;
    assertEquals((await inShell("bash", `${source}\n${ask}`)).sort(), wanted, line);
  }
});

shellTest("fish", "completes the same", async () => {
  const source = await script("fish");
  for (const [line, wanted] of CASES) {
    const told = await inShell("fish", `${source}\ncomplete -C '${line}'`);
    const found = told.map((each) => each.split("\t")[0]!.replace(/\/$/, ""));
    assertEquals(found.sort(), wanted, line);
  }
});

shellTest("zsh", "takes the script, and has it complete paxos", async () => {
  const source = await script("zsh");
  const told = await inShell(
    "zsh",
    `autoload -Uz compinit && compinit -u\n${source}\nprint -- $_comps[paxos]; functions _paxos`,
  );
  assertEquals(told[0], "_paxos");
  for (const name of COMMAND_NAMES) assertStringIncludes(told.join("\n"), `(${name})`);
});

Deno.test("completions for a shell that is not known are refused; uids prints the nodes", async () => {
  const terminal = new FakeTerminal();
  assertEquals(await run(["completions", "tcsh"], terminal), 2);
  assertStringIncludes(terminal.noted.join("\n"), 'there is no script for "tcsh": use bash, zsh or fish');
  assertEquals(await run(["completions", "toString"], terminal), 2);
});

Deno.test("the words of a command are read from its usage", () => {
  const command = {
    name: "x",
    summary: "do it",
    usage: "<UID> [--to [HOST:]PORT] [--bug NAME | --all] [--log text|json] [--dir DIR] -- COMMAND... [--not-ours]",
    help: [],
    examples: [],
    run: () => 0,
  };
  const bugs = BUGS.map(({ name }) => name);
  const expected: CommandWords = {
    name: "x",
    summary: "do it",
    options: [
      { name: "--to", value: "text" },
      { name: "--bug", value: bugs },
      { name: "--all", value: null },
      { name: "--log", value: ["text", "json"] },
      { name: "--dir", value: "directory" },
    ],
    positional: "uid",
  };
  assertEquals(wordsOf(command, new Map([["--bug", bugs]])), expected);
});
