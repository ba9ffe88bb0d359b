// The bytes of the state file while its node runs: two slots of one size, each a whole save. Pure: it knows no file.
//
// A slot is a header line, `{"save":NUMBER,"bytes":LENGTH,"checksum":"..."}`, the text as it was handed in, and spaces up to a
// newline, its last byte. A save goes to one slot; when it is durable there, its copy goes to the other, where the next save
// will go. So at most one slot is ever less than durable, the file never changes its size, and a node at work leaves
// its last save twice.
//
// What may be found, and why the newest whole slot is then the last save that was made known, or a later one:
// - Both whole with one number: the copy was made. With neighbouring numbers: the process or the machine ended between a
//   save and its copy. The older one is never needed.
// - One whole. Either a write was under way in the other slot when the machine lost its power or the process was killed: then
//   the whole one is durable, and the newest save that was made known. Or the disk has damaged the other slot, and the
//   whole one is its copy. The two need not be told apart. A process killed before the copy was made had not made that save known.
// - None whole, a file of another size, two saves of one number, or numbers that are no neighbours: no crash leaves that.
//
// What cannot be seen: damage to the newest slot of a machine that lost its power before the copy reached the disk too (the
// next save, or some seconds, put it there). Two faults at once can make the save before look like the last.
import { checksum } from "../replica/checksum.ts";

/** The size of the smallest slot, in bytes: a page. Larger ones double. */
export const SMALLEST_SLOT_BYTES = 4096;

const SPACE = 0x20;
const NEWLINE = 0x0a;
const encoder = new TextEncoder();
const MARK = new TextEncoder().encode('{"save":');
const MAX_HEADER_BYTES = 80;
const HEADER = /^\{"save":(\d{1,16}),"bytes":(\d{1,9}),"checksum":"[0-9a-f]{8}"\}$/;

/** The slot of a save, or null where the text does not fit. Saves are numbered from 0 in each file. */
export function encodeSlot(save: number, text: string, slotBytes: number): Uint8Array | null {
  const buffer = new SlotBuffer(slotBytes);
  return buffer.fill(save, text) === null ? null : buffer.bytes;
}

/** Makes slots of one size, in the same bytes over and over. */
export class SlotBuffer {
  /** The slot that was made last. */
  readonly bytes: Uint8Array;
  /** The slot, and room to make the header in. */
  readonly #room: Uint8Array;
  #used = 0;

  /** Begins with an empty slot. */
  constructor(slotBytes: number) {
    this.#room = new Uint8Array(slotBytes + MAX_HEADER_BYTES).fill(SPACE);
    this.bytes = this.#room.subarray(0, slotBytes);
    this.bytes[slotBytes - 1] = NEWLINE;
  }

  /** Makes the slot of a save, and says how many bytes there are before the spaces; null, and no slot, where it does not fit. */
  fill(save: number, text: string): number | null {
    // Half of a surrogate pair has no UTF-8: the checksum is over what will be read.
    const wellFormed = text.toWellFormed();
    // The header tells the length of what follows it, so that is made first, and moved.
    const { read, written } = encoder.encodeInto(wellFormed, this.#room.subarray(MAX_HEADER_BYTES));
    const numbers = `{"save":${save},"bytes":${written},`;
    const header = `${numbers}"checksum":"${checksum(numbers, wellFormed)}"}\n`;
    const used = header.length + written;
    const fits = read === wellFormed.length && used < this.bytes.length;
    if (fits) {
      this.#room.copyWithin(header.length, MAX_HEADER_BYTES, MAX_HEADER_BYTES + written);
      encoder.encodeInto(header, this.#room);
    }
    this.#room.fill(SPACE, fits ? used : 0, Math.max(this.#used, MAX_HEADER_BYTES + written));
    this.bytes[this.bytes.length - 1] = NEWLINE;
    this.#used = fits ? used : 0;
    return fits ? used : null;
  }
}

/** A new file: save 0 in both slots, which are as small as the text allows. */
export function encodeSlots(text: string): Uint8Array {
  for (let slotBytes = SMALLEST_SLOT_BYTES;; slotBytes *= 2) {
    const slot = encodeSlot(0, text, slotBytes);
    if (slot === null) continue;
    const file = new Uint8Array(2 * slotBytes);
    file.set(slot);
    file.set(slot, slotBytes);
    return file;
  }
}

/** Whether the file was made of slots, whole or not: one of them begins like a slot. No text of a state has that inside. */
export function hasSlots(file: Uint8Array): boolean {
  return beginsLikeSlot(file) || beginsLikeSlot(file.subarray(file.length / 2));
}

/** The text of the newest save in a file of slots, or in words why that cannot be told. */
export function newestText(file: Uint8Array): { text: string } | { damage: string } {
  const slotBytes = file.length / 2;
  if (!isSlotSize(slotBytes)) {
    return {
      damage:
        `no save leaves a file of this size (two slots of ${SMALLEST_SLOT_BYTES} bytes, or 2, 4, 8... times that)`,
    };
  }
  const [first, second] = [decodeSlot(file.subarray(0, slotBytes)), decodeSlot(file.subarray(slotBytes))];
  if (first === null && second === null) {
    const ranges = `bytes 0 to ${slotBytes - 1} and ${slotBytes} to ${file.length - 1}`;
    return { damage: `neither of its two slots (${ranges}) has the checksum of its content` };
  }
  if (first === null || second === null) return (first ?? second)!;
  if (Math.abs(first.save - second.save) > 1 || (first.save === second.save && first.text !== second.text)) {
    return { damage: `its slots hold saves ${first.save} and ${second.save}, which do not follow each other` };
  }
  return first.save > second.save ? first : second;
}

/** The save in a slot; null where a single byte is not as `encodeSlot` makes it. */
function decodeSlot(slot: Uint8Array): { save: number; text: string } | null {
  const end = slot.indexOf(NEWLINE);
  const header = HEADER.exec(decodeText(slot.subarray(0, end)) ?? "");
  if (header === null) return null;
  const save = Number(header[1]);
  const text = decodeText(slot.subarray(end + 1, end + 1 + Number(header[2])));
  if (text === null) return null;
  const again = encodeSlot(save, text, slot.length);
  return again !== null && again.every((byte, at) => byte === slot[at]) ? { save, text } : null;
}

/** The bytes as text, to the byte; null where they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function isSlotSize(bytes: number): boolean {
  return bytes >= SMALLEST_SLOT_BYTES && Number.isInteger(Math.log2(bytes));
}

function beginsLikeSlot(bytes: Uint8Array): boolean {
  return MARK.every((byte, at) => byte === bytes[at]);
}
