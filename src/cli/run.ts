import { ReportedError, UsageError } from "../runtime/errors.ts";
import { parseCommandLine } from "./arguments.ts";
import { type Command, EXIT } from "./command.ts";
import { demo } from "./demo.ts";
import { elect } from "./elect.ts";
import { electGuard } from "./elect_guard.ts";
import { escapeForTerminal } from "./escape.ts";
import { get } from "./get.ts";
import { commandHelp, GENERAL_USAGE, generalHelp, suggest, usageLine } from "./help.ts";
import { init } from "./init.ts";
import { lab } from "./lab.ts";
import { propose } from "./propose.ts";
import { serve } from "./serve.ts";
import { sim } from "./sim.ts";
import { status } from "./status.ts";
import { version } from "./version.ts";
import { watch } from "./watch.ts";
import type { Terminal } from "./terminal.ts";

const help: Command = {
  name: "help",
  summary: "tell more about a command",
  usage: "[COMMAND]",
  help: [],
  run(args, terminal) {
    const { positionals: { command: name } } = parseCommandLine(args, { optional: ["command"] });
    terminal.print(name === undefined ? generalHelp(commands) : commandHelp(find(name)));
    return EXIT.done;
  },
};

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
  serve,
  propose,
  elect,
  get,
  watch,
  status,
  demo,
  lab,
  sim,
  init,
  help,
  version,
];

/** What the program itself runs as processes of their own. */
const internal: readonly Command[] = [electGuard];

/** Runs the command line and answers with the exit code; whatever goes wrong is told on standard error. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined) {
    terminal.note(generalHelp(commands));
    return EXIT.usage;
  }
  let command: Command | null = null;
  try {
    command = find(aliases.get(first) ?? first);
    return await (asksForHelp(rest) ? help.run([command.name], terminal) : command.run(rest, terminal));
  } catch (error) {
    return report(error, command, terminal);
  }
}

const aliases: ReadonlyMap<string, string> = new Map([["--help", "help"], ["-h", "help"], ["--version", "version"]]);

function find(name: string): Command {
  const command = [...commands, ...internal].find((command) => command.name === name);
  if (command !== undefined) return command;
  const suggestion = suggest(name, commands);
  const hint = suggestion === null ? "`paxos help` lists all commands" : `did you mean ${suggestion}?`;
  throw new UsageError(`there is no command ${JSON.stringify(name)}: ${hint}`);
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).some((arg) => arg === "--help" || arg === "-h");
}

function report(error: unknown, command: Command | null, terminal: Terminal): number {
  if (error instanceof ReportedError) {
    terminal.note(escapeForTerminal(`error: ${error.message}`));
    if (error instanceof UsageError) terminal.note(command === null ? GENERAL_USAGE : usageLine(command));
    return error.exitCode;
  }
  if (error instanceof Deno.errors.NotCapable) {
    terminal.note(escapeForTerminal(`error: Deno does not allow this: ${error.message}`));
    return EXIT.usage;
  }
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  terminal.note(`internal error: ${text.split("\n").map(escapeForTerminal).join("\n")}`);
  return EXIT.no;
}
