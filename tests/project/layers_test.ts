import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { importsOf, tokensOf } from "../support/source.ts";
import { complaints, type Files, layerOf, PURE } from "./layers.ts";

const ROOT = new URL("../../", import.meta.url);

function sourceFiles(folder = "src"): Map<string, string> {
  const files = new Map<string, string>();
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    const path = `${folder}/${name}`;
    if (isDirectory) { for (const [inner, text] of sourceFiles(path)) files.set(inner, text); }
    else if (name.endsWith(".ts")) files.set(path, Deno.readTextFileSync(new URL(path, ROOT)));
  }
  return files;
}

function planted(path: string, source: string): Files {
  return new Map([[path, source]]);
}

machineTest(
  "every import points to the left, pure layers are pure, one any, no bug switch, no file over 300 lines",
  () => {
    const files = sourceFiles();
    assert(files.size > 50, `${files.size} files`);
    files.set("main.ts", Deno.readTextFileSync(new URL("main.ts", ROOT)));
    assertEquals(complaints(files), []);
  },
);

Deno.test("the check sees an import that points to the right, or to a layer beside", () => {
  const wrong: [string, string, string][] = [
    ["src/paxos/a.ts", 'import { x } from "../replica/b.ts";', "paxos must not import replica"],
    ["src/paxos/a.ts", '\nexport * from "../wire/b.ts";', "paxos must not import wire"],
    ["src/replica/a.ts", 'import type { x } from "../node.ts";', "replica must not import node.ts"],
    ["src/replica/a.ts", 'const x = await import("../strategies/b.ts");', "replica must not import strategies"],
    ["src/strategies/a.ts", 'import "../wire/b.ts";', "strategies must not import wire"],
    ["src/node.ts", 'import { x } from "./runtime/b.ts";', "node.ts must not import runtime"],
    ["src/wire/a.ts", "import { x } from '../runtime/b.ts';", "wire must not import runtime"],
    ["src/sim/bugs/a.ts", 'import { x } from "../../runtime/b.ts";', "sim must not import runtime"],
    ["src/runtime/a.ts", 'import { x } from "../client/b.ts";', "runtime must not import client"],
    ["src/runtime/a.ts", 'import { x } from "../sim/b.ts";', "runtime must not import sim"],
    ["src/client/a.ts", 'import { x } from "../cli/b.ts";', "client must not import cli"],
    ["src/paxos/a.ts", 'import { x } from "../../tests/b.ts";', "paxos must not import tests"],
    ["main.ts", 'import { x } from "./src/runtime/b.ts";', "main.ts must not import runtime"],
    ["src/runtime/a.ts", 'import * as std from "@std/path/posix";', "it imports @std/path/posix"],
    ["src/cli/arguments.ts", 'import * as std from "@std/path/posix";', "it imports @std/path/posix"],
    ["src/runtime/paths.ts", 'import * as std from "@std/path";', "it imports @std/path"],
    ["src/sim/a.ts", 'import dns from "node:dns";', "it imports node:dns"],
    ["src/new/a.ts", "", "no layer is called new"],
  ];
  for (const [path, source, what] of wrong) {
    const found = complaints(planted(path, source)).filter((complaint) => complaint.includes(what));
    assertEquals(found.length, 1, `${path}: ${source}`);
    assert(found[0]!.startsWith(`${path}:${source.split("\n").length}: `));
  }
});

Deno.test("the check lets imports pass that point to the left", () => {
  const right: [string, string][] = [
    ["src/paxos/a.ts", 'import { x } from "./b.ts";'],
    ["src/strategies/a.ts", 'import { x } from "../replica/b.ts";'],
    ["src/sim/bugs/a.ts", 'import { x } from "../../node.ts"; import { y } from "../world.ts";'],
    ["src/cli/a.ts", 'import { x } from "../runtime/b.ts";'],
    ["src/runtime/paths.ts", 'import * as std from "@std/path/posix";'],
    ["main.ts", 'import { x } from "./src/cli/b.ts";'],
  ];
  for (const [path, source] of right) assertEquals(complaints(planted(path, source)), []);
});

Deno.test("the check sees chance, clocks and waiting in pure layers, by file and line, and nowhere else", () => {
  const words = [
    "Math.random()",
    "Math\n  .random()",
    "Date.now()",
    "new Date()",
    "await x",
    "async () => {}",
    "globalThis.x",
  ];
  for (const word of words) {
    for (const path of ["src/paxos/a.ts", "src/node.ts", "src/wire/b.ts", "src/sim/bugs/c.ts", "src/check/d.ts"]) {
      const [complaint] = complaints(planted(path, `// first line\nconst x = \`\${${word}}\`;`));
      assert(complaint?.startsWith(`${path}:${word.includes("\n") ? 3 : 2}: `), `${word} in ${path}: ${complaint}`);
    }
    assertEquals(complaints(planted("src/runtime/a.ts", `const x = ${word};`)), []);
  }
});

Deno.test("the check keeps the lab in the browser, and what it shows apart from the page", () => {
  for (const source of ["Deno.args;", "const x = Deno;"]) {
    for (const path of ["src/lab/page/a.ts", "src/lab/model/a.ts"]) {
      assertEquals(complaints(planted(path, source)).length, 1, `${source} in ${path}`);
    }
  }
  for (const word of ["Math.random()", "Date.now()", "document.title", "window.x"]) {
    assertEquals(complaints(planted("src/lab/model/a.ts", `${word};`)).length, 1, word);
    assertEquals(complaints(planted("src/lab/page/a.ts", `${word};`)), [], word);
  }
  assertEquals(complaints(planted("src/lab/model/a.ts", 'import { x } from "../../runtime/b.ts";')).length, 1);
});

Deno.test("the check reads neither comments nor texts nor regular expressions", () => {
  const source = [
    "// await Date",
    "/* async */",
    "/** Math.random() */",
    "const a = \"Date\", b = 'await', c = `async ${a.length} Date`;",
    "const d = /await \\/ [/] Date/.test(a) ? 1 / 2 : 3 / 4;",
    'const e = "\\"" + "any" + \'\\\'\' + `\\`any`;',
    "const f = `${{ b: `${a} await` }.b} Date`;",
  ].join("\n");
  assertEquals(complaints(planted("src/paxos/a.ts", source)), []);
  const [complaint] = complaints(planted("src/paxos/a.ts", `${source}\nconst g = new Date();`));
  assertEquals(complaint, "src/paxos/a.ts:8: Date in a pure layer", "and it is not lost after them");
});

Deno.test("the check sees a switch for planted bugs below the simulator", () => {
  for (const source of ["if (bug) x();", "if (this.options.bugName) x();", "const BUGS = 1;"]) {
    assertEquals(complaints(planted("src/replica/a.ts", source)).length, 1, source);
    assertEquals(complaints(planted("src/sim/a.ts", source)), [], source);
  }
});

Deno.test("the check sees a second any, and a file that has grown too long", () => {
  const one = "type A = new (...args: any[]) => unknown;";
  assertEquals(complaints(planted("src/strategies/a.ts", one)), []);
  assertEquals(
    complaints(new Map([["src/strategies/a.ts", one], ["src/cli/b.ts", "const x: any = Promise.any([]);"]])).length,
    2,
  );
  assertEquals(complaints(planted("src/cli/a.ts", "x;\n".repeat(300))), []);
  assertEquals(complaints(planted("src/cli/a.ts", "x;\n".repeat(301))).length, 1);
});

Deno.test("tokens keep their lines, and imports are found in all their forms", () => {
  const source =
    'import {\n  a,\n} from "./a.ts";\nexport * from "./b.ts";\nimport "./c.ts";\nconst d = import("./d.ts");\nf("./e.ts");';
  const imports = importsOf(tokensOf(source)).map(({ text, line }) => `${line} ${text}`);
  assertEquals(imports, ["3 ./a.ts", "4 ./b.ts", "5 ./c.ts", "6 ./d.ts"]);
});

/** What the compiler says to these files when there is no runtime. */
async function checkPure(...paths: string[]): Promise<{ success: boolean; text: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "--config", "src/purity.json", ...paths],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  });
  const { success, stderr } = await command.output();
  return { success, text: new TextDecoder().decode(stderr) };
}

machineTest("the pure layers compile without the types of any runtime", async () => {
  const present = new Set([...sourceFiles().keys()].map(layerOf));
  const paths = [...PURE.filter((layer) => present.has(layer)).map((layer) => `src/${layer}`), "src/lab/model"];
  assert(paths.length >= 6, `${paths}`);
  assertEquals(await checkPure(...paths), { success: true, text: "" });
});

machineTest("a compiler without the types of a runtime refuses a file that uses one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const words = [
      "Deno.args",
      "setTimeout(f, 1)",
      "console.log()",
      "crypto.randomUUID()",
      "performance.now()",
      "document.title",
    ];
    const path = `${folder}/planted.ts`;
    await Deno.writeTextFile(path, ["export function f(): void {}", ...words.map((word) => `${word};`)].join("\n"));
    const { success, text } = await checkPure(path);
    assertEquals(success, false);
    for (const word of words) assertStringIncludes(text, `Cannot find name '${word.split(/[.(]/)[0]}'`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
