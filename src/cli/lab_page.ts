// The page of the lab as files: bundled from `src/lab/` into `dist/lab/`, anew whenever a source is younger than the bundle.
import { PAGE_FILES } from "../lab/files.ts";
import { ConfigurationError } from "../runtime/errors.ts";

const SOURCES = import.meta.resolve("../lab/page/");
const PAGE = import.meta.resolve("../../dist/lab/");

/** Where the bundled page lies, as a URL with a slash at the end; made first where that has to be. A `ConfigurationError` where it cannot be. */
export async function preparePage(tell: (line: string) => void): Promise<string> {
  if (Deno.build.standalone || !isStale()) return PAGE;
  tell("bundling the page ...");
  await bundlePage();
  return PAGE;
}

/** Makes the page anew. */
export async function bundlePage(): Promise<void> {
  Deno.mkdirSync(new URL(PAGE), { recursive: true });
  for (const name of PAGE_FILES.keys()) {
    if (name !== "lab.js") Deno.copyFileSync(new URL(name, SOURCES), new URL(name, PAGE));
  }
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--platform=browser",
      "--minify",
      `--import-map=${import.meta.resolve("../npm_import_map.json")}`,
      `--output=${decodeURIComponent(new URL("lab.js", PAGE).pathname)}`,
      new URL("main.ts", SOURCES).href,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  if (success) return;
  throw new ConfigurationError(
    `Cannot bundle the page of the lab: ${new TextDecoder().decode(stderr).trim()}. ` +
      "The first time, the bundler comes from the npm registry: see to it that this machine reaches it.",
  );
}

/** Whether the bundle is missing, or older than a source. */
function isStale(): boolean {
  const made = mtime(new URL("lab.js", PAGE));
  return made === null || youngest(new URL("..", new URL("..", SOURCES))) > made;
}

function youngest(folder: URL): number {
  let latest = 0;
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const inner = isDirectory ? youngest(new URL(`${name}/`, folder)) : mtime(new URL(name, folder)) ?? 0;
    latest = Math.max(latest, inner);
  }
  return latest;
}

function mtime(url: URL): number | null {
  try {
    return Deno.statSync(url).mtime?.getTime() ?? null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
