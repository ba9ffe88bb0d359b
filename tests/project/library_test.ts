// What others import: documented, with examples that run, and without packages of others.
import deno from "../../deno.json" with { type: "json" };
import { assert, assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { read } from "../support/documents.ts";

const root = new URL("../../", import.meta.url);

const ENTRIES: readonly (readonly [name: string, path: string])[] = Object.entries(deno.exports).map((
  [name, path],
) => [name.replace(".", deno.name), path.replace("./", "")]);

async function run(...args: string[]): Promise<{ success: boolean; stdout: string; stderr: string }> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    env: { NO_COLOR: "1" },
  })
    .output();
  return { success, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** A symbol as `deno doc --json` tells it. */
interface Symbol {
  readonly name: string;
  readonly declarations: readonly { readonly kind: string }[];
}

machineTest("the library is the node, its core, the client and the simulator", () => {
  assertEquals(ENTRIES.map(([name]) => name), [
    "@paxos/paxos",
    "@paxos/paxos/core",
    "@paxos/paxos/client",
    "@paxos/paxos/simulator",
  ]);
});

machineTest("all that an entry shows is documented, and every type that it names can be imported from it", async () => {
  const { success, stderr } = await run(
    "doc",
    "--lint",
    "--import-map=src/npm_import_map.json",
    ...ENTRIES.map(([, path]) => path),
  );
  assert(success, stderr);
});

machineTest(
  "every class, function and constant of the library is used in an example of its entry, which `deno test --doc` runs",
  async () => {
    for (const [name, path] of ENTRIES) {
      const { stdout } = await run("doc", "--json", "--import-map=src/npm_import_map.json", path);
      const { nodes }: { nodes: Record<string, { symbols: Symbol[] }> } = JSON.parse(stdout);
      const values = Object.values(nodes).flatMap(({ symbols }) => symbols).filter(({ declarations }) =>
        declarations.some(({ kind }) => ["class", "function", "variable"].includes(kind))
      );
      const own = new Set(exportedValues(read(path).text));
      const names = [...new Set(values.map((symbol) => symbol.name))].filter((value) => own.has(value));
      assertEquals(names.length, own.size, `${name} exports ${[...own].filter((value) => !names.includes(value))}`);
      const imported = new Set(importedFrom(name, read(path).text));
      // The base of a composition has a name so that its type has one.
      const unused = names.filter((value) => !imported.has(value) && !value.endsWith("Base"));
      assertEquals(unused, [], `${name} has no example of these`);
    }
  },
);

/** The values that a module exports, from its text; types apart. */
function exportedValues(source: string): string[] {
  const code = source.replace(/\/\*[^]*?\*\//g, "");
  const declared = [...code.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name]) => name!);
  const listed = [...code.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list]) => list!.split(","));
  return [...declared, ...listed.map((name) => name.trim()).filter((name) => name !== "" && !name.startsWith("type "))];
}

/** What the examples of a module import from this entry. */
function importedFrom(entry: string, source: string): string[] {
  const text = source.replace(/^ \* ?/gm, "");
  return [...text.matchAll(/^import \{([^}]*)\} from "([^"]*)";$/gm)]
    .filter(([, , from]) => from === entry)
    .flatMap(([, list]) => list!.split(",").map((name) => name.trim()));
}

machineTest("nothing that is exported imports a package", async () => {
  for (const [name, path] of ENTRIES) {
    const { stdout } = await run("info", "--json", "--import-map=src/npm_import_map.json", path);
    const { modules }: { modules: { specifier: string }[] } = JSON.parse(stdout);
    const ours = modules.filter(({ specifier }) => specifier.startsWith(root.href));
    assert(ours.length >= 5, name);
    const others = modules.map(({ specifier }) => specifier).filter((specifier) =>
      !specifier.startsWith(root.href) && !specifier.startsWith("node:")
    );
    assertEquals(others, [], name);
  }
});

machineTest("what would be published is complete, and holds neither tests nor what makes the executables", async () => {
  // Types are the business of `deno task check`.
  const { success, stderr } = await run("publish", "--dry-run", "--allow-dirty", "--no-check");
  assert(success, stderr);
  const files = [...stderr.matchAll(/^\s+file:\/\/(\S+) \(/gm)].map(([, path]) => path!.slice(root.pathname.length));
  for (const [, path] of ENTRIES) assert(files.includes(path), path);
  assert(files.includes("README.md") && files.includes("LICENSE"));
  assertEquals(files.filter((path) => /^(tests|dist|\.)|^src\/release/.test(path)), []);
});

machineTest(
  "the changelog has the form of Keep a Changelog, and a section for the version or for what is not released",
  () => {
    const { text } = read("CHANGELOG.md");
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading!);
    assertEquals(headings[0], "[Unreleased]");
    for (const heading of headings.slice(1)) assert(/^\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}$/.test(heading), heading);
    const kinds = [...text.matchAll(/^### (.*)$/gm)].map(([, kind]) => kind!);
    assert(kinds.length > 0);
    for (const kind of kinds) {
      assert(
        ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"].includes(kind),
        kind,
      );
    }
  },
);
