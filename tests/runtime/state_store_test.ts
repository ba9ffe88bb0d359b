import type { FileSystem, OpenMode } from "../../src/runtime/atomic_file.ts";
import { StateError } from "../../src/runtime/errors.ts";
import type { StateStore } from "../../src/runtime/state_store.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";
import { FakeDisk } from "./fake_disk.ts";
import { diskWith, open } from "./fake_stores.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What a life finds that begins after this one was killed. */
const found = (disk: FakeDisk): string | null => open(disk.afterKill()).load();

Deno.test("the first save of a life is written, synced, renamed, and its directory synced, in this order; then it leaves the marker", () => {
  const disk = new FakeDisk({ bytesPerWrite: 3000 });
  const store = open(disk);
  assertEquals(disk.calls.splice(0), ["open state/A.lock"]);
  store.save("1234567");
  assertEquals(disk.calls, [
    "open state/A.json.tmp",
    "write state/A.json.tmp",
    "write state/A.json.tmp",
    "write state/A.json.tmp",
    "sync state/A.json.tmp",
    "rename state/A.json.tmp to state/A.json",
    "sync state",
    "open state/A.json",
    "open state/A.lived.tmp",
    "write state/A.lived.tmp",
    "sync state/A.lived.tmp",
    "rename state/A.lived.tmp to state/A.lived",
    "sync state",
  ]);
});

Deno.test("the next ones overwrite a slot in place, sync its data, and copy it to the other slot when there is time", () => {
  const disk = diskWith("old");
  const store = open(disk);
  store.save("new");
  for (const text of ["newer", "newest"]) {
    disk.calls.length = 0;
    store.save(text);
    assertEquals(disk.calls, ["write state/A.json", "sync-data state/A.json"]);
    store.copy();
    assertEquals(disk.calls, ["write state/A.json", "sync-data state/A.json", "write state/A.json"]);
    store.copy();
    assertEquals(disk.calls.length, 3);
    assertEquals(disk.text("state/A.json")?.length, 8192);
    assertEquals(disk.text("state/A.json")?.split(/ *\n/).filter((line) => line === text), [text, text]);
    assertEquals(store.load(), text);
  }
});

Deno.test("a text that fits no slot of the file makes a new one with larger slots, and a small one stays in it", () => {
  const disk = diskWith("old");
  const store = open(disk);
  const length = (text: string) => {
    store.save(text);
    assertEquals(found(disk), text);
    return disk.text("state/A.json")?.length;
  };
  assertEquals(["x", "x".repeat(5000), "x".repeat(20_000), "x"].map(length), [8192, 16_384, 65_536, 65_536]);
  const saved = disk.calls.length;
  store.save("y");
  assertEquals(disk.calls.slice(saved), ["write state/A.json", "sync-data state/A.json"]);
});

Deno.test("a node that ends leaves its last save as a text alone, and one that saved nothing leaves the file as it is", () => {
  const disk = diskWith("old");
  const slots = disk.text("state/A.json");
  open(disk).close();
  assertEquals(disk.text("state/A.json"), slots);
  const store = open(disk);
  for (const text of ["new", "newer"]) store.save(text);
  store.close();
  assertEquals(disk.text("state/A.json"), "newer");
  assertEquals(found(disk), "newer");
});

Deno.test("where the text alone cannot be written at the end, the slots stay", () => {
  const whole = diskWith("old");
  const wholeStore = open(whole);
  wholeStore.save("new");
  const before = whole.calls.length;
  wholeStore.close();
  const steps = whole.calls.slice(before);
  assertEquals(steps.length, 5);
  for (const index of steps.keys()) {
    const disk = diskWith("old");
    const store = open(disk);
    store.save("new");
    disk.failAt = disk.calls.length + index;
    store.close();
    assertEquals(found(disk), "new");
  }
});

Deno.test("on Windows no directory is synced", () => {
  const disk = new FakeDisk();
  open(disk, "windows").save("x");
  assertEquals(disk.calls.filter((call) => call === "sync state"), []);
  assertEquals(found(disk), "x");
});

Deno.test("on Windows no directory is opened, and no file is replaced or removed while it is open", () => {
  const disk = new FakeDisk();
  const files = asOnWindows(disk);
  for (const text of ["first", "second", "x".repeat(50_000), "last"]) {
    const store = open(files, "windows");
    store.save(`${text} once`);
    store.save(text);
    store.close();
    assertEquals(disk.text("state/A.json"), text);
    assertEquals(open(files, "windows").load(), text);
  }
  // The rules bite: what is usual elsewhere fails under them.
  assertThrows(() => open(files, "linux").save("x"), StateError, "Cannot sync the directory state");
});

/** The same disk, under the rules of Windows. */
function asOnWindows(disk: FakeDisk): FileSystem {
  const open = new Map<string, number>();
  const denied = (what: string): never => {
    throw Object.assign(new Deno.errors.PermissionDenied(`Access is denied. (os error 5): ${what}`), {
      code: "EACCES",
    });
  };
  return {
    mkdirSync: () => disk.mkdirSync(),
    statSync: (path) => disk.statSync(path),
    readFileSync: (path) => disk.readFileSync(path),
    removeSync: (path) => (open.get(path) ?? 0) > 0 ? denied(path) : disk.removeSync(path),
    renameSync: (from, to) =>
      [from, to].some((path) => (open.get(path) ?? 0) > 0) ? denied(to) : disk.renameSync(from, to),
    openSync(path, mode) {
      if (mode === undefined) return denied(path);
      const file = disk.openSync(path, mode);
      open.set(path, (open.get(path) ?? 0) + 1);
      return {
        ...file,
        close() {
          file.close();
          open.set(path, open.get(path)! - 1);
        },
      };
    },
  };
}

/** As the server does. */
function saveTwice(store: StateStore, text: string): void {
  store.save(text);
  store.copy();
}

/** Fails each step of a save that follows `texts`, and calls `check` with what is there after it. */
function failEachStep(
  texts: readonly string[],
  check: (disk: FakeDisk, store: StateStore, index: number) => void,
): number {
  const begin = () => {
    const disk = diskWith("old");
    const store = open(disk);
    for (const text of texts) saveTwice(store, text);
    disk.calls.length = 0;
    return { disk, store };
  };
  const whole = begin();
  saveTwice(whole.store, "new");
  for (const [index, call] of whole.disk.calls.entries()) {
    const { disk, store } = begin();
    disk.failure = "ENOSPC";
    disk.failAt = index;
    const error = assertThrows(() => saveTwice(store, "new"), StateError);
    assertEquals(error.exitCode, 1);
    assertStringIncludes(error.message, call.split(" ").at(-1) ?? call);
    assertStringIncludes(error.message, "ENOSPC, planted. Free space on that disk");
    check(disk, store, index);
  }
  return whole.disk.calls.length;
}

Deno.test("each step of a life's first save that fails is an error with path, reason and advice, and until the rename the old text stands", () => {
  const steps = failEachStep([], (disk, _, index) => {
    assertEquals(found(disk), index < 4 ? "old" : "new");
    assertEquals(disk.text("state/A.json.tmp"), null);
  });
  assertEquals(steps, 6);
});

Deno.test("each step of a later save that fails is such an error too, and the slots are not written again, not at the end either", () => {
  const steps = failEachStep(["older"], (disk, store, index) => {
    assertEquals(found(disk), index < 1 ? "older" : "new");
    disk.calls.length = 0;
    disk.failAt = Infinity;
    store.close();
    assertEquals(disk.calls, []);
    store.save("newer");
    assertEquals(disk.calls[0], "open state/A.json.tmp");
    assertEquals(found(disk), "newer");
  });
  assertEquals(steps, 3);
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

Deno.test("a state file that a dying process renamed is durable before a new life builds on it", () => {
  const disk = diskWith("old");
  const store = open(disk);
  disk.failAt = disk.calls.length + 4;
  assertThrows(() => store.save("new"), StateError, "Cannot sync the directory state: EIO");
  assertEquals(open(disk.afterPowerFailure(false)).load(), "old");
  assertEquals(open(disk).load(), "new");
  assertEquals(open(disk.afterPowerFailure(false)).load(), "new");
});

Deno.test("so is a slot that a dying process wrote", () => {
  const disk = new FakeDisk();
  const store = open(disk);
  store.save("old");
  disk.failAt = disk.calls.length + 1;
  assertThrows(() => store.save("new"), StateError, "Cannot sync state/A.json: EIO");
  assertEquals(open(disk.afterPowerFailure(false)).load(), "old");
  assertEquals(open(disk).load(), "new");
  assertEquals(open(disk.afterPowerFailure(false)).load(), "new");
});

Deno.test("a step that fails at the start is an error too, and gives the lock back", () => {
  const disk = diskWith("old");
  disk.put("state/A.json.tmp", encode("half"));
  let opened = 0;
  const counting: FileSystem = Object.create(disk, {
    openSync: {
      value: (path: string, mode: OpenMode) => {
        const file = disk.openSync(path, mode);
        opened++;
        return { ...file, close: () => opened-- };
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
    assertThrows(() => open(counting), StateError, message);
    assertEquals(opened, 0);
  }
});
