import { colours, escapeForTerminal } from "../../src/cli/escape.ts";
import { assertEquals } from "../assert.ts";

Deno.test("control characters are shown as JSON escapes them", () => {
  assertEquals(escapeForTerminal("a\nb\tc\r\b\f"), "a\\nb\\tc\\r\\b\\f");
  assertEquals(escapeForTerminal("\x1b[31m\x00\x1f"), "\\u001b[31m\\u0000\\u001f");
  assertEquals(escapeForTerminal("\x7f\x80\x9b31m\x9f"), "\\u007f\\u0080\\u009b31m\\u009f");
});

Deno.test("line separators and what turns the direction of writing are escaped", () => {
  assertEquals(escapeForTerminal("\u2028\u2029"), "\\u2028\\u2029");
  assertEquals(escapeForTerminal("\u202a\u202e"), "\\u202a\\u202e");
  assertEquals(escapeForTerminal("\u2066\u2069"), "\\u2066\\u2069");
});

Deno.test("half of a surrogate pair is escaped, a whole pair is not", () => {
  assertEquals(escapeForTerminal("\ud83d!"), "\\ud83d!");
  assertEquals(escapeForTerminal("\u{1f600}"), "\u{1f600}");
});

Deno.test("what only looks unusual is left alone", () => {
  for (const text of ["", 'say "hé"', "C:\\dir", "\u00a0", "\u2027\u202f", "\u2065\u206a"]) {
    assertEquals(escapeForTerminal(text), text);
  }
});

Deno.test("every code unit is escaped exactly where it is a control, a direction override or half a pair", () => {
  const wanted = (unit: number) =>
    unit < 0x20 || (unit >= 0x7f && unit <= 0x9f) || (unit >= 0x2028 && unit <= 0x202e) ||
    (unit >= 0x2066 && unit <= 0x2069) || (unit >= 0xd800 && unit <= 0xdfff);
  for (let unit = 0; unit <= 0xffff; unit++) {
    const character = String.fromCharCode(unit);
    const escaped = escapeForTerminal(character);
    assertEquals(escaped !== character, wanted(unit), `code unit ${unit.toString(16)}`);
    if (wanted(unit)) assertEquals(JSON.parse(`"${escaped}"`), character);
  }
});

Deno.test("colour appears on a terminal only, and never with NO_COLOR", () => {
  assertEquals(colours(true, undefined).green("ok"), "\x1b[32mok\x1b[0m");
  assertEquals(colours(true, "").red("no"), "\x1b[31mno\x1b[0m");
  assertEquals(colours(true, "1").dim("note"), "note");
  assertEquals(colours(false, undefined).green("ok"), "ok");
});
