// Errors that a user can mend. The command line prints their message without a stack and ends with their exit code.

/** An error that is reported by its message alone. */
export abstract class ReportedError extends Error {
  /** The exit code of the program, as in the command line's contract. */
  abstract readonly exitCode: number;
}

/** The state of a node on disk is damaged, missing, in use, or cannot be written. */
export class StateError extends ReportedError {
  /** The class, for whoever prints the error. */
  override readonly name: string = "StateError";
  /** A definite no. */
  override readonly exitCode: number = 1;
}

/** A socket cannot be had. */
export class NetworkError extends ReportedError {
  /** The class, for whoever prints the error. */
  override readonly name: string = "NetworkError";
  /** A definite no. */
  override readonly exitCode: number = 1;
}

/** The cluster configuration, or the environment that it comes from, cannot be used. */
export class ConfigurationError extends ReportedError {
  /** The class, for whoever prints the error. */
  override readonly name: string = "ConfigurationError";
  /** A usage or configuration error. */
  override readonly exitCode: number = 2;
}

/** The command line cannot be understood. */
export class UsageError extends ReportedError {
  /** The class, for whoever prints the error. */
  override readonly name: string = "UsageError";
  /** A usage or configuration error. */
  override readonly exitCode: number = 2;
}

/** The operating system's code of an error, like `ENOSPC`; null where the error has none. */
export function osCode(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

/** Why the operating system refused, without the call and the path that Deno appends: `ENOSPC, No space left on device`. */
export function osReason(error: unknown): string {
  const code = osCode(error);
  const message = error instanceof Error ? error.message : String(error);
  return code === null ? message : `${code}, ${message.replace(/ \(os error \d+\).*$/s, "")}`;
}
