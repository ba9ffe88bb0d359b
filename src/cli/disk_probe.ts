import { osCode, osReason } from "../runtime/errors.ts";
import { join } from "../runtime/paths.ts";
import { parseCommandLine } from "./arguments.ts";
import { type Command, EXIT } from "./command.ts";
import { linesOf } from "./lines.ts";
import { selfCommand } from "./self.ts";

/** As much as a large state file. */
const PROBE_BYTES = 128 * 1024;

/** What came of writing to a disk: done, refused with a code and a reason, or not over in time. */
export type DiskProbe =
  | { readonly result: "written"; readonly ms: number }
  | { readonly result: "refused"; readonly code: string | null; readonly reason: string }
  | { readonly result: "hangs" };

/** The program that tries has started; what it does next is up to the disk. */
const BEGUN = "begun";
/** How long it may take to start, in milliseconds: on a busy machine that says nothing of the disk. */
const START_MS = 1500;
/** How long the disk may take then, in milliseconds. */
const WRITE_MS = 1000;

/**
 * Writes a file into the directory, makes it durable and removes it again, in a process of its own: who waits for a disk that
 * hangs cannot even be killed. `null` where this could not be tried.
 */
export async function probeDisk(directory: string): Promise<DiskProbe | null> {
  const { command, args } = selfCommand(["disk-probe", directory]);
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(command, { args: [...args], stdin: "null", stdout: "piped", stderr: "null" }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
  // This program does not wait for it.
  child.unref();
  const lines = linesOf(child.stdout)[Symbol.asyncIterator]();
  const line = (ms: number) => within(lines.next().then(({ value }) => value ?? null), ms);
  if (await line(START_MS) !== BEGUN) return null;
  const result = await line(WRITE_MS);
  return result === null ? { result: "hangs" } : JSON.parse(result);
}

/** What the promise gives, or `null` if that takes too long. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** `paxos disk-probe`: tries to write; `paxos doctor` starts this by itself. */
export const diskProbe: Command = {
  name: "disk-probe",
  summary: "try whether a directory can be written, which `paxos doctor` starts by itself",
  usage: "<DIR>",
  help: [],
  examples: [],
  run(args, terminal) {
    const { positionals: { directory } } = parseCommandLine(args, { required: ["directory"] });
    terminal.print(BEGUN);
    const path = join(directory, `.probe-${crypto.randomUUID()}`);
    const beganMs = performance.now();
    let probe: DiskProbe;
    try {
      try {
        using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
        for (let left = PROBE_BYTES; left > 0;) left -= file.writeSync(new Uint8Array(left));
        file.syncSync();
      } finally {
        removeIfThere(path);
      }
      probe = { result: "written", ms: performance.now() - beganMs };
    } catch (error) {
      probe = { result: "refused", code: osCode(error), reason: osReason(error) };
    }
    terminal.print(JSON.stringify(probe));
    return EXIT.done;
  },
};

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
