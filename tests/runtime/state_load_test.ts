// What a node finds when its life begins: nothing, what it left, or what somebody else did to it.
import { StateError } from "../../src/runtime/errors.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";
import { FakeDisk } from "./fake_disk.ts";
import { diskWith, open } from "./fake_stores.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("a node that never ran here starts blank", () => {
  const disk = new FakeDisk();
  assertEquals(open(disk).load(), null);
  assertEquals(disk.text("state/A.lived"), null);
});

Deno.test("a node whose state file is gone does not start blank", () => {
  const disk = diskWith("old");
  disk.removeSync("state/A.json");
  const error = assertThrows(() => open(disk).load(), StateError, "its state file state/A.json is gone");
  assertStringIncludes(error.message, "put back the file");
  assertEquals(error.exitCode, 1);
});

Deno.test("a state file that another program put there leaves the marker when it is loaded", () => {
  const disk = new FakeDisk();
  disk.put("state/A.json", encode("{}"));
  assertEquals(open(disk).load(), "{}");
  disk.removeSync("state/A.json");
  assertThrows(() => open(disk).load(), StateError, "is gone");
});

Deno.test("an empty state file is a text for the decoder to refuse, not a blank start", () => {
  const disk = new FakeDisk();
  disk.put("state/A.json", encode(""));
  assertEquals(open(disk).load(), "");
});

Deno.test("a state file that is not UTF-8 is damaged, and stays as it is", () => {
  const disk = diskWith("old");
  disk.put("state/A.json", new Uint8Array([0x7b, 0xff]));
  const error = assertThrows(() => open(disk).load(), StateError, "state/A.json (2 bytes) is damaged");
  assertStringIncludes(error.message, "restore the file from a backup, do not delete it");
  assertEquals(disk.readFileSync("state/A.json"), new Uint8Array([0x7b, 0xff]));
});

Deno.test("a text is loaded as it was saved, to the byte", () => {
  for (const text of ["", "\ufeff{}", "h\u00e9 \u{1f600}\0\n", " \n ", "x".repeat(70_000)]) {
    const disk = diskWith(text);
    assertEquals(open(disk).load(), text);
    const store = open(disk);
    store.save(text);
    store.close();
    assertEquals(open(disk).load(), text);
  }
  assertEquals(open(diskWith("half a pair: \ud83d")).load(), "half a pair: \ufffd");
});
