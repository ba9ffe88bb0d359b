// Real contenders, real nodes, real signals. What ran when is told by one file to which the commands append.
import { linesOf } from "../../src/cli/lines.ts";
import { run } from "../../src/cli/run.ts";
import { selfCommand } from "../../src/cli/self.ts";
import { join } from "../../src/runtime/paths.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { Cluster } from "../runtime/cluster.ts";
import { FakeTerminal } from "./fake_terminal.ts";

const TTL_MS = 1500;
/** What a takeover may take beyond the ttl, on a machine that does other things too. */
const SLACK_MS = 1500;

/** Appends, all the time that it runs: who it is, its fence, its guard. It does not heed SIGTERM. */
const TICK = `trap '' TERM; while :; do echo "$0 $PAXOS_FENCE $PPID" >> "$1"; sleep 0.02; done`;

interface Tick {
  readonly name: string;
  readonly fence: number;
  readonly guardPid: number;
}

/** A `paxos elect`. */
class Contender {
  readonly child: Deno.ChildProcess;
  readonly notes: string[] = [];
  readonly #read: Promise<void>;

  constructor(cluster: Cluster, name: string, command: readonly string[]) {
    const elect = ["elect", name, "--config", cluster.configFile, "--ttl", String(TTL_MS / 1000), "--", ...command];
    const { command: self, args } = selfCommand(elect, ["--allow-run"]);
    const pipes = { stdin: "null", stdout: "null", stderr: "piped" } as const;
    this.child = new Deno.Command(self, { args: [...args], ...pipes }).spawn();
    this.#read = this.#collect();
  }

  async #collect(): Promise<void> {
    for await (const line of linesOf(this.child.stderr)) this.notes.push(line);
  }

  /** Sends the signal and waits for the end; gives the exit code. */
  async end(signal: Deno.Signal): Promise<number> {
    this.child.kill(signal);
    return await this.exited();
  }

  async exited(): Promise<number> {
    const { code } = await this.child.status;
    await this.#read;
    return code;
  }
}

/** Waits until there is something. */
async function until<T>(
  what: string,
  find: () => T | undefined | null | false,
  timeoutMs: number,
): Promise<T> {
  const beganMs = performance.now();
  for (;;) {
    const found = find();
    const tookMs = performance.now() - beganMs;
    if (found !== undefined && found !== null && found !== false) return found;
    if (tookMs > timeoutMs) throw new Error(`${what} has not come true in ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

machineTest("one of three contenders runs the command, whatever is killed, stopped or cut off", async (t) => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start();
  const file = join(cluster.directory, "ticks");
  Deno.writeTextFileSync(file, "");
  const ticks = (): Tick[] =>
    Deno.readTextFileSync(file).split("\n").slice(0, -1).map((line) => {
      const [name = "", fence, guardPid] = line.split(" ");
      return { name, fence: Number(fence), guardPid: Number(guardPid) };
    });
  const start = (name: string) => new Contender(cluster, name, ["sh", "-c", TICK, name, file]);
  const contenders = new Map<string, Contender>();
  /** The first tick of the next holder. */
  const next = async (after: number): Promise<Tick> => {
    return await until(
      `a fence after ${after}`,
      () => ticks().find(({ fence }) => fence > after),
      TTL_MS + SLACK_MS,
    );
  };
  /** Steps go on from one another: after one that failed, the others would wait for ever. */
  const step = async (name: string, run: () => Promise<void>) => assert(await t.step(name, run), name);
  let holder: Tick = { name: "", fence: -1, guardPid: 0 };

  try {
    await step("a command that ends by itself ends elect, by its exit code, and has a fence", async () => {
      const brief = new Contender(cluster, "brief", ["sh", "-c", "echo $PAXOS_FENCE >&2; exit 7"]);
      assertEquals(await brief.exited(), 7);
      assertEquals(brief.notes.slice(-2), ["elected: runs the command, fence 0", "0"]);
    });

    await step("the others take over after a ttl", async () => {
      for (const name of ["x", "y", "z"]) contenders.set(name, start(name));
      holder = await next(0);
    });

    await step("a holder that renews its lease goes on beyond the ttl, under the same fence", async () => {
      let renewals = 0;
      for await (const { kind } of cluster.client.watch(null, { signal: AbortSignal.timeout(3 * TTL_MS) })) {
        if (kind === "update" && ++renewals === 4) break;
      }
      assertEquals(renewals, 4);
      const { length } = ticks();
      await until("another tick", () => ticks().length > length, 500);
      assertEquals(ticks().at(-1), holder);
    });

    await step("kill -9 of the holder's elect: its command dies, another one takes over", async () => {
      await contenders.get(holder.name)!.end("SIGKILL");
      contenders.delete(holder.name);
      holder = await next(holder.fence);
    });

    await step("kill -9 of the guard: the command dies, and somebody takes over", async () => {
      Deno.kill(holder.guardPid, "SIGKILL");
      holder = await next(holder.fence);
    });

    await step(
      "SIGSTOP of the holder's elect: its command is ended before another one starts; after SIGCONT it contends again",
      async () => {
        const stopped = contenders.get(holder.name)!;
        stopped.child.kill("SIGSTOP");
        holder = await next(holder.fence);
        const { length } = stopped.notes;
        stopped.child.kill("SIGCONT");
        const notes = await until(
          "two notes",
          () => stopped.notes.length >= length + 2 && stopped.notes.slice(length),
          2000,
        );
        assertEquals(notes[0], "the command was ended: the lease is over");
        assertMatch(notes[1]!, /^contends: . holds the lease$/);
      },
    );

    await step(
      "SIGSTOP of the guard, and no quorum: elect ends the command itself; with a quorum somebody takes over",
      async () => {
        const { notes } = contenders.get(holder.name)!;
        const { length } = notes;
        Deno.kill(holder.guardPid, "SIGSTOP");
        await cluster.kill(["A", "B"]);
        await until(
          "the end of the command",
          () => notes.slice(length).some((note) => /was ended/.test(note)),
          TTL_MS,
        );
        const { length: last } = ticks();
        await cluster.start("A", "B");
        assertEquals(ticks().length, last);
        holder = await next(holder.fence);
      },
    );

    await step("SIGTERM of elect ends the command as well, with exit code 0", async () => {
      const codes = await Promise.all([...contenders.values()].map((contender) => contender.end("SIGTERM")));
      assertEquals(codes, [0, 0]);
      contenders.clear();
    });

    const fences = ticks().map(({ fence }) => fence);
    assertEquals(fences, fences.toSorted((a, b) => a - b), "two commands have run at one moment");
    assertEquals(new Set(fences).size, 5);
    assert(fences.length > 100, `${fences.length} ticks`);
  } finally {
    for (const contender of contenders.values()) contender.child.kill("SIGKILL");
    // Where all is well their guards end by themselves.
    for (const guardPid of new Set(ticks().map((tick) => tick.guardPid))) {
      try {
        Deno.kill(-guardPid, "SIGKILL");
      } catch { /* It has. */ }
    }
    for (const contender of contenders.values()) await contender.exited();
  }
});

Deno.test("elect refuses a ttl below a second, and asks for a command", async () => {
  for (
    const [args, says] of [
      [["elect", "x"], /^error: command is missing$/m],
      [["elect", "x", "--ttl", "0.9", "--", "true"], /^error: --ttl is "0\.9": use 1 second at least$/m],
      [["elect", "x", "--ttl", "soon", "--", "true"], /^error: --ttl is "soon"/m],
      [["elect", "x".repeat(60_000), "--", "true"], /60000 is the limit/m],
    ] as const
  ) {
    const terminal = new FakeTerminal();
    assertEquals(await run(args, terminal), 2);
    assertMatch(terminal.noted.join("\n"), says);
    assertMatch(terminal.noted.join("\n"), /^usage: paxos elect <NAME>/m);
  }
});
