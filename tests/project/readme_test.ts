// What the README quotes and names must be there.
import { assert, assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";

const root = new URL("../../", import.meta.url);

machineTest("every excerpt in the README stands so in the file that it names", () => {
  const excerpts = [...readme().matchAll(/```ts\n\/\/ from (\S+)\n([\s\S]*?)```/g)];
  assert(excerpts.length >= 2, "the README quotes the number queue and a strategy of one's own");
  for (const [, path, code] of excerpts) {
    const file = Deno.readTextFileSync(new URL(path!, root));
    assert(file.includes(code!.trim()), `${path} has changed since the README quoted it`);
  }
});

machineTest("every path that the README names exists", () => {
  const paths = [...readme().matchAll(/`((?:src|tests)\/[\w/.-]+)`/g)].map(([, path]) => path!);
  assert(paths.length > 10);
  assertEquals(paths.filter((path) => !exists(path)), []);
});

machineTest("the core is read in one sitting: fewer than 250 lines, docs aside", () => {
  const core = new URL("src/paxos/", root);
  const lines = [...Deno.readDirSync(core)].flatMap(({ name }) =>
    Deno.readTextFileSync(new URL(name, core)).split("\n")
  );
  const code = lines.map((line) => line.trim()).filter((line) => line !== "" && !/^(\/\*|\*|\/\/)/.test(line));
  assert(code.length < 250, `${code.length} lines`);
  assert(code.length > 150, "the lines were counted");
});

function readme(): string {
  return Deno.readTextFileSync(new URL("README.md", root));
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(new URL(path, root)) !== null;
  } catch {
    return false;
  }
}
