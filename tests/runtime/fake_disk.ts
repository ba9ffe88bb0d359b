// A disk in memory that records every call, fails the one it is told to, and shows what a power failure would leave.
import type { FileSystem, OpenedFile, OpenMode } from "../../src/runtime/atomic_file.ts";

interface Inode {
  /** What a reader sees. */
  bytes: Uint8Array;
  /** What is on stable storage. */
  durable: Uint8Array;
}

/** A file system of one directory. */
export class FakeDisk implements FileSystem {
  /** The calls so far, as `verb name`; reads and closings apart. */
  readonly calls: string[] = [];
  /** The call with this number (from 0) fails. */
  failAt: number = Infinity;
  /** The failure: one call fails with an error of this code, or the power fails and every later call does too. */
  failure: "power" | "ENOSPC" | "EIO" = "EIO";
  /** How many bytes one call of `writeSync` takes. */
  readonly bytesPerWrite: number;
  /** Whether fsync of a file does its work; the planted defect is one that does not. */
  readonly filesSync: boolean;
  #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();
  #hasPower = true;

  constructor(options: { bytesPerWrite?: number; filesSync?: boolean } = {}) {
    this.bytesPerWrite = options.bytesPerWrite ?? Infinity;
    this.filesSync = options.filesSync ?? true;
  }

  /** Puts a file there, durably. */
  put(path: string, bytes: Uint8Array): void {
    const inode = { bytes, durable: bytes };
    this.#names.set(path, inode);
    this.#durableNames.set(path, inode);
  }

  /** The text that a reader sees; null where there is no such file. */
  text(path: string): string | null {
    const inode = this.#names.get(path);
    return inode === undefined ? null : new TextDecoder().decode(inode.bytes);
  }

  /**
   * What a power failure leaves at worst: bytes that were not synced are lost, and names that were not synced are lost too
   * (`keepsNames` false) or reached the disk before the bytes did (true).
   */
  afterPowerFailure(keepsNames: boolean): FakeDisk {
    const disk = new FakeDisk();
    for (const [path, { durable }] of keepsNames ? this.#names : this.#durableNames) disk.put(path, durable);
    return disk;
  }

  mkdirSync(): void {}

  statSync(path: string): void {
    if (path !== "state") this.#inode(path);
  }

  readFileSync(path: string): Uint8Array {
    return this.#inode(path).bytes;
  }

  removeSync(path: string): void {
    this.#inode(path);
    this.#call(`remove ${path}`);
    this.#names.delete(path);
  }

  renameSync(from: string, to: string): void {
    this.#call(`rename ${from} to ${to}`);
    this.#names.set(to, this.#inode(from));
    this.#names.delete(from);
  }

  openSync(path: string, mode?: OpenMode): OpenedFile {
    if (mode === undefined) return this.#opened(path, () => this.#durableNames = new Map(this.#names));
    this.#call(`open ${path}`);
    if (mode.createNew && this.#names.has(path)) throw new Deno.errors.AlreadyExists("File exists (os error 17): open");
    const inode = this.#names.get(path) ?? { bytes: new Uint8Array(), durable: new Uint8Array() };
    this.#names.set(path, inode);
    return this.#opened(path, () => {
      if (this.filesSync) inode.durable = inode.bytes;
    }, inode);
  }

  #opened(path: string, sync: () => void, inode?: Inode): OpenedFile {
    return {
      writeSync: (bytes) => {
        this.#call(`write ${path}`);
        if (inode === undefined) throw new Error(`${path} is a directory`);
        const taken = bytes.subarray(0, this.bytesPerWrite);
        inode.bytes = new Uint8Array([...inode.bytes, ...taken]);
        return taken.length;
      },
      syncSync: () => {
        this.#call(`sync ${path}`);
        sync();
      },
      tryLockSync: () => true,
      close: () => {},
    };
  }

  #call(what: string): void {
    if (this.calls.push(what) - 1 === this.failAt && this.failure !== "power") {
      throw Object.assign(new Error(`planted (os error 1): ${what}`), { code: this.failure });
    }
    if (this.calls.length - 1 >= this.failAt && this.failure === "power") this.#hasPower = false;
    if (!this.#hasPower) throw new Error("the power is off");
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw new Deno.errors.NotFound(`No such file or directory (os error 2): open '${path}'`);
    return inode;
  }
}
