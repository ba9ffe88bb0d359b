// `deno task release [NAME...]`: makes the executables of all platforms, or of the named ones, and their checksums, in dist/.
//
// The compiler takes the runtime of each platform from Deno's own site. Where that cannot be reached, the packaging is tried with a
// stand-in: Deno's own executable for that platform, from npm. What comes out does not run our program, so it is judged and thrown
// away, and the task says so and fails.
import { BUILD_FILE, compileArgs } from "./compile.ts";
import { packingTroubles, readPacked } from "./packed.ts";
import { fileName, type Target, TARGETS } from "./targets.ts";
import { VERSION } from "../version.ts";

const SUMS = "dist/SHA256SUMS";

/** What became of one platform. */
type Outcome =
  | { readonly kind: "built"; readonly bytes: number; readonly sum: string }
  /** The packaging alone could be judged: the reason, how many files were inside, its size, and how much of that is ours. */
  | {
    readonly kind: "packed";
    readonly reason: string;
    readonly files: number;
    readonly bytes: number;
    readonly own: number;
  }
  | { readonly kind: "failed"; readonly reason: string };

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Gives the exit code: 0 only if every executable was built. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !TARGETS.some((target) => target.name === name));
  if (unknown.length > 0) {
    console.error(`there is no platform ${unknown.join(", ")}: use ${TARGETS.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  const commit = await output("git", ["describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]);
  Deno.mkdirSync("dist", { recursive: true });
  Deno.writeTextFileSync(BUILD_FILE, `${JSON.stringify({ commit })}\n`);
  await output(Deno.execPath(), ["task", "lab-page"]);
  const sums: string[] = [];
  let failures = 0;
  for (const target of TARGETS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const outcome = await make(target);
    console.log(`${target.name}: ${describe(outcome)}`);
    if (outcome.kind === "built") sums.push(`${outcome.sum}  ${fileName(target)}\n`);
    else failures++;
  }
  if (sums.length > 0) Deno.writeTextFileSync(SUMS, sums.join(""));
  else console.log("No executable was built, so there is nothing to download from here.");
  return failures === 0 ? 0 : 1;
}

async function make(target: Target): Promise<Outcome> {
  const path = `dist/${fileName(target)}`;
  const built = await compile(target, path);
  if (built !== null) return await packWithStandIn(target, built);
  const troubles = judge(path);
  if (troubles.length > 0) return { kind: "failed", reason: troubles.join("; ") };
  const bytes = Deno.readFileSync(path);
  return { kind: "built", bytes: bytes.length, sum: hex(await crypto.subtle.digest("SHA-256", bytes)) };
}

/** Packs into Deno's own executable, judges that, and throws it away. */
async function packWithStandIn(target: Target, reason: string): Promise<Outcome> {
  const folder = Deno.makeTempDirSync({ prefix: "paxos-release-" });
  try {
    const path = `${folder}/${fileName(target)}`;
    const runtime = await standIn(target, folder);
    const failure = await compile(target, path, runtime);
    if (failure !== null) return { kind: "failed", reason: `${reason}; with a stand-in: ${failure}` };
    const troubles = judge(path);
    if (troubles.length > 0) return { kind: "failed", reason: `packed with a stand-in: ${troubles.join("; ")}` };
    const packed = Deno.readFileSync(path);
    const own = packed.length - Deno.statSync(runtime).size;
    return { kind: "packed", reason, files: readPacked(packed).files.length, bytes: packed.length, own };
  } catch (error) {
    return { kind: "failed", reason: `${reason}; no stand-in: ${error instanceof Error ? error.message : error}` };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Deno's executable for the platform: the one that runs this, or that of its npm package. */
async function standIn({ triple, deno: { package: name, file } }: Target, folder: string): Promise<string> {
  if (triple === Deno.build.target) return Deno.execPath();
  const npm = Deno.build.os === "windows" ? "npm.cmd" : "npm";
  const args = ["pack", "--silent", "--pack-destination", folder, `${name}@${Deno.version.deno}`];
  const archive = await output(npm, args);
  await output("tar", ["-xzf", `${folder}/${archive}`, "-C", folder]);
  return `${folder}/package/${file}`;
}

/** Compiles; gives the reason where that fails. */
async function compile(target: Target, path: string, runtime?: string): Promise<string | null> {
  const env = { NO_COLOR: "1", ...(runtime !== undefined && { DENORT_BIN: runtime }) };
  try {
    await output(Deno.execPath(), compileArgs(target, path), env);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function judge(path: string): string[] {
  return packingTroubles(readPacked(Deno.readFileSync(path)), VERSION, ["main.ts", "src/cli/run.ts"]);
}

/** Runs a command to its end and gives what it printed; an `Error` with the last lines of its errors where it fails. */
async function output(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args], env, stdin: "null" }).output();
  const [printed, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  if (success) return printed!;
  const lines = said!.split("\n").filter((line) => !/stack backtrace|<unknown>/i.test(line) && line.trim() !== "");
  const begin = Math.max(lines.findIndex((line) => line.startsWith("error: ")), 0);
  const [what, ...causes] = lines.slice(begin).map((line) => line.trim().replace(/^error: |^\d+: /g, ""));
  throw new Error([what ?? `${command} has failed`, ...causes.slice(-1)].join(": "));
}

function describe(outcome: Outcome): string {
  switch (outcome.kind) {
    case "built":
      return `built, ${megabytes(outcome.bytes)}, SHA-256 ${outcome.sum}`;
    case "packed":
      return `NOT BUILT: the runtime cannot be had here (${outcome.reason}). Packed into a stand-in instead, which was ` +
        `judged and thrown away: ${outcome.files} files, the flags as they should be, ${megabytes(outcome.bytes)}, ` +
        `${megabytes(outcome.own)} of them ours.`;
    case "failed":
      return `FAILED: ${outcome.reason}`;
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function hex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
