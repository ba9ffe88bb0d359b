import { integerInRange, parseCommandLine } from "./arguments.ts";
import type { Command } from "./command.ts";
import { EagerClock } from "./elect_clock.ts";
import { leaseMs } from "./elect_logic.ts";
import { escapeForTerminal } from "./escape.ts";
import { linesOf } from "./lines.ts";
import type { Terminal } from "./terminal.ts";

/** What a shell says of a command that cannot be run. */
const CANNOT_RUN = 127;
/** So often the clocks are compared, in milliseconds; for a short ttl more often. */
const MAX_TICK_MS = 250;

/**
 * `paxos elect-guard`: runs the command of `paxos elect`, as the leader of a process group of its own, and ends the group when its
 * parent is gone or has not renewed the lease in time.
 *
 * Each line of its standard input is a moment of the wall clock until which the command may run. The last one to end is the guard
 * itself: by the command's exit code if the command ended by itself, by SIGKILL with the whole group if it had to be ended.
 */
export const electGuard: Command = {
  name: "elect-guard",
  summary: "run the command of `paxos elect`, which starts this by itself",
  usage: "<TTL_MS> -- COMMAND...",
  help: [],
  examples: [],
  async run(args, terminal) {
    const { positionals: { ttl, command }, rest } = parseCommandLine(args, {
      required: ["ttl", "command"],
      rest: "arguments",
    });
    return await new Guard(integerInRange("TTL_MS", ttl, 1, Number.MAX_SAFE_INTEGER)).run([command, ...rest], terminal);
  },
};

class Guard {
  readonly #stopMs: number;
  readonly #graceMs: number;
  readonly #clock = new EagerClock();
  #stopAtMs = -Infinity;
  #stopping = false;

  constructor(ttlMs: number) {
    const { stopMs, killMs } = leaseMs(ttlMs);
    this.#stopMs = stopMs;
    this.#graceMs = killMs - stopMs;
  }

  async run([command, ...args]: [string, ...string[]], terminal: Terminal): Promise<number> {
    // They are for the group, of which the guard is one: it has to see that the others end.
    for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, () => {});
    const deadlines = linesOf(Deno.stdin.readable)[Symbol.asyncIterator]();
    const first = await deadlines.next();
    if (first.done !== true) this.#extend(first.value);
    if (this.#clock.now() >= this.#stopAtMs) return this.#endGroup();
    let child: Deno.ChildProcess;
    try {
      child = new Deno.Command(command, { args, stdin: "null", stdout: "inherit", stderr: "inherit" }).spawn();
    } catch (error) {
      terminal.note(escapeForTerminal(`error: ${error instanceof Error ? error.message : String(error)}`));
      return CANNOT_RUN;
    }
    this.#follow(deadlines);
    this.#watch();
    const { code } = await child.status;
    return this.#stopping ? this.#endGroup() : code;
  }

  /** Takes the deadlines from standard input; its end is that of the parent, or of its wish to hold the lease. */
  async #follow(deadlines: AsyncIterator<string>): Promise<void> {
    for (let next = await deadlines.next(); next.done !== true; next = await deadlines.next()) this.#extend(next.value);
    this.#stop();
  }

  #extend(line: string): void {
    // A clock of both processes, so that a line which lay about for a while says nothing that is not true any more.
    const leftMs = Number(line) - Date.now();
    // No lease is longer. The wall clock was set back since the line was written, and nobody knows how old it is.
    if (leftMs <= this.#stopMs) this.#stopAtMs = this.#clock.now() + leftMs;
  }

  #watch(): void {
    const nowMs = this.#clock.now();
    if (nowMs >= this.#stopAtMs) this.#stop();
    if (nowMs >= this.#stopAtMs + this.#graceMs) this.#endGroup();
    setTimeout(() => this.#watch(), Math.min(this.#graceMs / 10, MAX_TICK_MS));
  }

  #stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    Deno.kill(-Deno.pid, "SIGTERM");
  }

  #endGroup(): never {
    Deno.kill(-Deno.pid, "SIGKILL");
    throw new Error("unreachable: the guard is one of its group");
  }
}
