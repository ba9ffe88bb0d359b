// How the executables are made: what goes into them, and what they may do.
import { ENVIRONMENT, HEAP_FLAG } from "../cli/self.ts";
import { PAGE_FILES } from "../lab/files.ts";
import type { Target } from "./targets.ts";

/** Where the build leaves its commit for the program; `src/cli/version.ts` reads it there. */
export const BUILD_FILE = "dist/build.json";

/** What no import of `main.ts` leads to, and has to be inside all the same. */
export const INCLUDED: readonly string[] = [
  "src/cli/sim_worker.ts",
  "src/cli/check_worker.ts",
  BUILD_FILE,
  ...[...PAGE_FILES.keys()].map((name) => `dist/lab/${name}`),
];

/** The arguments of `deno` that make the executable of a platform, from the root of the project. */
export function compileArgs({ triple }: Pick<Target, "triple">, output: string): string[] {
  return [
    "compile",
    "--target",
    triple,
    // UDP is behind this flag.
    "--unstable-net",
    // Answers go to the ports that clients happen to have, on any host of a cluster.
    "--allow-net",
    // Configuration and state files are wherever their owner says.
    "--allow-read",
    "--allow-write",
    `--allow-env=${ENVIRONMENT.join(",")}`,
    // The nodes of the demo, and whatever command `elect` is given.
    "--allow-run",
    // A program that runs without a terminal must never stop to ask.
    "--no-prompt",
    HEAP_FLAG,
    "--import-map=src/npm_import_map.json",
    // Not what the tests alone use.
    "--exclude-unused-npm",
    ...INCLUDED.flatMap((path) => ["--include", path]),
    "--output",
    output,
    "main.ts",
  ];
}
