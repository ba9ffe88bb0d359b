// Replacing a file so that a crash or a power failure at any moment leaves the old bytes or the new ones, whole.
import { osCode, osReason, StateError } from "./errors.ts";
import { dirname } from "./paths.ts";

/** What is used of an open file; `Deno.FsFile` fits. */
export interface OpenedFile {
  /** Writes some of the bytes and returns how many. */
  writeSync(bytes: Uint8Array): number;
  /** Moves to where the next bytes are written. */
  seekSync(offset: number, whence: Deno.SeekMode): number;
  /** Puts on stable storage what was written (fsync). */
  syncSync(): void;
  /** The same for the bytes alone, in a file whose size has not changed (fdatasync). */
  syncDataSync(): void;
  /** Takes the lock of the file's inode; false where another holder has it. */
  tryLockSync(exclusive: boolean): boolean;
  /** Closes the file, and gives its lock back. */
  close(): void;
}

/** How a file is opened, as in `Deno.OpenOptions`. */
export interface OpenMode {
  /** Open for writing. */
  readonly write?: boolean;
  /** Make the file where it is missing. */
  readonly create?: boolean;
  /** Make the file, and fail where it exists. */
  readonly createNew?: boolean;
  /** The permission bits of a file that is made. */
  readonly mode?: number;
}

/** The calls on the file system that are used; `Deno` fits. */
export interface FileSystem {
  /** Makes a directory and those above it. */
  mkdirSync(path: string, options: { recursive: boolean; mode: number }): void;
  /** Opens a file, or without a mode a directory to sync. */
  openSync(path: string, mode?: OpenMode): OpenedFile;
  /** The bytes of a file. */
  readFileSync(path: string): Uint8Array;
  /** Removes a file. */
  removeSync(path: string): void;
  /** Puts a file in the place of another, in one step. */
  renameSync(from: string, to: string): void;
  /** Fails with `Deno.errors.NotFound` where nothing has that name. */
  statSync(path: string): unknown;
}

/** The machine that files live on: injected, so that tests see every call and fail any one. */
export interface Machine {
  /** The file system. */
  readonly files: FileSystem;
  /** The operating system, as in `Deno.build.os`. */
  readonly os: typeof Deno.build.os;
}

const advice: Readonly<Record<string, string>> = {
  ENOSPC: "Free space on that disk, then start the node again",
  EDQUOT: "Free space within your quota on that disk, then start the node again",
  EACCES: "Give the user that runs the node the right to read and write there",
  EPERM: "Give the user that runs the node the right to read and write there",
  EROFS: "The file system is read-only: mount it for writing, then start the node again",
  EIO: "The disk may be failing: check it before the node starts again",
  ENOTDIR: "Something that is no directory stands on this path: name another state directory",
  EEXIST: "Something else stands at this path: move it away, or name another state directory",
};

/** Runs one step on a file; a failure of the system becomes a `StateError` that names the step, the path, the reason and what to do. */
export function step<T>(verb: string, path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    // Deno's own refusal: whoever starts the program has to mend its command.
    if (error instanceof Deno.errors.NotCapable) throw error;
    const whatToDo = advice[osCode(error) ?? ""] ?? "Mend the cause, then start the node again";
    throw new StateError(`Cannot ${verb} ${path}: ${osReason(error)}. ${whatToDo}.`, { cause: error });
  }
}

/** Whether something has this name; a reason other than its absence is a `StateError`. */
export function exists({ files }: Machine, path: string): boolean {
  const found = () => {
    files.statSync(path);
    return true;
  };
  return step("look for", path, () => absentAsNull(found)) ?? false;
}

/** Runs a call; null where what it names is absent. */
export function absentAsNull<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** The file in which the new bytes of `path` are put together. */
export function temporaryPath(path: string): string {
  return `${path}.tmp`;
}

/**
 * Replaces the file's bytes (mode 0600) and returns when that is durable; a `StateError` where any step fails. Until the
 * rename the old ones stand untouched. The caller holds a lock: nobody else writes this file.
 */
export function writeAtomically(machine: Machine, path: string, bytes: Uint8Array): void {
  const { files } = machine;
  const temporary = temporaryPath(path);
  const file = step(
    "create",
    temporary,
    () => files.openSync(temporary, { write: true, createNew: true, mode: 0o600 }),
  );
  try {
    try {
      step("write", temporary, () => writeAll(file, bytes));
      step("sync", temporary, () => file.syncSync());
    } finally {
      file.close();
    }
    step("put the new file in the place of", path, () => files.renameSync(temporary, path));
  } catch (error) {
    try {
      files.removeSync(temporary);
    } catch {
      // The first error is the one to report; what is left over is removed at the next start.
    }
    throw error;
  }
  syncDirectory(machine, dirname(path));
}

/** Makes durable what other processes wrote into the file. */
export function syncFile({ files }: Machine, path: string): void {
  const file = step("open", path, () => files.openSync(path, { write: true }));
  try {
    step("sync", path, () => file.syncSync());
  } finally {
    file.close();
  }
}

/** Makes durable which names the directory holds. Windows has no such call, and keeps them in its journal. */
export function syncDirectory({ files, os }: Machine, path: string): void {
  if (os === "windows") return;
  step("sync the directory", path, () => {
    const directory = files.openSync(path);
    try {
      directory.syncSync();
    } finally {
      directory.close();
    }
  });
}

/** Makes the directory (mode 0700) and those above it, where they are missing, durably. */
export function makeDirectory(machine: Machine, path: string): void {
  const missing: string[] = [];
  for (let at = path; !exists(machine, at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
  step("make the directory", path, () => machine.files.mkdirSync(path, { recursive: true, mode: 0o700 }));
  for (const made of missing) syncDirectory(machine, dirname(made));
}

/** Writes all of the bytes. */
export function writeAll(file: OpenedFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
}
