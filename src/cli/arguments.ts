// The one place where the program meets @std/cli. The types are written here by hand, so that they hold both for the typed
// package and for the untyped copy of it that the tasks' import map names.
import * as std from "@std/cli/parse-args";
import { UsageError } from "../runtime/errors.ts";

/** What a command takes. */
export interface CommandSpec {
  /** Options that take a text: `timeout` for `--timeout 5` or `--timeout=5`. */
  readonly options?: readonly string[];
  /** Options that are there or not: `json` for `--json`. */
  readonly flags?: readonly string[];
  /** Positional arguments that must be given, in their order. */
  readonly required?: readonly string[];
  /** Positional arguments that may follow these. */
  readonly optional?: readonly string[];
  /** The name of any further positional arguments; without it there may be none. */
  readonly rest?: string;
}

/** The names that a specification lists under a key; none where it lacks the key. */
export type Listed<S, K extends keyof CommandSpec> = S extends
  { readonly [key in K]: infer L extends readonly string[] } ? L[number]
  : never;

/** What was given, by the names of the specification; every value is the text as it was typed. */
export interface CommandLine<S extends CommandSpec> {
  /** The options that were given. */
  readonly options: { readonly [K in Listed<S, "options">]?: string };
  /** Each flag, whether it was given. */
  readonly flags: { readonly [K in Listed<S, "flags">]: boolean };
  /** The positional arguments by their names. */
  readonly positionals:
    & { readonly [K in Listed<S, "required">]: string }
    & { readonly [K in Listed<S, "optional">]?: string };
  /** The positional arguments beyond the named ones. */
  readonly rest: readonly string[];
}

/**
 * Parses the arguments of one command. After `--` everything is positional; the empty text and `-` always are. A `UsageError`
 * for an option that is unknown, given twice or without its value, and for positional arguments that miss or are too many.
 */
export function parseCommandLine<const S extends CommandSpec>(args: readonly string[], spec: S): CommandLine<S> {
  const options = spec.options ?? [];
  const flags = spec.flags ?? [];
  const { named, positionals } = separate(args, options, flags);
  const parsed: Readonly<Record<string, readonly unknown[]>> = std.parseArgs(named, {
    string: [...options],
    boolean: [...flags],
    collect: [...options, ...flags],
    unknown: (arg: string) => refuseUnknown(arg, [...options, ...flags]),
  });
  const given = (name: string): readonly unknown[] => parsed[name] ?? [];
  for (const name of [...options, ...flags]) {
    if (given(name).length > 1) throw new UsageError(`--${name} is given twice: give it once`);
  }
  // The names are those of the specification, which the compiler cannot follow through Object.fromEntries.
  return {
    options: Object.fromEntries(options.flatMap((name) => given(name).map((value) => [name, value]))),
    flags: Object.fromEntries(flags.map((name) => [name, given(name).length > 0])),
    ...namePositionals(positionals, spec),
  } as unknown as CommandLine<S>;
}

/** A number of seconds or the like: decimal, above 0, at most `most` (by default 1,000,000). `name` is for the `UsageError`. */
export function positiveNumber(name: string, text: string, most: number = 1_000_000): number {
  const value = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
  if (value > 0 && value <= most) return value;
  throw new UsageError(`${name} is ${JSON.stringify(text)}: use a number above 0, at most ${most}`);
}

/** A whole number from `least` to `most`, in decimal digits. `name` is for the `UsageError`. */
export function integerInRange(name: string, text: string, least: number, most: number): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${name} is ${JSON.stringify(text)}: use a whole number from ${least} to ${most}`);
}

/**
 * Takes positional arguments out and ties each option to its value. Left alone, parseArgs takes the `true` after a flag for
 * the flag's value, takes `--json=no` for yes, and cannot tell a missing value of an option from an empty one or `-`.
 */
function separate(
  args: readonly string[],
  options: readonly string[],
  flags: readonly string[],
): { readonly named: string[]; readonly positionals: string[] } {
  const named: string[] = [];
  const positionals: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (arg === "--") {
      positionals.push(...args.slice(index + 1));
      break;
    }
    if (!looksLikeOption(arg)) {
      positionals.push(arg);
    } else if (options.some((name) => arg === `--${name}`)) {
      const value = args[++index];
      if (value === undefined) throw new UsageError(`${arg} needs a value`);
      if (looksLikeOption(value)) {
        const joined = JSON.stringify(`${arg}=${value}`);
        throw new UsageError(`${arg} needs a value: if ${JSON.stringify(value)} is meant, write ${joined}`);
      }
      named.push(`${arg}=${value}`);
    } else if (flags.some((name) => arg.startsWith(`--${name}=`))) {
      throw new UsageError(`${JSON.stringify(arg)}: this option takes no value`);
    } else {
      named.push(arg);
    }
  }
  return { named, positionals };
}

function looksLikeOption(arg: string): boolean {
  return arg.startsWith("-") && arg !== "-";
}

function refuseUnknown(arg: string, known: readonly string[]): never {
  const takes = known.length === 0 ? "there are none" : `known are ${known.map((name) => `--${name}`).join(", ")}`;
  throw new UsageError(
    `${JSON.stringify(arg)} is no option here (${takes}): put \`--\` before a value that begins with a dash`,
  );
}

function namePositionals(
  values: readonly string[],
  spec: CommandSpec,
): { readonly positionals: Record<string, string>; readonly rest: readonly string[] } {
  const required = spec.required ?? [];
  const names = [...required, ...(spec.optional ?? [])];
  const missing = required.slice(values.length);
  if (missing.length > 0) throw new UsageError(`${missing.join(" and ")} is missing`);
  const rest = values.slice(names.length);
  if (rest.length > 0 && spec.rest === undefined) {
    const quoted = rest.map((value) => JSON.stringify(value)).join(" ");
    throw new UsageError(`${quoted} is too much: put quotes around a value that holds spaces`);
  }
  const positionals = Object.fromEntries(values.slice(0, names.length).map((value, index) => [names[index], value]));
  return { positionals, rest };
}
