// State stores on a disk in memory.
import type { FileSystem, Machine } from "../../src/runtime/atomic_file.ts";
import { StateStore } from "../../src/runtime/state_store.ts";
import { FakeDisk } from "./fake_disk.ts";

/** The store of a life of node A that begins now. */
export function open(files: FileSystem, os: Machine["os"] = "linux"): StateStore {
  return StateStore.open("state", "A", { files, os });
}

/** A disk on which the node has saved the text in an earlier life. */
export function diskWith(text: string): FakeDisk {
  const disk = new FakeDisk();
  open(disk).save(text);
  disk.calls.length = 0;
  return disk;
}
