// The state store on a real disk, with real locks and a second process.
import type { FileSystem, Machine } from "../../src/runtime/atomic_file.ts";
import { StateError } from "../../src/runtime/errors.ts";
import { StateStore } from "../../src/runtime/state_store.ts";
import { assertEquals, assertThrows } from "../assert.ts";
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
