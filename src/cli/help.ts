import type { Command } from "./command.ts";

/** How the program is called. */
export const GENERAL_USAGE = "usage: paxos <COMMAND> [ARGUMENTS]";

/** How a command is called, for errors and for help. */
export function usageLine({ name, usage }: Command): string {
  return `usage: paxos ${name}${usage === "" ? "" : ` ${usage}`}`;
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  return [usageLine(command), "", `${command.summary}.`, "", ...command.help].join("\n");
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

/** The command that may have been meant: a start of its name, or at most two typing errors away. */
export function suggest(name: string, commands: readonly Command[]): string | null {
  const ranked = commands
    .map((command) => ({
      name: command.name,
      distance: command.name.startsWith(name) ? 0 : distance(name, command.name),
    }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= 2 ? best.name : null;
}

/** How many characters must be put in, taken out or replaced. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, character] of [...from].entries()) {
    const next = [i + 1];
    for (let j = 1; j < row.length; j++) {
      const replaced = row[j - 1]! + Number(character !== to[j - 1]);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
