// What a shell can complete, read from the usage of the commands: nothing is written down twice.
import type { Command } from "./command.ts";

/** What stands at a place of a command line: one of some words, a node's uid, a file, a directory, or a text that nobody can guess. */
export type Word = readonly string[] | "uid" | "file" | "directory" | "text";

/** An option of a command. */
export interface OptionWord {
  /** With its dashes: `--config`. */
  readonly name: string;
  /** What follows it; `null` for one that stands alone. */
  readonly value: Word | null;
}

/** What can be completed after a command. */
export interface CommandWords {
  /** The command. */
  readonly name: string;
  /** One line about it. */
  readonly summary: string;
  /** Its options, in the order of its usage. */
  readonly options: readonly OptionWord[];
  /** What its first positional argument is; `null` where it has none. */
  readonly positional: Word | null;
}

/** Reads a command's usage. `known` gives the words that fit an option (`--bug`), or a command's arguments (`help`). */
export function wordsOf(
  { name, summary, usage }: Command,
  known: ReadonlyMap<string, readonly string[]>,
): CommandWords {
  // What follows `--` is another program's command line.
  const own = usage.split(" -- ")[0]!;
  const options = [...own.matchAll(/(--[a-z-]+)(?: ([^\s\]|]\S*?))?(?=[\s\]]|$)/g)].map(([, option, value]) => ({
    name: option!,
    value: value === undefined ? null : wordOf(value, known.get(option!)),
  }));
  const rest = own.replace(/--[a-z-]+(?: [^\s\]|]\S*?)?(?=[\s\]]|$)/g, "");
  const first = /[<[]([\w|.]+?)(?:\.{3})?[>\]]/.exec(rest)?.[1];
  const positional = first === undefined ? null : wordOf(first, known.get(name));
  return { name, summary, options, positional };
}

function wordOf(placeholder: string, known: readonly string[] | undefined): Word {
  if (known !== undefined) return known;
  if (/^[a-z]+(\|[a-z]+)+$/.test(placeholder)) return placeholder.split("|");
  if (placeholder === "UID") return "uid";
  if (placeholder.startsWith("FILE")) return "file";
  return placeholder === "DIR" ? "directory" : "text";
}
