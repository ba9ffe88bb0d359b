// A disk that hangs: a file system of its own, frozen. Needs root on Linux, and tools that every Debian has.

/** The file system; while it is frozen, whoever writes there waits. */
export class FrozenDisk implements AsyncDisposable {
  private constructor(readonly path: string) {}

  /** Makes it below the directory; `null` where this machine does not let us. */
  static async create(directory: string): Promise<FrozenDisk | null> {
    const [image, path] = [`${directory}/disk.img`, `${directory}/disk`];
    await Deno.mkdir(path);
    const made = await run("truncate", "-s", "8M", image) && await run("mkfs.ext4", "-q", "-F", image) &&
      await run("mount", "-o", "loop", image, path);
    return made ? new FrozenDisk(path) : null;
  }

  /** From now on whoever writes there waits. */
  async freeze(): Promise<boolean> {
    return await run("fsfreeze", "--freeze", this.path);
  }

  /** Those who wait go on. */
  async thaw(): Promise<void> {
    await run("fsfreeze", "--unfreeze", this.path);
  }

  /** Takes the file system away, as soon as nobody is in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.thaw();
    await run("umount", "--lazy", this.path);
  }
}

async function run(command: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
