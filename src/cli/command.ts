import type { Terminal } from "./terminal.ts";

/** The exit codes of the program. */
export const EXIT = {
  /** Done: chosen, healthy. */
  done: 0,
  /** A definite no: not chosen, refused, no value yet, unhealthy. */
  no: 1,
  /** A usage or configuration error. */
  usage: 2,
  /** No answer in time. */
  unknown: 3,
} as const;

/** A subcommand. */
export interface Command {
  /** What it is called by. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What follows the name: `<UID> <VALUE> [--json]`. */
  readonly usage: string;
  /** More about it, and its options, a line each. */
  readonly help: readonly string[];
  /** Command lines that a person may type as they are, each with what it does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** Runs it and answers with the exit code; a `ReportedError` is printed by the caller. */
  run(args: readonly string[], terminal: Terminal): Promise<number> | number;
}
