// How the program starts itself once more: as the compiled executable, or from source with the flags that it needs.

/** All environment variables that the program looks up: it needs to read no others. */
export const ENVIRONMENT: readonly string[] = ["PAXOS_CONFIG", "HOME", "XDG_STATE_HOME", "LOCALAPPDATA", "NO_COLOR"];

/**
 * Keeps the heap small: the young generation in MB, and by how much the old one may grow before it is collected. A busy node would let
 * each of them grow to more than all that it keeps.
 */
export const HEAP_FLAG = "--v8-flags=--max-semi-space-size=4,--heap-growing-percent=20";

/** A command line. */
export interface SelfCommand {
  /** The executable. */
  readonly command: string;
  /** Its arguments. */
  readonly args: readonly string[];
}

/** The command line that runs `paxos ARGS` as a process of its own; from source with what a node may do, and these permissions. */
export function selfCommand(args: readonly string[], more: readonly string[] = []): SelfCommand {
  const command = Deno.execPath();
  if (Deno.build.standalone) return { command, args };
  const main = import.meta.resolve("../../main.ts");
  // Under the tasks' import map the packages come from npm, and the child has to be told so.
  const mapped = !import.meta.resolve("@std/path/posix").startsWith("jsr:");
  const map = mapped ? [`--import-map=${import.meta.resolve("../npm_import_map.json")}`] : [];
  const permissions = ["--allow-net", "--allow-read", "--allow-write", `--allow-env=${ENVIRONMENT.join(",")}`, ...more];
  return {
    command,
    args: ["run", "--quiet", "--no-prompt", "--unstable-net", HEAP_FLAG, ...permissions, ...map, main, ...args],
  };
}
