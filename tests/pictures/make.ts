// `deno task pictures`: makes the pictures of the documents from the real program: what the demo prints, what a storm of the
// simulator comes down to, and the page of the lab.
import { selfCommand } from "../../src/cli/self.ts";
import { linesOf } from "../../src/cli/lines.ts";
import { BUGS } from "../../src/sim/bugs/index.ts";
import { record } from "../../src/sim/schedule.ts";
import { Search } from "../../src/sim/search.ts";
import { shrink } from "../../src/sim/shrink.ts";
import { closeBrowser, withLab } from "../lab/browser.ts";
import { drawSpaceTime } from "./space_time.ts";
import { drawTerminal, type PrintedLine } from "./terminal_picture.ts";

const FOLDER = new URL("../../src/docs/pictures/", import.meta.url);

/** What the tour of `paxos demo` prints, and when. */
export async function recordDemo(): Promise<PrintedLine[]> {
  const { command, args } = selfCommand(["demo"], ["--allow-run"]);
  const child = new Deno.Command(command, { args: [...args], stdin: "null", stdout: "piped", stderr: "null" }).spawn();
  const lines: PrintedLine[] = [];
  const startMs = performance.now();
  for await (const text of linesOf(child.stdout)) lines.push({ text, atMs: performance.now() - startMs });
  const { success } = await child.status;
  if (!success) throw new Error("paxos demo has failed");
  return lines;
}

/** The shortest story of a bug among the first seeds that show it, as a picture. */
export function drawBug(name: string): string {
  const { subject, rule, kinds } = BUGS.find((bug) => bug.name === name)!;
  const search = new Search(subject);
  let best: { readonly seed: number; readonly shrunk: NonNullable<ReturnType<typeof shrink>> } | null = null;
  for (let [seed, found] = [0, 0]; found < 5; seed++) {
    const { genes, violation } = search.run(seed);
    if (violation === null || !kinds.includes(violation.kind)) continue;
    found++;
    const shrunk = shrink(record(genes, subject).schedule, subject);
    if (shrunk !== null && (best === null || shrunk.schedule.events.length < best.shrunk.schedule.events.length)) {
      best = { seed, shrunk };
    }
  }
  const { seed, shrunk: { schedule, violation } } = best!;
  const title = `paxos sim --bug ${name}: seed ${seed}, shrunk to ${schedule.events.length} events`;
  return drawSpaceTime(title, schedule, subject, [
    `${violation.kind}: ${violation.message}`,
    `The rule that is off: ${rule}.`,
  ]);
}

async function photographLab(path: URL): Promise<void> {
  await withLab(async ({ page }) => {
    await page.click("text=Propose");
    await page.waitForSelector(".operations li.chosen");
    Deno.writeFileSync(path, await page.screenshot());
  });
  await closeBrowser();
}

if (import.meta.main) {
  Deno.mkdirSync(FOLDER, { recursive: true });
  Deno.writeTextFileSync(new URL("demo.svg", FOLDER), drawTerminal("paxos demo", await recordDemo()));
  Deno.writeTextFileSync(new URL("own-value-wins.svg", FOLDER), drawBug("own-value-wins"));
  await photographLab(new URL("lab.png", FOLDER));
  for (const { name } of [...Deno.readDirSync(FOLDER)].sort((a, b) => a.name.localeCompare(b.name))) {
    console.log(`src/docs/pictures/${name}: ${Deno.statSync(new URL(name, FOLDER)).size} bytes`);
  }
}
