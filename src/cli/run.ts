import { ReportedError, UsageError } from "../runtime/errors.ts";
import { type Command, EXIT } from "./command.ts";
import { loadCommand, loadCommands } from "./commands.ts";
import { escapeForTerminal } from "./escape.ts";
import type { Terminal } from "./terminal.ts";
import { GENERAL_USAGE, noSuchCommand, usageLine } from "./usage.ts";

/** Runs the command line and answers with the exit code; whatever goes wrong is told on standard error. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const [first, ...rest] = args;
  let command: Command | null = null;
  try {
    if (first === undefined) {
      const { generalHelp } = await import("./help.ts");
      terminal.note(generalHelp(await loadCommands()));
      return EXIT.usage;
    }
    const name = aliases.get(first) ?? first;
    command = await loadCommand(name);
    if (command === null) throw noSuchCommand(name);
    if (!asksForHelp(rest)) return await command.run(rest, terminal);
    const { commandHelp } = await import("./help.ts");
    terminal.print(commandHelp(command));
    return EXIT.done;
  } catch (error) {
    return report(error, command, terminal);
  }
}

const aliases: ReadonlyMap<string, string> = new Map([["--help", "help"], ["-h", "help"], ["--version", "version"]]);

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
