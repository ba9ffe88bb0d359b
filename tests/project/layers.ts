// The rules of the source tree, as functions from files to complaints.
import { importsOf, type Token, tokensOf } from "../support/source.ts";

/** Files by their path from the root of the project. */
export type Files = ReadonlyMap<string, string>;

/** What each layer may import besides itself. An import may only point left. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  paxos: [],
  replica: ["paxos"],
  strategies: ["paxos", "replica"],
  wire: ["paxos", "replica"],
  "node.ts": ["paxos", "replica", "strategies"],
  // What it finds is told by the simulator, and the bugs are the simulator's.
  check: ["paxos", "replica", "strategies", "node.ts", "wire", "sim"],
  sim: ["paxos", "replica", "strategies", "node.ts", "wire"],
  runtime: ["paxos", "replica", "strategies", "node.ts", "wire"],
  // A client speaks through the runtime's socket, to the addresses of its configuration.
  client: ["paxos", "replica", "strategies", "node.ts", "wire", "runtime"],
  http: ["paxos", "replica", "strategies", "node.ts", "wire", "runtime", "version.ts"],
  // It opens what the search has found, which is told by the search's own models.
  lab: ["paxos", "replica", "strategies", "node.ts", "wire", "sim", "check"],
  "version.ts": [],
  cli: [
    "paxos",
    "replica",
    "strategies",
    "node.ts",
    "wire",
    "check",
    "sim",
    "runtime",
    "client",
    "http",
    "lab",
    "version.ts",
  ],
  "main.ts": ["cli"],
  // What makes the executables; no part of them.
  release: ["cli", "lab", "version.ts"],
};

/** The layers that know nothing of a runtime: no files, no clock, no chance, no waiting. */
export const PURE: readonly string[] = ["paxos", "replica", "strategies", "wire", "node.ts", "check", "sim"];

/** The files that wrap what is untyped under the tasks' import map. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "src/cli/arguments.ts": ["@std/cli/parse-args"],
  "src/runtime/paths.ts": ["@std/path/posix", "@std/path/windows"],
};

const MOST_LINES = 300;

/** `src/paxos/learner.ts` is in layer `paxos`, `src/node.ts` in `node.ts`. */
export function layerOf(path: string): string {
  return path.replace(/^src\//, "").split("/")[0]!;
}

/** All that is wrong with the files, as `path:line: what`. */
export function complaints(files: Files): string[] {
  const found: string[] = [];
  const places: string[] = [];
  for (const [path, source] of files) {
    const tokens = tokensOf(source);
    const tell = (line: number, what: string): number => found.push(`${path}:${line}: ${what}`);
    if (!(layerOf(path) in LAYERS)) tell(1, `no layer is called ${layerOf(path)}: give it its place`);
    for (const { text, line } of importsOf(tokens)) {
      const trouble = importTrouble(path, text);
      if (trouble !== null) tell(line, trouble);
    }
    for (const [i, token] of tokens.entries()) {
      const trouble = wordTrouble(path, token, tokens[i - 1], tokens[i - 2]);
      if (trouble !== null) tell(token.line, trouble);
      if (token.text === "any" && tokens[i - 1]?.text !== ".") places.push(`${path}:${token.line}`);
    }
    const lines = source.trimEnd().split("\n").length;
    if (lines > MOST_LINES) tell(lines, `it has ${lines} lines, and ${MOST_LINES} is the most`);
  }
  if (places.length > 1) {
    found.push(...places.map((place) => `${place}: one of ${places.length} any, and one is the most`));
  }
  return found;
}

function importTrouble(path: string, specifier: string): string | null {
  if (specifier.startsWith("node:")) {
    return layerOf(path) === "runtime" ? null : `it imports ${specifier}, which the runtime alone may`;
  }
  if (!specifier.startsWith(".")) {
    return PACKAGES[path]?.includes(specifier) ? null : `it imports ${specifier}, which its wrapper alone may`;
  }
  const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
  const [from, to] = [layerOf(path), layerOf(target)];
  if (from === to || LAYERS[from]?.includes(to)) return null;
  return `${from} must not import ${to} (${specifier})`;
}

function wordTrouble(path: string, { text }: Token, before?: Token, beforeThat?: Token): string | null {
  const layer = layerOf(path);
  if (PURE.includes(layer)) {
    if (["async", "await", "Date"].includes(text)) return `${text} in a pure layer`;
    if (text === "random" && before?.text === "." && beforeThat?.text === "Math") return "Math.random in a pure layer";
    if (text === "globalThis" && path !== "src/wire/utf8.ts") return "globalThis in a pure layer";
  }
  if (layer === "lab" && text === "Deno") return "Deno in the lab, which runs in a browser";
  if (path.startsWith("src/lab/model/")) {
    if (["Date", "document", "window"].includes(text)) return `${text} in the lab's model`;
    if (text === "random" && before?.text === "." && beforeThat?.text === "Math") {
      return "Math.random in the lab's model";
    }
  }
  const isBugSwitch = /bug/i.test(text) && /^[\w$#]+$/.test(text) && !["sim", "check", "lab", "cli"].includes(layer);
  return isBugSwitch ? `${text}: planted bugs are subclasses in src/sim/bugs, and nothing here knows of them` : null;
}
