// How commands are called, for errors and for help.
import { UsageError } from "../runtime/errors.ts";
import type { Command } from "./command.ts";
import { COMMAND_NAMES } from "./commands.ts";

/** How the program is called. */
export const GENERAL_USAGE = "usage: paxos <COMMAND> [ARGUMENTS]";

/** How a command is called. */
export function usageLine({ name, usage }: Command): string {
  return `usage: paxos ${name}${usage === "" ? "" : ` ${usage}`}`;
}

/** There is no such command, and perhaps another one was meant. */
export function noSuchCommand(name: string): UsageError {
  const suggestion = suggest(name, COMMAND_NAMES);
  const hint = suggestion === null ? "`paxos help` lists all commands" : `did you mean ${suggestion}?`;
  return new UsageError(`there is no command ${JSON.stringify(name)}: ${hint}`);
}

/** The command that may have been meant: a start of its name, or at most two typing errors away. */
export function suggest(name: string, names: readonly string[]): string | null {
  const ranked = names
    .map((known) => ({ name: known, distance: known.startsWith(name) ? 0 : distance(name, known) }))
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
