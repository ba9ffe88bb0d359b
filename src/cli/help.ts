import { parseCommandLine } from "./arguments.ts";
import { type Command, EXIT } from "./command.ts";
import { loadCommand, loadCommands } from "./commands.ts";
import { GENERAL_USAGE, noSuchCommand, usageLine } from "./usage.ts";

/** `paxos help`: tells more about the program or a command. */
export const help: Command = {
  name: "help",
  summary: "tell more about a command",
  usage: "[COMMAND]",
  help: ["Without COMMAND: all commands, a line each."],
  examples: [["paxos help propose", "how a value is set, and what the outcomes mean"]],
  async run(args, terminal) {
    const { positionals: { command: name } } = parseCommandLine(args, { optional: ["command"] });
    if (name === undefined) {
      terminal.print(generalHelp(await loadCommands()));
      return EXIT.done;
    }
    const command = await loadCommand(name);
    if (command === null) throw noSuchCommand(name);
    terminal.print(commandHelp(command));
    return EXIT.done;
  },
};

/** The help of one command. */
export function commandHelp(command: Command): string {
  return [usageLine(command), "", `${command.summary}.`, "", ...command.help, ...exampleLines(command)].join("\n");
}

function exampleLines({ examples }: Command): string[] {
  if (examples.length === 0) return [];
  const width = Math.max(...examples.map(([line]) => line.length));
  return ["", "Examples:", ...examples.map(([line, does]) => `  ${line.padEnd(width)}   # ${does}`)];
}

/** The list of all commands. */
export function generalHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    GENERAL_USAGE,
    "",
    "A value that several nodes agree on, by Multi-Paxos.",
    "",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "`paxos help COMMAND` tells more. Exit codes: 0 done, 1 a definite no, 2 usage or configuration, 3 outcome unknown.",
  ].join("\n");
}
