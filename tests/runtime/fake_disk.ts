// A disk in memory that records every call, fails the one it is told to, and shows what a power failure would leave.
import type { FileSystem, OpenedFile, OpenMode } from "../../src/runtime/atomic_file.ts";

interface Inode {
  /** What a reader sees. */
  bytes: Uint8Array;
  /** What may be on stable storage of each sector: the bytes as they were synced last, and after each write since. */
  versions: Uint8Array[];
}

const SECTOR_BYTES = 512;
/** Every mixture of so many sectors is made; of more, only those that a write leaves which is cut off somewhere. */
const MOST_MIXED_SECTORS = 8;

/** A file system of one directory. */
export class FakeDisk implements FileSystem {
  /** The calls so far, as `verb name`; reads, seeks and closings apart. */
  readonly calls: string[] = [];
  /** The call with this number (from 0) fails. */
  failAt: number = Infinity;
  /** The failure: one call fails with an error of this code, or the power fails and every later call does too. */
  failure: "power" | "ENOSPC" | "EIO" = "EIO";
  /** How many bytes one call of `writeSync` takes. */
  readonly bytesPerWrite: number;
  /** Whether fsync of a file does its work; the planted defect is one that does not. */
  readonly filesSync: boolean;
  /** Whether fdatasync does. */
  readonly dataSync: boolean;
  #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();
  #hasPower = true;

  constructor(options: { bytesPerWrite?: number; filesSync?: boolean; dataSync?: boolean } = {}) {
    this.bytesPerWrite = options.bytesPerWrite ?? Infinity;
    this.filesSync = options.filesSync ?? true;
    this.dataSync = options.dataSync ?? true;
  }

  /** Puts a file there, durably. */
  put(path: string, bytes: Uint8Array): void {
    const inode = { bytes, versions: [bytes] };
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
    for (const [path, { versions }] of keepsNames ? this.#names : this.#durableNames) disk.put(path, versions[0]!);
    return disk;
  }

  /** The same, for each way in which the unsynced sectors of one file may be written, lost or torn. */
  *afterPowerFailures(keepsNames: boolean, path: string): Generator<FakeDisk> {
    const inode = (keepsNames ? this.#names : this.#durableNames).get(path);
    for (const bytes of inode === undefined ? [null] : mixtures(inode.versions)) {
      const disk = this.afterPowerFailure(keepsNames);
      if (bytes !== null) disk.put(path, bytes);
      yield disk;
    }
  }

  /** What a process that was killed leaves to the next one: all that it wrote, synced or not. */
  afterKill(): FakeDisk {
    const disk = new FakeDisk({ filesSync: this.filesSync, dataSync: this.dataSync });
    disk.#names = new Map(this.#names);
    disk.#durableNames = new Map(this.#durableNames);
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
    const inode = this.#names.get(path) ?? { bytes: new Uint8Array(), versions: [new Uint8Array()] };
    this.#names.set(path, inode);
    return this.#opened(path, (works) => {
      if (works) inode.versions = [inode.bytes];
    }, inode);
  }

  #opened(path: string, sync: (works: boolean) => void, inode?: Inode): OpenedFile {
    let at = 0;
    return {
      writeSync: (bytes) => {
        this.#call(`write ${path}`);
        if (inode === undefined) throw new Error(`${path} is a directory`);
        const taken = bytes.subarray(0, this.bytesPerWrite);
        const after = new Uint8Array(Math.max(inode.bytes.length, at + taken.length));
        after.set(inode.bytes);
        after.set(taken, at);
        at += taken.length;
        inode.bytes = after;
        inode.versions.push(after);
        return taken.length;
      },
      seekSync: (offset) => at = offset,
      syncSync: () => {
        this.#call(`sync ${path}`);
        sync(this.filesSync);
      },
      syncDataSync: () => {
        this.#call(`sync-data ${path}`);
        sync(this.dataSync);
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

/** What may be on the disk of a file that was written several times since its last sync; a change of size is made or not. */
function* mixtures(versions: readonly Uint8Array[]): Generator<Uint8Array> {
  const oldest = versions[0]!;
  if (versions.some(({ length }) => length !== oldest.length)) return yield* versions;
  yield oldest;
  const newest = versions.at(-1)!;
  for (const [index, after] of versions.entries()) {
    const before = versions[index - 1] ?? newest;
    yield* sectorMixtures(before, after);
    yield* tears(before, after);
  }
}

/** Each sector that was changed is as before or as after. */
function* sectorMixtures(before: Uint8Array, after: Uint8Array): Generator<Uint8Array> {
  const starts = Array.from({ length: before.length / SECTOR_BYTES }, (_, sector) => sector * SECTOR_BYTES);
  const sector = (bytes: Uint8Array, start: number) => bytes.subarray(start, start + SECTOR_BYTES);
  const changed = starts.filter((start) => sector(before, start).some((byte, at) => byte !== after[start + at]));
  if (changed.length > MOST_MIXED_SECTORS) return;
  for (let choice = 0; choice < 2 ** changed.length; choice++) {
    const bytes = before.slice();
    for (const [bit, start] of changed.entries()) if (choice & (1 << bit)) bytes.set(sector(after, start), start);
    yield bytes;
  }
}

/** A write that ended at any byte, or began at it: the rest is as it was before. */
function* tears(before: Uint8Array, after: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at <= before.length; at++) {
    // A tear beside a byte that has not changed is the same as its neighbour.
    if (at > 0 && at < before.length && before[at - 1] === after[at - 1]) continue;
    for (const [head, tail] of [[before, after], [after, before]] as const) {
      const bytes = tail.slice();
      bytes.set(head.subarray(0, at));
      yield bytes;
    }
  }
}
