// What is inside an executable, read from its bytes: so that the packaging can be judged where the executable cannot run.
import { ENVIRONMENT, HEAP_FLAG } from "../cli/self.ts";
import { INCLUDED } from "./compile.ts";

/** What `deno compile` has put into an executable. */
export interface Packed {
  /** The version of the program. */
  readonly version: string;
  /** The module that runs first. */
  readonly entrypoint: string;
  /** The unstable features that are switched on. */
  readonly features: readonly string[];
  /** Flags of the engine. */
  readonly engineFlags: readonly string[];
  /** What it may do, as the runtime names it: an empty list is everything of the kind, null is nothing. */
  readonly permissions: Readonly<Record<string, unknown>>;
  /** All embedded files, by their path from the root of the project. */
  readonly files: readonly string[];
}

/** A file or a folder of the embedded file system. */
type Entry =
  | { readonly File: { readonly n: string } }
  | { readonly Symlink: { readonly n: string } }
  | { readonly Dir: { readonly n: string; readonly e: readonly Entry[] } };

/** Reads what was put into an executable. Throws an `Error` where the bytes hold no such thing. */
export function readPacked(bytes: Uint8Array): Packed {
  const metadata = sectionAt(bytes, lastIndexOf(bytes, '{"argv":'));
  const { app_version, entrypoint_key, permissions, unstable_config, v8_flags } = JSON.parse(metadata.text);
  const files = sectionAt(bytes, indexOf(bytes, '[{"Dir":', metadata.end));
  return {
    version: app_version,
    entrypoint: entrypoint_key,
    features: unstable_config.features,
    engineFlags: v8_flags,
    permissions,
    files: pathsOf(JSON.parse(files.text), ""),
  };
}

/** All that is wrong with what was packed: a sentence each. `sources` are the files that must be inside. */
export function packingTroubles(packed: Packed, version: string, sources: readonly string[]): string[] {
  const found: string[] = [];
  const expect = (what: string, actual: unknown, wanted: unknown): void => {
    const [is, should] = [JSON.stringify(actual), JSON.stringify(wanted)];
    if (is !== should) found.push(`${what} is ${is}, not ${should}`);
  };
  expect("the version", packed.version, version);
  expect("the first module", packed.entrypoint, "main.ts");
  expect("the list of unstable features", packed.features, ["net"]);
  // The compiler adds flags of its own.
  for (const flag of HEAP_FLAG.replace("--v8-flags=", "").split(",")) {
    if (!packed.engineFlags.includes(flag)) found.push(`${flag} is not among the flags of the engine`);
  }
  const { permissions } = packed;
  for (const kind of ["net", "read", "write", "run"]) expect(`allow_${kind}`, permissions[`allow_${kind}`], []);
  expect("allow_env", permissions["allow_env"], ENVIRONMENT);
  for (const kind of ["ffi", "sys"]) expect(`allow_${kind}`, permissions[`allow_${kind}`], null);
  expect("prompt", permissions["prompt"], false);
  for (const path of [...INCLUDED, ...sources]) {
    if (!packed.files.includes(path)) found.push(`${path} is not inside`);
  }
  for (const path of packed.files) {
    if (/^(tests|\.git|src\/release)\/|\/playwright-core\//.test(path)) {
      found.push(`${path} is inside and has no business there`);
    }
  }
  return found;
}

/** The text that begins at an index; its length in bytes stands before it. */
function sectionAt(bytes: Uint8Array, begin: number): { readonly text: string; readonly end: number } {
  if (begin < 8) throw new Error("these bytes are no executable that `deno compile` has made");
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset + begin - 8, 8).getBigUint64(0, true));
  const end = begin + length;
  if (end > bytes.length) {
    throw new Error(`a section of ${length} bytes at ${begin} goes beyond the end of the executable`);
  }
  return { text: new TextDecoder().decode(bytes.subarray(begin, end)), end };
}

function pathsOf(entries: readonly Entry[], folder: string): string[] {
  return entries.flatMap((entry) => {
    if ("Dir" in entry) return pathsOf(entry.Dir.e, `${folder}${entry.Dir.n}/`);
    return [`${folder}${"File" in entry ? entry.File.n : entry.Symlink.n}`];
  });
}

function indexOf(bytes: Uint8Array, text: string, from: number): number {
  const wanted = new TextEncoder().encode(text);
  const last = bytes.length - wanted.length;
  for (let at = bytes.indexOf(wanted[0]!, from); at >= 0 && at <= last; at = bytes.indexOf(wanted[0]!, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

function lastIndexOf(bytes: Uint8Array, text: string): number {
  const wanted = new TextEncoder().encode(text);
  for (let at = bytes.lastIndexOf(wanted[0]!); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(wanted[0]!, at - 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
