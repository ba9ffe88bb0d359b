// The guard alone, with a test in the place of `paxos elect`.
import { linesOf } from "../../src/cli/lines.ts";
import { selfCommand } from "../../src/cli/self.ts";
import { assert, assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";

const TTL_MS = 500;
/** Says that it runs, and then again and again that it still does. */
const STEADY = ["sh", "-c", "echo runs; while :; do sleep 0.02; echo runs; done"];
/** The same, and it does not heed SIGTERM. */
const STUBBORN = ["sh", "-c", "trap '' TERM; echo runs; while :; do sleep 0.02; echo runs; done"];

class GuardProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #output: AsyncIterator<string, void>;
  readonly status: Promise<Deno.CommandStatus>;

  constructor(command: readonly string[]) {
    const { command: self, args } = selfCommand(["elect-guard", String(TTL_MS), "--", ...command], ["--allow-run"]);
    const pipes = { stdin: "piped", stdout: "piped", stderr: "null" } as const;
    this.#child = new Deno.Command(self, { args: [...args], ...pipes, detached: true }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#output = linesOf(this.#child.stdout)[Symbol.asyncIterator]();
    this.status = this.#child.status;
  }

  /** Allows it to run for so long from now, by a wall clock that shows so much more or less. */
  async allow(ms: number, skewMs = 0): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${Date.now() + skewMs + ms}\n`));
  }

  /** Allows it to run, again and again, until that is done. */
  async allowWhile<T>(done: Promise<T>): Promise<T> {
    const timer = setInterval(() => this.allow(0.6 * TTL_MS).catch(() => {}), 50);
    try {
      return await done;
    } finally {
      clearInterval(timer);
    }
  }

  async line(): Promise<string | null> {
    const { value } = await this.#output.next();
    return value ?? null;
  }

  /** Waits until nobody writes any more, the command and all that it has started; gives the exit status. */
  async end(): Promise<[code: number, signal: Deno.Signal | null]> {
    while (await this.line() !== null);
    const { code, signal } = await this.status;
    return [code, signal];
  }

  async hangUp(): Promise<void> {
    await this.#input.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      Deno.kill(-this.#child.pid, "SIGKILL");
    } catch { /* It has ended. */ }
    await this.#input.close().catch(() => {});
    await this.end();
  }
}

const KILLED = [137, "SIGKILL"] as [number, Deno.Signal];

machineTest("a guard that was never told a deadline, or a past one, does not start the command", async () => {
  await using orphan = new GuardProcess(["echo", "runs"]);
  await orphan.hangUp();
  await using late = new GuardProcess(["echo", "runs"]);
  await late.allow(-1);
  for (const guard of [orphan, late]) {
    assertEquals(await guard.line(), null);
    assertEquals(await guard.end(), KILLED);
  }
});

machineTest("a guard ends by the command's exit code, or by that of a shell for one that cannot be run", async () => {
  await using brief = new GuardProcess(["sh", "-c", "exit 7"]);
  await using missing = new GuardProcess(["/nowhere/to/be/found"]);
  const ends = [brief, missing].map((guard) => guard.allowWhile(guard.end()));
  assertEquals(await Promise.all(ends), [[7, null], [127, null]]);
});

/** Starts the command under a guard that allows it to run for 0.6 of the ttl, which is 300 ms, from now. */
async function started(command: readonly string[]): Promise<GuardProcess> {
  const guard = new GuardProcess(command);
  assertEquals(await guard.allowWhile(guard.line()), "runs");
  await guard.allow(0.6 * TTL_MS);
  return guard;
}

/** Waits for the end, which the guard has brought about; gives how long that took, in parts of the ttl. */
async function ended(guard: GuardProcess): Promise<number> {
  const beganMs = performance.now();
  assertEquals(await guard.end(), KILLED);
  return (performance.now() - beganMs) / TTL_MS;
}

machineTest("a guard whose parent is gone ends the command and all that it has started, at once", async () => {
  await using guard = await started(["sh", "-c", `${STEADY[2]} & wait`]);
  await guard.hangUp();
  const took = await ended(guard);
  assert(took < 0.4, `${took} ttl`);
});

machineTest("a guard asks a command to end when a deadline has passed without another one", async () => {
  await using guard = await started(STEADY);
  const took = await ended(guard);
  assert(took > 0.55 && took < 0.75, `${took} ttl`);
});

machineTest(
  "a guard kills a command that does not heed SIGTERM, and believes no deadline that is too far off",
  async () => {
    await using guard = await started(STUBBORN);
    // The wall clock was set back since this was written, so nobody knows how old it is.
    await guard.allow(0.6 * TTL_MS, TTL_MS);
    const took = await ended(guard);
    assert(took > 0.75 && took < 1.2, `${took} ttl`);
  },
);
