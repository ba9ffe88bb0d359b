import { encodeSlot, encodeSlots, hasSlots, newestText } from "../../src/runtime/state_slots.ts";
import { assertEquals, assertStringIncludes } from "../assert.ts";

const SLOT_BYTES = 4096;
const DAMAGE = "neither of its two slots";

/** A file of two slots. */
function file(first: Uint8Array | null, second: Uint8Array | null): Uint8Array {
  const bytes = new Uint8Array(2 * SLOT_BYTES);
  bytes.set(first ?? []);
  bytes.set(second ?? [], SLOT_BYTES);
  return bytes;
}

const slot = (save: number, text: string): Uint8Array => encodeSlot(save, text, SLOT_BYTES)!;

/** The text, or what is wrong. */
function read(bytes: Uint8Array): string {
  const newest = newestText(bytes);
  return "text" in newest ? newest.text : newest.damage;
}

Deno.test("a slot is a header line, the text and spaces up to a newline", () => {
  const [header, text, padding, end] = new TextDecoder().decode(slot(7, "h\u00e9")).split("\n");
  assertEquals(header, `{"save":7,"bytes":3,"checksum":"${JSON.parse(header!).checksum}"}`);
  assertEquals([text?.trimEnd(), padding, end], ["h\u00e9", "", undefined]);
});

Deno.test("a text fits a slot to the last byte but one, and a file has the smallest slots that it fits", () => {
  const header = slot(0, "x".repeat(3000)).indexOf(0x0a) + 1;
  const longest = SLOT_BYTES - header - 1;
  assertEquals(encodeSlot(0, "x".repeat(longest + 1), SLOT_BYTES), null);
  assertEquals(read(file(slot(0, "x".repeat(longest)), null)), "x".repeat(longest));
  assertEquals([longest, longest + 1].map((length) => encodeSlots("x".repeat(length)).length), [8192, 16_384]);
});

Deno.test("of two whole slots the newer save counts, in either place, and a copy is the same", () => {
  const cases = [[1, 2, "save 2"], [2, 1, "save 2"], [5, 5, "save 5"]] as const;
  for (const [first, second, text] of cases) {
    assertEquals(read(file(slot(first, `save ${first}`), slot(second, `save ${second}`))), text);
  }
});

Deno.test("two saves of one number, and saves that do not follow each other, are damage", () => {
  assertStringIncludes(read(file(slot(5, "a"), slot(5, "b"))), "saves 5 and 5, which do not follow");
  assertStringIncludes(read(file(slot(3, "a"), slot(5, "b"))), "saves 3 and 5, which do not follow");
  assertStringIncludes(read(file(slot(5, "a"), slot(3, "b"))), "saves 5 and 3, which do not follow");
});

Deno.test("where one slot is lost the other counts, where both are, nothing does", () => {
  assertEquals(read(file(slot(4, "a"), null)), "a");
  assertEquals(read(file(null, slot(4, "a"))), "a");
  assertStringIncludes(read(file(null, null)), `${DAMAGE} (bytes 0 to 4095 and 4096 to 8191)`);
});

const TEXT = `{"format":1,"current_value":"h\u00e9"}\n`;

Deno.test("each flipped byte of a file at work, padding included, is seen, and leaves the copy to count", () => {
  const whole = encodeSlots(TEXT);
  for (let at = 0; at < whole.length; at++) {
    const flipped = whole.slice();
    flipped[at]! ^= 1 + at % 255;
    assertEquals([hasSlots(flipped), read(flipped)], [true, TEXT], `byte ${at}`);
    // That it was seen shows without the copy.
    flipped.fill(0, at < SLOT_BYTES ? SLOT_BYTES : 0, at < SLOT_BYTES ? undefined : SLOT_BYTES);
    assertStringIncludes(read(flipped), DAMAGE);
  }
});

Deno.test("a file of slots that is cut off anywhere, or has something behind it, is refused", () => {
  for (const whole of [encodeSlots(TEXT), encodeSlots(TEXT.repeat(200))]) {
    for (let length = '{"save":'.length; length < whole.length; length++) {
      const cut = whole.subarray(0, length);
      assertEquals([hasSlots(cut), "damage" in newestText(cut)], [true, true], `${length} bytes`);
    }
    for (const more of [1, 2, whole.length, 3 * whole.length]) {
      const longer = new Uint8Array(whole.length + more);
      longer.set(whole);
      assertEquals("damage" in newestText(longer), true, `${more} bytes more`);
      longer.set(whole.subarray(0, more), whole.length);
      assertEquals("damage" in newestText(longer), true, `${more} bytes repeated`);
    }
  }
});

Deno.test("a text alone, the ancestor's too, is no file of slots", () => {
  for (const text of ["", "{}", TEXT, '{"instance_number": 3, "current_value": "{\\"save\\":1"}', "x".repeat(8192)]) {
    assertEquals(hasSlots(new TextEncoder().encode(text)), false, text.slice(0, 20));
  }
});
