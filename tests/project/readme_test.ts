// What the README and the documents beside the code quote, name and link must be there.
import { assert, assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { anchorsOf, blocksOf, documents, exists, linksOf, read } from "../support/documents.ts";

const root = new URL("../../", import.meta.url);

machineTest("every excerpt in a document stands so in the file that it names", () => {
  const excerpts = documents().flatMap((document) => blocksOf(document, "ts")).map((code) =>
    /^\/\/ from (\S+)\n/.exec(code)
  );
  const quoted = excerpts.filter((excerpt) => excerpt !== null);
  assert(quoted.length >= 2, "the README quotes the number queue and a strategy of one's own");
  for (const { 0: title, 1: path, input } of quoted) {
    const file = Deno.readTextFileSync(new URL(path!, root));
    assert(file.includes(input.slice(title.length).trim()), `${path} has changed since it was quoted`);
  }
});

machineTest("every path that a document names exists", () => {
  const named = documents().flatMap(({ path, text }) =>
    [...text.matchAll(/`((?:src|tests)\/[\w/.-]+)`/g)].map(([, target]) => ({ path, target: target! }))
  );
  assert(named.length > 20);
  assertEquals(named.filter(({ target }) => !exists(target)), []);
});

machineTest("every link of a document leads to a file, and to a heading of it where it names one", () => {
  const links = documents().flatMap(linksOf);
  assert(links.length > 5);
  const broken = links.filter(({ target, anchor }) =>
    !exists(target) || (anchor !== "" && !anchorsOf(read(target)).includes(anchor))
  );
  assertEquals(broken, []);
});

machineTest("every document beside the code is to be found from the README", () => {
  const [readme, ...beside] = documents();
  const linked = new Set(linksOf(readme!).map(({ target }) => target));
  assert(beside.length > 3);
  assertEquals(beside.map(({ path }) => path).filter((path) => !linked.has(path)), []);
});

machineTest("the order in which to read the source names files that exist, and every folder of the source", () => {
  const rows = read("README.md").text.split("\n## Understanding the source\n")[1]!.split("\n## ")[0]!.split("\n")
    .filter((line) => /^\|\s*\d+ /.test(line));
  assert(rows.length > 10);
  const files: string[] = [];
  for (const row of rows) {
    const [first, ...beside] = [...row.split("|")[2]!.matchAll(/`([\w/.-]+)`/g)].map(([, name]) => name!);
    // A name without its folder stands beside the one before it.
    files.push(first!, ...beside.map((name) => name.includes("/") ? name : first!.replace(/[^/]*$/, name)));
  }
  assertEquals(files.filter((file) => !exists(file)), []);
  const shown = new Set(files.map((file) => file.split("/")[1]));
  const folders = [...Deno.readDirSync(new URL("src/", root))].filter(({ isDirectory }) => isDirectory);
  const missing = folders.map(({ name }) => name).filter((name) => !shown.has(name) && name !== "docs");
  assertEquals(missing, []);
});

machineTest("the core is read in one sitting: fewer than 250 lines, docs aside", () => {
  const core = new URL("src/paxos/", root);
  // The entry for those who import it lists names and has nothing to read.
  const files = [...Deno.readDirSync(core)].map(({ name }) => name).filter((name) => name !== "core.ts");
  const lines = files.flatMap((name) => Deno.readTextFileSync(new URL(name, core)).split("\n"));
  const code = lines.map((line) => line.trim()).filter((line) => line !== "" && !/^(\/\*|\*|\/\/)/.test(line));
  assert(code.length < 250, `${code.length} lines`);
  assert(code.length > 150, "the lines were counted");
});
