// A directory for the state of one node that can be filled and made read-only: a small file system of its own where this process
// may mount one (root on Linux), else a directory whose rights are taken away.
import { join } from "../../src/runtime/paths.ts";

/** Holds a state file many times over, and is filled in no time. */
const SIZE = "1m";

/** The directory. */
export class SmallDisk implements AsyncDisposable {
  private constructor(
    /** Where it is. */
    readonly path: string,
    /** Whether it is a file system of its own: only then can it be filled. */
    readonly isMounted: boolean,
  ) {}

  /** Makes it. */
  static async create(path: string): Promise<SmallDisk> {
    await Deno.mkdir(path);
    const isMounted = Deno.build.os === "linux" && Deno.uid() === 0 &&
      await run("mount", "-t", "tmpfs", "-o", `size=${SIZE}`, "tmpfs", path);
    return new SmallDisk(path, isMounted);
  }

  /** Fills it to the last byte. */
  fill(): void {
    const file = Deno.openSync(this.#filler, { create: true, write: true });
    try {
      for (const size of [65536, 4096, 1]) writeUntilFull(file, new Uint8Array(size));
    } finally {
      file.close();
    }
  }

  /** Nobody may write any more. */
  async makeReadOnly(): Promise<void> {
    if (!this.isMounted) return await Deno.chmod(this.path, 0o500);
    if (!await run("mount", "-o", "remount,ro", this.path)) throw new Error(`${this.path} is in use`);
  }

  /** It is as before. */
  async heal(): Promise<void> {
    if (this.isMounted) await run("mount", "-o", "remount,rw", this.path);
    else await Deno.chmod(this.path, 0o700);
    await Deno.remove(this.#filler).catch(() => {});
  }

  /** Takes the file system away. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isMounted) await run("umount", this.path);
  }

  get #filler(): string {
    return join(this.path, "filler");
  }
}

function writeUntilFull(file: Deno.FsFile, bytes: Uint8Array): void {
  try {
    while (file.writeSync(bytes) > 0);
  } catch (error) {
    if (!(error instanceof Error && /ENOSPC|No space/.test(`${error} ${"code" in error ? error.code : ""}`))) {
      throw error;
    }
  }
}

async function run(command: string, ...args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
