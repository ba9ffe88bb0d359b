// What can be downloaded: how it is packed, what it may do, and the workflow that makes it.
import deno from "../../deno.json" with { type: "json" };
import { preparePage } from "../../src/cli/lab_page.ts";
import { ENVIRONMENT } from "../../src/cli/self.ts";
import { BUILD_FILE, compileArgs, INCLUDED } from "../../src/release/compile.ts";
import { type Packed, packingTroubles, readPacked } from "../../src/release/packed.ts";
import { fileName, TARGETS } from "../../src/release/targets.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { read } from "../support/documents.ts";
import { tokensOf } from "../support/source.ts";
import { smoke } from "./smoke.ts";

const root = new URL("../../", import.meta.url);

machineTest("three nodes choose, one is killed, two choose on, it comes back, all restart: from source", async () => {
  const told: string[] = [];
  await smoke(null, (line) => told.push(line));
  assert(told.includes("paxos propose B world: chosen 1 world"));
  assertEquals(told.filter((line) => line === "paxos get: world").length, 1);
});

machineTest("smoke fails where the program does not do what it should", async () => {
  const error = await smoke(Deno.execPath(), () => {}).then(() => null, (error: Error) => error);
  assert(error?.message.startsWith('paxos --version says "deno '), error?.message);
});

machineTest("an executable has every module inside, the flags that it needs and no others", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "paxos-pack-" });
  try {
    Deno.mkdirSync(new URL("dist/", root), { recursive: true });
    Deno.writeTextFileSync(new URL(BUILD_FILE, root), '{"commit":"test"}\n');
    await preparePage(() => {});
    const path = `${folder}/paxos`;
    // The runtime cannot be had everywhere; Deno's own executable can be packed into as well.
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: compileArgs({ triple: Deno.build.target }, path),
      cwd: root,
      env: { DENORT_BIN: Deno.execPath() },
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    const packed = readPacked(Deno.readFileSync(path));
    assertEquals(
      packingTroubles(
        packed,
        deno.version,
        modulesOf("main.ts", "src/cli/sim_worker.ts", "src/cli/check_worker.ts"),
      ),
      [],
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

/** All modules that these lead to when they run: what is imported for its types alone leaves nothing. */
function modulesOf(...entries: string[]): string[] {
  const found = new Set(entries);
  for (const path of found) {
    for (const specifier of valueImports(Deno.readTextFileSync(new URL(path, root)))) {
      if (specifier.startsWith(".")) found.add(new URL(specifier, `file:///${path}`).pathname.slice(1));
    }
  }
  assert(found.size > 80, `${found.size} modules`);
  return [...found];
}

function valueImports(source: string): string[] {
  const code = source.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  const listed = [...code.matchAll(/^(?:import|export) (?!type )([^;"]*?) from "([^"]+)";/gm)]
    .filter(([, what]) =>
      !/^\{[^}]*\}$/.test(what!) || what!.slice(1, -1).split(",").some((name) => /^\s*(?!type )\w/.test(name))
    )
    .map(([, , from]) => from!);
  const dynamic = [...code.matchAll(/\bimport\("([^"]+)"\)/g)].map(([, from]) => from!);
  return [...listed, ...dynamic];
}

const GOOD: Packed = {
  version: deno.version,
  entrypoint: "main.ts",
  features: ["net"],
  engineFlags: ["--max-semi-space-size=4", "--heap-growing-percent=20"],
  permissions: {
    allow_net: [],
    allow_read: [],
    allow_write: [],
    allow_run: [],
    allow_env: ENVIRONMENT,
    allow_ffi: null,
    allow_sys: null,
    prompt: false,
  },
  files: ["main.ts", ...INCLUDED],
};

Deno.test("the judge of the packaging sees what is missing, what is too much, and flags that are not as they should be", () => {
  assertEquals(packingTroubles(GOOD, deno.version, ["main.ts"]), []);
  const wrong: [Partial<Packed>, string][] = [
    [{ version: "0.0.1" }, "the version is"],
    [{ entrypoint: "src/node.ts" }, "the first module is"],
    [{ features: [] }, "the list of unstable features is"],
    [{ engineFlags: ["--max-semi-space-size=4"] }, "--heap-growing-percent=20 is not among"],
    [{ permissions: { ...GOOD.permissions, allow_net: ["127.0.0.1"] } }, "allow_net is"],
    [{ permissions: { ...GOOD.permissions, allow_env: [] } }, "allow_env is"],
    [{ permissions: { ...GOOD.permissions, allow_ffi: [] } }, "allow_ffi is"],
    [{ permissions: { ...GOOD.permissions, prompt: true } }, "prompt is"],
    [{ files: GOOD.files.filter((path) => path !== BUILD_FILE) }, `${BUILD_FILE} is not inside`],
    [{ files: [...GOOD.files, "tests/assert.ts"] }, "tests/assert.ts is inside"],
  ];
  for (const [change, says] of wrong) {
    const found = packingTroubles({ ...GOOD, ...change }, deno.version, ["main.ts"]);
    assertEquals(found.length, 1, says);
    assert(found[0]!.startsWith(says), found[0]);
  }
});

Deno.test("bytes that are no executable are refused", () => {
  for (const text of ["", "\x7fELF", 'long enough for a length{"argv":[]}']) {
    assertThrows(() => readPacked(new TextEncoder().encode(text)), Error);
  }
});

machineTest("an executable may read exactly the environment variables that the program looks up", () => {
  const named = new Set<string>();
  const visit = (folder: URL): void => {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      if (isDirectory) visit(new URL(`${name}/`, folder));
      else if (name.endsWith(".ts")) {
        for (const variable of lookedUp(Deno.readTextFileSync(new URL(name, folder)))) named.add(variable);
      }
    }
  };
  for (const layer of ["runtime", "client", "cli"]) visit(new URL(`src/${layer}/`, root));
  assertEquals([...named].sort(), [...ENVIRONMENT].sort());
});

/** The names in `env("NAME")`, `terminal.env("NAME")`, `Deno.env.get("NAME")` and `fromEnv(env, "NAME")`. */
function lookedUp(source: string): string[] {
  const tokens = tokensOf(source);
  return tokens.flatMap(({ text }, at) => {
    const before = tokens.slice(Math.max(at - 4, 0), at).map((token) => token.text).join("");
    return /^"[A-Z_]+"$/.test(text) && /(env\(|env\.get\(|fromEnv\(env,)$/.test(before) ? [text.slice(1, -1)] : [];
  });
}

machineTest("the workflow tries every executable on its own platform before anything is published", () => {
  const { text } = read(".github/workflows/release.yml");
  for (const target of TARGETS) {
    const row = new RegExp(`runner: ${target.runner}\\n\\s+file: ${fileName(target).replace(".", "\\.")}\\n`);
    assert(row.test(text), `${target.name} is not tried on ${target.runner}`);
  }
  assertEquals(text.match(/ runner: /g)?.length, TARGETS.length);
  for (const task of ["deno task release", "deno task smoke"]) assert(text.includes(task), task);
  const jobs = [...text.matchAll(/^ {2}(\w+):$/gm)].map(([, job]) => job);
  assertEquals(jobs.slice(-4), ["build", "smoke", "publish", "library"]);
});

machineTest("the workflows and .ci/run install one version of Deno", () => {
  const pinned = /^deno_version=(.*)$/m.exec(read(".ci/run").text)?.[1];
  for (const workflow of ["release", "ci"]) {
    const { text } = read(`.github/workflows/${workflow}.yml`);
    const versions = [...text.matchAll(/deno-version: v(\S+)/g)].map(([, version]) => version);
    assert(versions.length > 0);
    assertEquals(new Set(versions), new Set([pinned]));
  }
});
