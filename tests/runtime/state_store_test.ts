import type { FileSystem, Machine, OpenMode } from "../../src/runtime/atomic_file.ts";
import { StateError } from "../../src/runtime/errors.ts";
import { StateStore } from "../../src/runtime/state_store.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";
import { FakeDisk } from "./fake_disk.ts";

const on = (files: FileSystem, os: Machine["os"] = "linux"): Machine => ({ files, os });
const open = (files: FileSystem, os?: Machine["os"]): StateStore => StateStore.open("state", "A", on(files, os));
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A disk on which the node has saved the text in an earlier life. */
function diskWith(text: string): FakeDisk {
  const disk = new FakeDisk();
  open(disk).save(text);
  disk.calls.length = 0;
  return disk;
}

Deno.test("a save is written, synced, renamed, and its directory synced, in this order; the first one then leaves the marker", () => {
  const disk = new FakeDisk({ bytesPerWrite: 3 });
  const store = open(disk);
  assertEquals(disk.calls.splice(0), ["open state/A.lock"]);
  store.save("1234567");
  const save = [
    "open state/A.json.tmp",
    "write state/A.json.tmp",
    "write state/A.json.tmp",
    "write state/A.json.tmp",
    "sync state/A.json.tmp",
    "rename state/A.json.tmp to state/A.json",
    "sync state",
  ];
  const calls = disk.calls.splice(0);
  assertEquals(calls.slice(0, save.length), save);
  const withoutWrites = calls.slice(save.length).filter((call) => !call.startsWith("write"));
  assertEquals(withoutWrites, [
    "open state/A.lived.tmp",
    "sync state/A.lived.tmp",
    "rename state/A.lived.tmp to state/A.lived",
    "sync state",
  ]);
  store.save("7654321");
  assertEquals(disk.calls, save);
  assertEquals(store.load(), "7654321");
});

Deno.test("on Windows no directory is synced", () => {
  const disk = new FakeDisk();
  open(disk, "windows").save("x");
  assertEquals(disk.calls.filter((call) => call === "sync state"), []);
  assertEquals(disk.text("state/A.json"), "x");
});

Deno.test("each step of a save that fails is an error with path, reason and advice, and until the rename the old text stands", () => {
  const whole = diskWith("old");
  open(whole).save("new");
  const steps = whole.calls.slice(1);
  assertEquals(steps.length, 5);
  for (const [index, call] of steps.entries()) {
    const disk = diskWith("old");
    const store = open(disk);
    disk.calls.length = 0;
    disk.failure = "ENOSPC";
    disk.failAt = index;
    const error = assertThrows(() => store.save("new"), StateError);
    assertEquals(error.exitCode, 1);
    assertStringIncludes(error.message, call.split(" ").at(-1) ?? call);
    assertStringIncludes(error.message, "ENOSPC, planted. Free space on that disk");
    assertEquals(disk.text("state/A.json"), index < 4 ? "old" : "new", call);
    assertEquals(disk.text("state/A.json.tmp"), null);
  }
});

Deno.test("where the leftovers of a failed save cannot be removed either, the first error is reported", () => {
  const disk = diskWith("old");
  const store = open(disk);
  disk.failure = "power";
  disk.failAt = disk.calls.length + 1;
  assertThrows(() => store.save("new"), StateError, "Cannot write state/A.json.tmp: the power is off.");
  assert(disk.text("state/A.json.tmp") !== null);
});

Deno.test("what an interrupted save left is removed at the next start", () => {
  const disk = diskWith("old");
  disk.put("state/A.json.tmp", encode("half"));
  disk.put("state/A.lived.tmp", encode("half"));
  const store = open(disk);
  assertEquals([disk.text("state/A.json.tmp"), disk.text("state/A.lived.tmp")], [null, null]);
  store.save("new");
  assertEquals(store.load(), "new");
});

/** What is wrong with the disk after the power failed at some call of two saves, or after both; empty where nothing is. */
function powerFailures(makeDisk: () => FakeDisk, os: Machine["os"]): string[] {
  const wrong: string[] = [];
  const possible: Record<string, readonly (string | null)[]> = {
    nothing: [null, "first"],
    first: ["first", "second"],
    second: ["second"],
  };
  for (let failAt = 0;; failAt++) {
    const disk = makeDisk();
    disk.failure = "power";
    disk.failAt = failAt;
    let durable = "nothing";
    try {
      const store = open(disk, os);
      for (const text of ["first", "second"]) {
        store.save(text);
        durable = text;
      }
    } catch (error) {
      assert(error instanceof StateError, String(error));
    }
    for (const keepsNames of [false, true]) {
      const left = disk.afterPowerFailure(keepsNames);
      const text = left.text("state/A.json");
      const lived = left.text("state/A.lived") !== null;
      const where = `power fails at call ${failAt}, names ${keepsNames ? "kept" : "lost"}: `;
      if (!possible[durable]?.includes(text)) {
        wrong.push(`${where}${durable} was saved, ${JSON.stringify(text)} is left`);
      }
      if (lived && text === null) wrong.push(`${where}a marker without a state file`);
      if (!lived && durable !== "nothing") wrong.push(`${where}a saved state without a marker`);
    }
    if (disk.calls.length <= failAt) return wrong;
  }
}

Deno.test("a power failure at any call leaves the old text or the new one, and after the save the new one", () => {
  assertEquals(powerFailures(() => new FakeDisk(), "linux"), []);
  assertEquals(powerFailures(() => new FakeDisk({ bytesPerWrite: 2 }), "linux"), []);
});

Deno.test("the search for power failures sees a sync that is left out", () => {
  const withoutFileSync = powerFailures(() => new FakeDisk({ filesSync: false }), "linux");
  assertStringIncludes(withoutFileSync.join("\n"), 'names kept: first was saved, "" is left');
  const withoutDirectorySync = powerFailures(() => new FakeDisk(), "windows");
  assertStringIncludes(withoutDirectorySync.join("\n"), "names lost: second was saved, null is left");
});

Deno.test("a state file that a dying process renamed is durable before a new life builds on it", () => {
  const disk = diskWith("old");
  const store = open(disk);
  disk.failAt = disk.calls.length + 4;
  assertThrows(() => store.save("new"), StateError, "Cannot sync the directory state: EIO");
  assertEquals(disk.afterPowerFailure(false).text("state/A.json"), "old");
  assertEquals(open(disk).load(), "new");
  assertEquals(disk.afterPowerFailure(false).text("state/A.json"), "new");
});

Deno.test("a step that fails at the start is an error too, and gives the lock back", () => {
  const disk = diskWith("old");
  disk.put("state/A.json.tmp", encode("half"));
  let open = 0;
  const counting: FileSystem = Object.create(disk, {
    openSync: {
      value: (path: string, mode: OpenMode) => {
        const file = disk.openSync(path, mode);
        open++;
        return { ...file, close: () => open-- };
      },
    },
    removeSync: { value: disk.removeSync.bind(disk) },
    statSync: { value: disk.statSync.bind(disk) },
  });
  for (
    const [failAt, message] of [[0, "Cannot open state/A.lock: EIO"], [
      1,
      "Cannot remove state/A.json.tmp: EIO",
    ]] as const
  ) {
    disk.calls.length = 0;
    disk.failAt = failAt;
    assertThrows(() => StateStore.open("state", "A", on(counting)), StateError, message);
    assertEquals(open, 0);
  }
});

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
  const disk = diskWith("");
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
  for (const text of ["\ufeff{}", "h\u00e9 \u{1f600}\0\n", "x".repeat(70_000)]) {
    assertEquals(open(diskWith(text)).load(), text);
  }
});
