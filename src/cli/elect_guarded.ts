import type { Lease } from "./elect_logic.ts";
import { selfCommand } from "./self.ts";

/**
 * The command under its guard, seen from `paxos elect`. Both know until when it may run: whoever of the two is killed, stopped or
 * hangs, the other one ends the command.
 */
export class GuardedCommand {
  /** Resolves when command and guard are gone: with the exit code if the command ended by itself, else with `null`. */
  readonly ended: Promise<number | null>;
  readonly #guard: Deno.ChildProcess;
  readonly #deadlines: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  #killTimer: ReturnType<typeof setTimeout> | undefined;

  /** Starts the guard, and through it the command. */
  constructor(command: readonly string[], ttlMs: number, lease: Lease) {
    const self = selfCommand(["elect-guard", String(ttlMs), "--", ...command], ["--allow-run"]);
    // Detached: it leads a process group, so that one signal reaches the command and all that this has started.
    this.#guard = new Deno.Command(self.command, {
      args: [...self.args],
      env: { PAXOS_FENCE: String(lease.fence) },
      stdin: "piped",
      stdout: "inherit",
      stderr: "inherit",
      detached: true,
    }).spawn();
    this.#deadlines = this.#guard.stdin.getWriter();
    // A guard that is gone reads nothing; `ended` tells.
    this.#deadlines.closed.catch(() => {});
    this.ended = this.#end();
    this.extend(lease);
  }

  /** The lease was renewed. */
  extend({ stopAtMs, killAtMs }: Lease): void {
    // In this order, so that a pause in between makes the deadline too early and never too late.
    const wallMs = Date.now();
    const nowMs = performance.now();
    this.#deadlines.write(new TextEncoder().encode(`${wallMs + stopAtMs - nowMs}\n`)).catch(() => {});
    clearTimeout(this.#killTimer);
    this.#killTimer = setTimeout(() => this.#kill(), killAtMs - nowMs);
  }

  /** Has the command ended: by SIGTERM, and by SIGKILL at the moment that the last lease has set for that. */
  stop(): void {
    this.#deadlines.close().catch(() => {});
  }

  async #end(): Promise<number | null> {
    const { code, signal } = await this.#guard.status;
    clearTimeout(this.#killTimer);
    // What the command has left behind ends with it; so does the command, if somebody has killed the guard.
    this.#kill();
    return signal === null ? code : null;
  }

  #kill(): void {
    try {
      Deno.kill(-this.#guard.pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
