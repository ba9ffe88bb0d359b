/** How many rows one piece of the store holds. */
const CHUNK_BITS = 16;
const CHUNK = 1 << CHUNK_BITS;

/** Rows of whole numbers from 0 to 2^32 - 1, one after the other: 4 bytes a number. Rows are added, and never change. */
export class Rows {
  /** How many there are. */
  size = 0;
  #chunks: Uint32Array[] = [];

  /** `width` is how many numbers make a row. */
  constructor(readonly width: number) {}

  /** How many bytes they take. */
  get bytes(): number {
    return this.#chunks.length * CHUNK * this.width * 4;
  }

  /** Puts a row at the end and answers with its place. */
  append(row: ArrayLike<number>): number {
    const place = this.size++;
    if ((place & (CHUNK - 1)) === 0) this.#chunks.push(new Uint32Array(CHUNK * this.width));
    this.#chunks[place >>> CHUNK_BITS]!.set(row, (place & (CHUNK - 1)) * this.width);
    return place;
  }

  /** The number in this column of the row at the place. */
  at(place: number, column: number): number {
    return this.#chunks[place >>> CHUNK_BITS]![(place & (CHUNK - 1)) * this.width + column]!;
  }

  /** Copies the row at the place into `into`. */
  read(place: number, into: Uint32Array): void {
    const chunk = this.#chunks[place >>> CHUNK_BITS]!;
    const from = (place & (CHUNK - 1)) * this.width;
    for (let column = 0; column < this.width; column++) into[column] = chunk[from + column]!;
  }

  /** Whether the row at the place is this one. */
  equals(place: number, row: Uint32Array): boolean {
    const chunk = this.#chunks[place >>> CHUNK_BITS]!;
    const from = (place & (CHUNK - 1)) * this.width;
    for (let column = 0; column < this.width; column++) if (chunk[from + column] !== row[column]) return false;
    return true;
  }
}

/**
 * A set of rows, each with its place in the order in which they came. They are kept whole and compared whole, so that no two
 * are ever taken for one; to find one again takes 6 to 12 bytes more a row.
 */
export class Tuples {
  /** Whether the last `intern` met a new one. */
  added = false;
  #rows: Rows;
  #slots = new Uint32Array(1 << 12);

  /** `width` is how many numbers make a tuple. */
  constructor(width: number) {
    this.#rows = new Rows(width);
  }

  /** How many there are. */
  get size(): number {
    return this.#rows.size;
  }

  /** How many bytes they take. */
  get bytes(): number {
    return this.#rows.bytes + this.#slots.byteLength;
  }

  /** The place of the tuple, which is put in if it is new. */
  intern(tuple: Uint32Array): number {
    const mask = this.#slots.length - 1;
    let slot = hash(tuple) & mask;
    for (let found = this.#slots[slot]!; found !== 0; found = this.#slots[slot]!) {
      if (this.#rows.equals(found - 1, tuple)) {
        this.added = false;
        return found - 1;
      }
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = this.size + 1;
    this.added = true;
    const place = this.#rows.append(tuple);
    if (this.size * 3 > this.#slots.length * 2) this.#grow();
    return place;
  }

  /** Copies the tuple at the place into `into`. */
  read(place: number, into: Uint32Array): void {
    this.#rows.read(place, into);
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    const tuple = new Uint32Array(this.#rows.width);
    for (let place = 0; place < this.size; place++) {
      this.read(place, tuple);
      let slot = hash(tuple) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = place + 1;
    }
  }
}

/** Spreads tuples that differ little over all slots (the mixing steps of MurmurHash3). */
function hash(tuple: Uint32Array): number {
  let h = 0x9e3779b9;
  for (let i = 0; i < tuple.length; i++) {
    h = Math.imul(h ^ tuple[i]!, 0xcc9e2d51);
    h = (h << 13) | (h >>> 19);
    h = Math.imul(h, 5) + 0xe6546b64;
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
