#!/usr/bin/env -S deno run --v8-flags=--max-semi-space-size=4,--heap-growing-percent=20 --unstable-net --allow-net --allow-read --allow-write --allow-env=PAXOS_CONFIG,HOME,XDG_STATE_HOME,LOCALAPPDATA,NO_COLOR --allow-run
import { run } from "./src/cli/run.ts";
import { systemTerminal } from "./src/cli/terminal.ts";

// What was printed has been written by now: nothing is buffered.
if (import.meta.main) Deno.exit(await run(Deno.args, systemTerminal));
