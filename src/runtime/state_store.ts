// The state file of one node: a text that is replaced whole, and that no second process touches.
import {
  absentAsNull,
  exists,
  type Machine,
  makeDirectory,
  type OpenedFile,
  step,
  syncDirectory,
  syncFile,
  temporaryPath,
  writeAtomically,
} from "./atomic_file.ts";
import { StateError } from "./errors.ts";
import { join } from "./paths.ts";
import { SlotFile } from "./slot_file.ts";
import { decodeText, hasSlots, newestText } from "./state_slots.ts";

/** A save, and the file that holds it. */
interface Saved {
  readonly file: SlotFile;
  readonly text: string;
}

/**
 * Loads and saves the state of one node. In its directory stand `<UID>.json`, the state; `<UID>.lock`, held while the
 * node runs, never renamed or deleted, because a lock belongs to the inode; and `<UID>.lived`, which tells a node whose
 * state was lost from one that never ran.
 *
 * The state file has two forms. At rest it is the text alone. While the node runs, and after a crash, it has two slots, which
 * saves overwrite in place. A life begins with the one, its first save makes the other, `close` makes the first again: each by
 * a new file that is put in the place of the old one.
 */
export class StateStore {
  /** The state file, for messages. */
  readonly path: string;
  readonly #directory: string;
  readonly #uid: string;
  readonly #marker: string;
  readonly #lock: OpenedFile;
  readonly #machine: Machine;
  /** The last save of this life and the file that holds it; null before the first one, and after one that failed. */
  #saved: Saved | null = null;
  #lived = false;

  private constructor(directory: string, uid: string, lock: OpenedFile, machine: Machine) {
    this.path = join(directory, `${uid}.json`);
    this.#directory = directory;
    this.#uid = uid;
    this.#marker = join(directory, `${uid}.lived`);
    this.#lock = lock;
    this.#machine = machine;
  }

  /**
   * Makes the directory where it is missing (mode 0700), takes the node's lock, and removes what an interrupted save left.
   * A `StateError` where another process holds the lock or a step fails. The uid is one that a configuration admits.
   */
  static open(directory: string, uid: string, machine: Machine = { files: Deno, os: Deno.build.os }): StateStore {
    makeDirectory(machine, directory);
    const lockPath = join(directory, `${uid}.lock`);
    const lock = step(
      "open",
      lockPath,
      () => machine.files.openSync(lockPath, { write: true, create: true, mode: 0o600 }),
    );
    try {
      if (!step("lock", lockPath, () => lock.tryLockSync(true))) {
        throw new StateError(
          `Node ${uid} already runs on this state directory: another process holds ${lockPath}. ` +
            `Stop that process first; two processes with one node's state can break agreement.`,
        );
      }
      const store = new StateStore(directory, uid, lock, machine);
      for (const path of [store.path, store.#marker].map(temporaryPath)) {
        step("remove", path, () => absentAsNull(() => machine.files.removeSync(path)));
      }
      return store;
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /**
   * The saved text; null where the node never saved one here. A file of no bytes is the empty text: damage, for the decoder
   * to refuse. A `StateError` where the file is not UTF-8, cannot be read, or is missing although the node has lived here.
   */
  load(): string | null {
    const bytes = step("read", this.path, () => absentAsNull(() => this.#machine.files.readFileSync(this.path)));
    if (bytes === null) {
      if (!exists(this.#machine, this.#marker)) return null;
      throw new StateError(
        `Cannot start node ${this.#uid}: it has lived in ${this.#directory} before, but its state file ${this.path} is gone. ` +
          `A node that forgets its promises can break agreement: put back the file as it was when the node last stopped, ` +
          `from a backup. An older copy, a peer's file or a start without ${this.#marker} can break agreement too. ` +
          `Where there is no backup, run: paxos serve ${this.#uid} --rejoin`,
      );
    }
    // A process may have died between a write or a rename and its sync: what this life builds on is settled first.
    syncFile(this.#machine, this.path);
    syncDirectory(this.#machine, this.#directory);
    this.#markLived();
    if (hasSlots(bytes)) {
      const newest = newestText(bytes);
      if ("text" in newest) return newest.text;
      throw this.#damaged(bytes, newest.damage);
    }
    const text = decodeText(bytes);
    if (text === null) throw this.#damaged(bytes, "it is not UTF-8 text");
    return text;
  }

  /** Whether there is no state file, though perhaps there was one before. */
  isMissing(): boolean {
    return !exists(this.#machine, this.path);
  }

  /**
   * Replaces the saved text and returns when it is durable; `copy` should follow, when there is time. After a `StateError` the node
   * must send nothing and stop.
   */
  save(text: string): void {
    this.#write(({ file }) => file.overwrite(text) ? { file, text } : null);
    this.#saved ??= { file: SlotFile.create(this.#machine, this.path, text), text };
    this.#markLived();
  }

  /** Makes the second copy of the last save, which heals damage to the first. After a `StateError` the node must stop. */
  copy(): void {
    this.#write((saved) => {
      saved.file.copy();
      return saved;
    });
  }

  /** Leaves the last save as a text alone, and gives the lock back. */
  close(): void {
    try {
      if (this.#saved === null) return;
      this.#saved.file.close();
      writeAtomically(this.#machine, this.path, new TextEncoder().encode(this.#saved.text));
    } catch (error) {
      // The slots hold the same text, durably: nothing is lost.
      if (!(error instanceof StateError)) throw error;
    } finally {
      this.#lock.close();
    }
  }

  /** Writes to the file of slots; one that did not take the text, or has failed, is closed and never written again. */
  #write(write: (saved: Saved) => Saved | null): void {
    const saved = this.#saved;
    this.#saved = null;
    try {
      if (saved !== null) this.#saved = write(saved);
    } finally {
      if (this.#saved === null) saved?.file.close();
    }
  }

  #damaged(bytes: Uint8Array, what: string): StateError {
    return new StateError(
      `Cannot start node ${this.#uid}: its state file ${this.path} (${bytes.length} bytes) is damaged: ${what}. ` +
        `A node that forgets its promises can break agreement: restore the file from a backup, do not delete it. ` +
        `Where that is not possible, move it away and run: paxos serve ${this.#uid} --rejoin`,
    );
  }

  #markLived(): void {
    if (this.#lived) return;
    if (!exists(this.#machine, this.#marker)) {
      const text = `Node ${this.#uid} has lived here: without ${this.#uid}.json it must not start.\n`;
      writeAtomically(this.#machine, this.#marker, new TextEncoder().encode(text));
    }
    this.#lived = true;
  }
}
