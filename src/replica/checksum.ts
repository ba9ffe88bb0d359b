// CRC-32 (IEEE 802.3): it finds every flipped byte and every burst of up to 32 bits; it is no protection against malice.

/** What a byte comes to when so many others follow it, from none to seven: so eight bytes are taken at a time. */
const TABLES: readonly Uint32Array[] = makeTables(8);

function makeTables(count: number): Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, index) => {
    let crc = index;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
  const tables = [first];
  for (let last = first; tables.length < count; tables.push(last)) {
    last = last.map((crc) => (crc >>> 8) ^ first[crc & 0xff]!);
  }
  return tables;
}

const [T0, T1, T2, T3, T4, T5, T6, T7] = TABLES as [
  ...[Uint32Array, Uint32Array, Uint32Array, Uint32Array],
  ...[Uint32Array, Uint32Array, Uint32Array, Uint32Array],
];

/** The CRC-32 of the texts' UTF-16 code units, one text after the other, low byte first, as 8 hexadecimal digits. */
export function checksum(...texts: readonly string[]): string {
  let crc = 0xffffffff;
  for (const text of texts) crc = update(crc, text);
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}

function update(before: number, text: string): number {
  let crc = before;
  let i = 0;
  for (const end = text.length - 3; i < end; i += 4) {
    crc ^= text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16);
    const [third, fourth] = [text.charCodeAt(i + 2), text.charCodeAt(i + 3)];
    crc = T7[crc & 0xff]! ^ T6[(crc >>> 8) & 0xff]! ^ T5[(crc >>> 16) & 0xff]! ^ T4[crc >>> 24]! ^
      T3[third & 0xff]! ^ T2[third >>> 8]! ^ T1[fourth & 0xff]! ^ T0[fourth >>> 8]!;
  }
  for (; i < text.length; i++) {
    crc ^= text.charCodeAt(i);
    crc = (crc >>> 16) ^ T1[crc & 0xff]! ^ T0[(crc >>> 8) & 0xff]!;
  }
  return crc;
}
