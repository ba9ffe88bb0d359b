// No document names a command, an option, a task or an exit that there is not.
import deno from "../../deno.json" with { type: "json" };
import { loadCommand } from "../../src/cli/commands.ts";
import { assert, assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { documents } from "../support/documents.ts";

/** Pieces of a document that are to be typed: the lines of its shell blocks, and what stands between backquotes. */
function typed(text: string): string[] {
  const blocks = [...text.matchAll(/^```(?:sh|ini|text)\n([\s\S]*?)^```/gm)].flatMap(([, code]) => code!.split("\n"));
  const inline = [...text.replace(/^```[\s\S]*?^```/gm, "").matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
  return [...blocks, ...inline];
}

/** A command line of ours in a piece of text, without what follows a comment or `--`; `null` if there is none. */
function commandLine(piece: string): readonly string[] | null {
  const found = /(?:^|[/"( ])(?:deno task(?: --quiet)? )?paxos ((?:--)?[a-z][\w-]*)(.*)$/.exec(
    piece.replace(/(^|\s)#.*$/, ""),
  );
  return found === null ? null : [found[1]!, ...found[2]!.split(" -- ")[0]!.split(/[ )"]+/)];
}

/** What may stand behind the name of the program without being a command: it is spoken of, or a file is. */
const NO_COMMANDS = ["agent", "node", "paxos"];

machineTest("every command and every option that a document names exists", async () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const { path, text } of documents()) {
    for (const piece of typed(text)) {
      const words = commandLine(piece);
      if (words === null) continue;
      const [name, ...rest] = words;
      if (name === undefined || NO_COMMANDS.includes(name) || ["--version", "--help"].includes(name)) continue;
      const command = await loadCommand(name);
      if (command === null) {
        wrong.push(`${path}: paxos ${name}`);
        continue;
      }
      seen++;
      for (const word of rest) {
        const option = /^--[a-z][a-z-]*/.exec(word)?.[0];
        if (option !== undefined && !command.usage.includes(option)) wrong.push(`${path}: paxos ${name} ${option}`);
      }
    }
  }
  assertEquals(wrong, []);
  assert(seen > 60, `${seen} commands`);
});

machineTest("every task that a document names exists", () => {
  const tasks = new Set(Object.keys(deno.tasks));
  const named = documents().flatMap(({ path, text }) =>
    [...text.matchAll(/deno task (?:--quiet )?([a-z][\w-]*)/g)].map(([, task]) => ({ path, task: task! }))
  );
  assert(named.length > 20);
  assertEquals(named.filter(({ task }) => !tasks.has(task)), []);
});
