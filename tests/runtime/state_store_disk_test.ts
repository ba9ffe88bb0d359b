// The state store on a real disk, with real locks and a second process.
import type { FileSystem, Machine } from "../../src/runtime/atomic_file.ts";
import { BLANK_STATE, decodeState, encodeState, type NodeState, StateDamage } from "../../src/replica/node_state.ts";
import { StateError } from "../../src/runtime/errors.ts";
import { StateStore } from "../../src/runtime/state_store.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { machineTest } from "../permissions.ts";

const on = (files: FileSystem, os: Machine["os"] = Deno.build.os): Machine => ({ files, os });

/** Runs with a new directory on the real disk, and removes it. */
async function withDirectory(run: (directory: string) => Promise<void> | void): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Runs with an open store of node A there, and closes it. */
function withStore<T>(directory: string, run: (store: StateStore) => T, files: FileSystem = Deno): T {
  const store = StateStore.open(directory, "A", on(files));
  try {
    return run(store);
  } finally {
    store.close();
  }
}

/** The real file system, some of its calls replaced. */
const realExcept = (replaced: Partial<FileSystem>): FileSystem => ({
  mkdirSync: Deno.mkdirSync,
  openSync: Deno.openSync,
  readFileSync: Deno.readFileSync,
  removeSync: Deno.removeSync,
  renameSync: Deno.renameSync,
  statSync: Deno.statSync,
  ...replaced,
});

const OWNER = { uid: "A", nodes: ["A", "B", "C"] };

/** The real disk, but nothing waits for it. */
const withoutSync = realExcept({
  openSync: (path, mode) => Object.assign(Deno.openSync(path, mode), { syncSync: () => {} }),
});

machineTest(
  "on a real disk the directory is private, and a text outlives the process that saved it",
  () =>
    withDirectory((parent) => {
      const directory = `${parent}/deep/state`;
      assertEquals(withStore(directory, (store) => store.load()), null);
      withStore(directory, (store) => {
        store.save("one");
        store.save("two");
      });
      assertEquals(withStore(directory, (store) => store.load()), "two");
      assertEquals([...Deno.readDirSync(directory)].map(({ name }) => name).sort(), ["A.json", "A.lived", "A.lock"]);
      if (Deno.build.os === "windows") return;
      const mode = (path: string) => (Deno.statSync(path).mode ?? 0) & 0o777;
      assertEquals([mode(directory), mode(`${parent}/deep`)], [0o700, 0o700]);
      for (const name of ["A.json", "A.lived", "A.lock"]) assertEquals(mode(`${directory}/${name}`), 0o600);
    }),
);

machineTest(
  "the directories that are made are durable: each one above them is synced",
  () =>
    withDirectory((parent) => {
      const opened: string[] = [];
      const recording = realExcept({
        openSync: (path, mode) => {
          if (mode === undefined) opened.push(path);
          return Deno.openSync(path, mode);
        },
      });
      StateStore.open(`${parent}/deep/state`, "A", on(recording)).close();
      assertEquals(opened.sort(), [parent, `${parent}/deep`]);
    }),
);

machineTest(
  "on a real disk a step that fails leaves the old file whole, and the next life loads it",
  () =>
    withDirectory((directory) => {
      withStore(directory, (store) => store.save("old"));
      const fail = (): never => {
        throw Object.assign(new Error("Input/output error (os error 5)"), { code: "EIO" });
      };
      const failing: Record<string, Partial<FileSystem>> = {
        create: { openSync: (path, mode) => path.endsWith(".tmp") ? fail() : Deno.openSync(path, mode) },
        rename: { renameSync: fail },
      };
      for (const call of ["writeSync", "syncSync"] as const) {
        failing[call] = {
          openSync: (path, mode) => {
            const file = Deno.openSync(path, mode);
            return path.endsWith(".tmp") ? Object.assign(file, { [call]: fail }) : file;
          },
        };
      }
      for (const [name, replaced] of Object.entries(failing)) {
        const save = (store: StateStore) =>
          assertThrows(() => store.save("new"), StateError, "EIO, Input/output error. ");
        withStore(directory, save, realExcept(replaced));
        assertEquals(Deno.readTextFileSync(`${directory}/A.json`), "old", name);
        assertEquals([...Deno.readDirSync(directory)].length, 3, name);
        assertEquals(withStore(directory, (store) => store.load()), "old", name);
      }
    }),
);

if (Deno.build.os === "linux") {
  machineTest(
    "a disk that is full is an error that says so, and the old file stands",
    () =>
      withDirectory((directory) => {
        withStore(directory, (store) => store.save("old"));
        const full = realExcept({
          openSync: (path, mode) =>
            path.endsWith(".tmp") ? Deno.openSync("/dev/full", { write: true }) : Deno.openSync(path, mode),
        });
        const message =
          `Cannot write ${directory}/A.json.tmp: ENOSPC, No space left on device. Free space on that disk`;
        withStore(directory, (store) => assertThrows(() => store.save("new"), StateError, message), full);
        assertEquals(Deno.readTextFileSync(`${directory}/A.json`), "old");
      }),
  );
}

machineTest(
  "a process that is killed while it saves leaves the save that it made known, or a later one, in two slots of a private file",
  () =>
    withDirectory(async (directory) => {
      const store = new URL("../../src/runtime/state_store.ts", import.meta.url);
      const program = `
      import { StateStore } from ${JSON.stringify(store.href)};
      const store = StateStore.open(${JSON.stringify(directory)}, "A");
      for (let save = 0;; save++) {
        store.save(String(save));
        if (save % 2 === 0) store.copy();
        console.log(save);
      }`;
      const map = new URL("../../src/npm_import_map.json", import.meta.url).href;
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", `--import-map=${map}`, "-"],
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(program));
      await writer.close();
      let said = "";
      for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
        said += chunk;
        if (said.split("\n").length > 50) child.kill("SIGKILL");
      }
      await child.status;
      const known = Number(said.split("\n").at(-2));
      const { size, mode } = Deno.statSync(`${directory}/A.json`);
      assertEquals(size, 8192);
      if (Deno.build.os !== "windows") assertEquals((mode ?? 0) & 0o777, 0o600);
      const left = Number(withStore(directory, (store) => store.load()));
      assert(left === known || left === known + 1, `save ${known} was made known, and ${left} is left`);
    }),
);

machineTest(
  "a real state file that is cut off or overwritten is refused and left as it is, and one damaged byte leaves the copy",
  () =>
    withDirectory((directory) => {
      const path = `${directory}/A.json`;
      const text = encodeState(BLANK_STATE, OWNER);
      let slots = new Uint8Array();
      withStore(directory, (store) => {
        for (let save = 0; save < 3; save++) store.save(text);
        store.copy();
        slots = Deno.readFileSync(path);
      });
      const alone = Deno.readFileSync(path);
      assertEquals([slots.length, new TextDecoder().decode(alone)], [8192, text]);
      const load = (bytes: Uint8Array): NodeState => {
        Deno.writeFileSync(path, bytes);
        const before = Deno.readFileSync(path);
        try {
          return withStore(directory, (store) => decodeState(store.load() ?? "", OWNER), withoutSync);
        } finally {
          assertEquals(Deno.readFileSync(path), before);
        }
      };
      const refused = (bytes: Uint8Array, what: string) => {
        let error: unknown = null;
        try {
          load(bytes);
        } catch (thrown) {
          error = thrown;
        }
        assert(error instanceof StateError || error instanceof StateDamage, what);
      };
      const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, index) => index === at ? byte ^ 1 : byte);

      for (let length = 0; length < alone.length; length++) {
        refused(alone.subarray(0, length), `alone, ${length} bytes`);
      }
      for (let at = 0; at < alone.length; at++) refused(flipped(alone, at), `alone, byte ${at}`);
      for (let length = 0; length < slots.length; length += 31) refused(slots.subarray(0, length), `${length} bytes`);
      for (let at = 0; at < 4096; at += 31) {
        assertEquals(load(flipped(slots, at)), BLANK_STATE);
        assertEquals(load(flipped(slots, 4096 + at)), BLANK_STATE);
        refused(flipped(flipped(slots, at), 4096 + at), `bytes ${at} and ${4096 + at}`);
      }
      assertEquals([load(slots), load(alone)], [BLANK_STATE, BLANK_STATE]);
    }),
);

machineTest(
  "a state directory that cannot be made or is a file is an error that names it",
  () =>
    withDirectory((directory) => {
      const file = `${directory}/file`;
      Deno.writeTextFileSync(file, "");
      for (const path of [file, `${file}/state`]) {
        const error = assertThrows(() => StateStore.open(path, "A"), StateError, file);
        assertEquals(error.exitCode, 1);
      }
      assertEquals(Deno.readTextFileSync(file), "");
    }),
);

machineTest(
  "a second store of one node is refused while the first is open, another node's is not",
  () =>
    withDirectory((directory) => {
      withStore(directory, (store) => {
        store.save("x");
        const message = `Node A already runs on this state directory: another process holds ${directory}/A.lock`;
        assertEquals(assertThrows(() => StateStore.open(directory, "A"), StateError, message).exitCode, 1);
        store.save("y");
        assertThrows(() => StateStore.open(directory, "A"), StateError, message);
        StateStore.open(directory, "B").close();
      });
      assertEquals(withStore(directory, (store) => store.load()), "y");
    }),
);

machineTest(
  "the lock holds between processes, and a process that is killed gives it back",
  () =>
    withDirectory(async (directory) => {
      withStore(directory, () => {});
      // The child knows nothing of the store: it takes the operating system's lock on the file that is the contract.
      const program = `
      const lock = Deno.openSync(${JSON.stringify(`${directory}/A.lock`)}, { write: true });
      console.log(lock.tryLockSync(true));
      setInterval(() => {}, 1000);`;
      const spawn = () =>
        new Deno.Command(Deno.execPath(), { args: ["eval", program], stdout: "piped", stderr: "inherit" }).spawn();
      const firstLine = async (child: Deno.ChildProcess) => {
        const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
        const { value } = await reader.read();
        return { line: value?.trim(), done: () => reader.cancel() };
      };
      const end = async (child: Deno.ChildProcess, done: () => Promise<void>) => {
        child.kill("SIGKILL");
        await done();
        await child.status;
      };

      const holder = spawn();
      const held = await firstLine(holder);
      assertEquals(held.line, "true");
      assertThrows(() => StateStore.open(directory, "A"), StateError, "Node A already runs");
      await end(holder, held.done);

      const store = StateStore.open(directory, "A");
      const contender = spawn();
      const refused = await firstLine(contender);
      store.close();
      await end(contender, refused.done);
      assertEquals(refused.line, "false");
    }),
);
