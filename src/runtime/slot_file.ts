// The state file of a running node: it stays open, and a save overwrites one slot in place.
import { type Machine, type OpenedFile, step, writeAll, writeAtomically } from "./atomic_file.ts";
import { encodeSlot, encodeSlots } from "./state_slots.ts";

/** A file of two slots, made by this process: what an earlier one left is never written in place. */
export class SlotFile {
  readonly #path: string;
  readonly #file: OpenedFile;
  readonly #slotBytes: number;
  #lastSave = 0;

  private constructor(path: string, file: OpenedFile, slotBytes: number) {
    this.#path = path;
    this.#file = file;
    this.#slotBytes = slotBytes;
  }

  /** Puts a new file with the text in the place of the old one, durably, and opens it. A `StateError` where a step fails. */
  static create(machine: Machine, path: string, text: string): SlotFile {
    const slots = encodeSlots(text);
    writeAtomically(machine, path, slots);
    const file = step("open", path, () => machine.files.openSync(path, { write: true }));
    return new SlotFile(path, file, slots.length / 2);
  }

  /**
   * Saves the text, durably; false, with nothing written, where it does not fit. After a `StateError` nobody knows what of the
   * slot is on the disk: the file must not be written again.
   */
  overwrite(text: string): boolean {
    const save = this.#lastSave + 1;
    const slot = encodeSlot(save, text, this.#slotBytes);
    if (slot === null) return false;
    const start = (save % 2) * this.#slotBytes;
    this.#write(slot, start);
    step("sync", this.#path, () => this.#file.syncDataSync());
    // The copy needs no sync: until it is on the disk, the save itself is.
    this.#write(slot, this.#slotBytes - start);
    this.#lastSave = save;
    return true;
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }

  #write(slot: Uint8Array, start: number): void {
    step("write", this.#path, () => {
      this.#file.seekSync(start, Deno.SeekMode.Start);
      writeAll(this.#file, slot);
    });
  }
}
