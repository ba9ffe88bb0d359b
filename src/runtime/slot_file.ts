// The state file of a running node: it stays open, and a save overwrites one slot in place.
import { type Machine, type OpenedFile, step, writeAll, writeAtomically } from "./atomic_file.ts";
import { encodeSlots, SlotBuffer } from "./state_slots.ts";

/** A file of two slots, made by this process: what an earlier one left is never written in place. */
export class SlotFile {
  readonly #path: string;
  readonly #file: OpenedFile;
  readonly #slot: SlotBuffer;
  /** How many bytes of each slot are something else than the spaces at its end. */
  readonly #used: [number, number];
  #lastSave = 0;
  /** The slot that lacks a copy of the last save, and how many bytes it takes. */
  #copyDue: { readonly place: 0 | 1; readonly used: number } | null = null;

  private constructor(path: string, file: OpenedFile, slotBytes: number) {
    this.#path = path;
    this.#file = file;
    this.#slot = new SlotBuffer(slotBytes);
    this.#used = [slotBytes, slotBytes];
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
    const used = this.#slot.fill(save, text);
    if (used === null) return false;
    const [own, other] = save % 2 === 0 ? [0, 1] as const : [1, 0] as const;
    this.#copyDue = null;
    this.#write(own, used);
    step("sync", this.#path, () => this.#file.syncDataSync());
    this.#copyDue = { place: other, used };
    this.#lastSave = save;
    return true;
  }

  /**
   * Puts a copy of the last save into the other slot. It needs no sync: until it is on the disk, the save itself is. So it can
   * wait until what the save allowed is said.
   */
  copy(): void {
    if (this.#copyDue !== null) this.#write(this.#copyDue.place, this.#copyDue.used);
    this.#copyDue = null;
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }

  /** Writes the slot as far as it differs from spaces, or did before. */
  #write(place: 0 | 1, used: number): void {
    const bytes = this.#slot.bytes.subarray(0, Math.max(used, this.#used[place]));
    this.#used[place] = used;
    step("write", this.#path, () => {
      this.#file.seekSync(place * this.#slot.bytes.length, Deno.SeekMode.Start);
      writeAll(this.#file, bytes);
    });
  }
}
