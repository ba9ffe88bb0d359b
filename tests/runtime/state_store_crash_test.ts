// The state store on a disk that dies: at every call, with every unsynced sector written, lost or torn.
import type { FileSystem, Machine } from "../../src/runtime/atomic_file.ts";
import { StateError } from "../../src/runtime/errors.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { FakeDisk } from "./fake_disk.ts";
import { open } from "./fake_stores.ts";

/** A text that differs from those with another letter in every sector, and in few bytes. */
const text = (letter: string, length: number): string => letter.padEnd(200).repeat(100).slice(0, length - 1) + letter;

/** Some fit the slots that stand, some make new ones. */
const CROSSING = [
  text("a", 100),
  text("b", 3900),
  text("c", 3950),
  "d".repeat(90),
  text("e", 9000),
  "f",
  text("g", 12_000),
];

interface Search {
  /** What stands on the disk before the node's life; null where it has never lived. */
  readonly before: string | null;
  /** What it saves. */
  readonly texts: readonly string[];
  /** Whether the save of this index is copied to the other slot; else the next one comes before. */
  readonly copies?: (index: number) => boolean;
  readonly makeDisk?: () => FakeDisk;
  readonly os?: Machine["os"];
  /** The file system as the store sees it. */
  readonly seen?: (disk: FakeDisk) => FileSystem;
  /** What a node that starts again finds. */
  readonly load?: (disk: FakeDisk) => string | null;
}

/** What goes wrong if the machine or the process dies at some call of a life, or after it; empty where nothing does. */
function searchCrashes(search: Search): string[] {
  const { before, texts, copies = () => true, makeDisk = () => new FakeDisk() } = search;
  const { seen = (disk) => disk, load = (disk) => open(disk).load() } = search;
  const wrong = new Set<string>();
  let known = new Map<string | null, string | null>();
  const loaded = (disk: FakeDisk) => {
    const bytes = disk.text("state/A.json");
    if (known.has(bytes)) return known.get(bytes)!;
    let text;
    try {
      text = load(disk);
    } catch (error) {
      assert(error instanceof StateError, String(error));
      text = `refused: ${error.message}`;
    }
    known.set(bytes, text);
    return text;
  };
  for (let failAt = 0;; failAt++) {
    known = new Map();
    const disk = makeDisk();
    if (before !== null) disk.put("state/A.json", new TextEncoder().encode(before));
    disk.failure = "power";
    disk.failAt = failAt;
    let possible: (string | null)[] = [before];
    let lives = false;
    try {
      const store = open(seen(disk), search.os);
      store.load();
      for (const [index, text] of texts.entries()) {
        possible.push(text);
        store.save(text);
        possible = [text];
        if (copies(index)) store.copy();
        lives = true;
      }
      store.close();
    } catch (error) {
      assert(error instanceof StateError, String(error));
    }
    const report = (how: string, text: string | null, allowed: readonly (string | null)[]) => {
      if (allowed.includes(text)) return;
      wrong.add(`call ${failAt}, ${how}: ${brief(text)} is loaded, not ${allowed.map(brief).join(" or ")}`);
    };
    for (const keepsNames of [false, true]) {
      const how = `power fails, names ${keepsNames ? "kept" : "lost"}`;
      for (const left of disk.afterPowerFailures(keepsNames, "state/A.json")) {
        const isThere = left.text("state/A.json") !== null;
        const lived = left.text("state/A.lived") !== null;
        report(how, loaded(left), possible);
        if (lived && !isThere) wrong.add(`call ${failAt}, ${how}: a marker without a state file`);
        if (!lived && lives) wrong.add(`call ${failAt}, ${how}: a saved state without a marker`);
      }
    }
    known = new Map();
    const left = disk.afterKill();
    const text = loaded(left);
    report("killed", text, possible);
    for (const again of left.afterPowerFailures(false, "state/A.json")) {
      report("killed, then power fails", loaded(again), [text]);
    }
    if (disk.calls.length <= failAt) return [...wrong];
  }
}

function brief(text: string | null): string {
  return text === null || text.length < 20 || text.startsWith("refused") ? String(text) : `${text[0]} x ${text.length}`;
}

Deno.test("a crash at any call leaves the last saved text or the one that was being saved: on a first life, in which texts grow and shrink", () => {
  assertEquals(searchCrashes({ before: null, texts: CROSSING }), []);
});

Deno.test("so it does where the next save comes before the copy of the last, always or every other time", () => {
  for (const copies of [() => false, (index: number) => index % 2 === 0]) {
    assertEquals(searchCrashes({ before: null, texts: CROSSING, copies }), []);
  }
});

Deno.test("so it does on a state file that is a text alone", () => {
  assertEquals(searchCrashes({ before: "{}", texts: CROSSING.slice(0, 2) }), []);
});

Deno.test("so it does where a process can be killed between the pages of a write", () => {
  assertEquals(
    searchCrashes({
      before: null,
      texts: ["x", "y", "z"].map((letter) => letter.padEnd(4000).repeat(3)),
      makeDisk: () => new FakeDisk({ bytesPerWrite: 4096 }),
    }),
    [],
  );
});

/** Few enough sectors that every mixture of two slots is made. */
const SMALL = [text("b", 1500), text("c", 1600), "d".repeat(90)];

Deno.test("the search sees a sync that is left out, of a new file, of a directory and of a slot", () => {
  const found = (search: Partial<Search>) => searchCrashes({ before: null, texts: SMALL, ...search }).join("\n");
  assertStringIncludes(found({ makeDisk: () => new FakeDisk({ filesSync: false }) }), "names kept:  is loaded");
  assertStringIncludes(found({ os: "windows" }), "names lost: null is loaded, not b x 1500");
  assertStringIncludes(
    found({ makeDisk: () => new FakeDisk({ dataSync: false }) }),
    "b x 1500 is loaded, not c x 1600",
  );
});

Deno.test("the search sees a store that writes both slots before it syncs", () => {
  const bothAtOnce = (disk: FakeDisk): FileSystem =>
    withOpen(disk, (path, mode) => {
      const file = disk.openSync(path, mode);
      let start = 0;
      return {
        ...file,
        seekSync: (offset, whence) => file.seekSync(start = offset, whence),
        writeSync: (bytes) => {
          if (path === "state/A.json") {
            file.seekSync(4096 - start, Deno.SeekMode.Start);
            file.writeSync(bytes);
            file.seekSync(start, Deno.SeekMode.Start);
          }
          return file.writeSync(bytes);
        },
      };
    });
  const found = searchCrashes({ before: null, texts: SMALL, seen: bothAtOnce });
  assertStringIncludes(
    found.join("\n"),
    "neither of its two slots (bytes 0 to 4095 and 4096 to 8191) has the checksum",
  );
});

Deno.test("the search sees a loader that takes always the first slot, and one that believes every header", () => {
  const slots = (disk: FakeDisk) =>
    [0, 4096].map((start) => {
      const [header, text] = new TextDecoder().decode(disk.readFileSync("state/A.json").subarray(start, start + 4096))
        .split("\n");
      return { save: Number(/\d+/.exec(header ?? "")?.[0] ?? -1), text: text?.trimEnd() ?? "" };
    });
  const found = (choose: (first: { save: number; text: string }, second: { save: number; text: string }) => string) =>
    searchCrashes({
      before: null,
      texts: SMALL,
      load: (disk) => {
        const text = disk.text("state/A.json");
        if (text === null || !text.startsWith("{")) return text;
        const [first, second] = slots(disk);
        return choose(first!, second!);
      },
    }).join("\n");
  assertStringIncludes(found((first) => first.text), "b x 1500 is loaded, not c x 1600");
  assertStringIncludes(
    found((first, second) => (first.save > second.save ? first : second).text),
    "power fails, names lost: d x 803 is loaded",
  );
});

/** The disk, but for how files are opened. */
function withOpen(disk: FakeDisk, openSync: FileSystem["openSync"]): FileSystem {
  return {
    mkdirSync: () => disk.mkdirSync(),
    openSync,
    readFileSync: (path) => disk.readFileSync(path),
    removeSync: (path: string) => disk.removeSync(path),
    renameSync: (from, to) => disk.renameSync(from, to),
    statSync: (path) => disk.statSync(path),
  };
}
