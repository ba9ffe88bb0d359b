/// <reference lib="dom" />
// Traces in the page: the bytes of the command, and those of the command opened there.
import { Buffer } from "node:buffer";
import { run } from "../../src/cli/run.ts";
import { traceOf } from "../../src/lab/model/trace_file.ts";
import { blockOf } from "../../src/sim/search.ts";
import { assert, assertEquals } from "../assert.ts";
import { FakeTerminal } from "../cli/fake_terminal.ts";
import { PaxosProcess } from "../runtime/paxos_process.ts";
import { browserTest, closeBrowser } from "./browser.ts";

Deno.test.afterAll(closeBrowser);

/** The first seeds of many blocks, whose storms are fresh, and ten whose storms go on from where others have been. */
const SEEDS: readonly number[] = [
  ...Array.from({ length: 190 }, (_, block) => block * blockOf({})),
  ...Array.from({ length: 10 }, (_, block) => block * blockOf({}) + 10),
].sort((a, b) => a - b);

/** Of these the trace is written by a process of its own, too. */
const IN_PROCESSES: readonly number[] = [10, 50];

function simOf(seed: number, path: string): string[] {
  return ["sim", "--seed", String(seed), "--trace", path];
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

browserTest(
  "the page writes the same bytes as paxos sim --seed N --trace FILE, for two hundred seeds",
  async ({ page, url }) => {
    assertEquals(new Set(SEEDS).size, 200);
    const pending: Promise<string[]> = page.evaluate(async ([module, seeds]) => {
      const lab = await import(module);
      const search = lab.searchOf("storm", null);
      const digests = [];
      for (const seed of seeds) {
        const bytes = new TextEncoder().encode(lab.traceOf(seed, null, search));
        digests.push(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex());
      }
      return digests;
    }, [`${url}lab.js`, SEEDS] as const);
    // The browser has been told, and is at work meanwhile.
    await page.context().cookies();
    const directory = await Deno.makeTempDir();
    try {
      const here = [];
      for (const seed of SEEDS) {
        const path = `${directory}/${seed}.jsonl`;
        assertEquals(await run(simOf(seed, path), new FakeTerminal()), 0);
        here.push(`${seed} ${await digest(await Deno.readFile(path))}`);
      }
      assertEquals((await pending).map((digest, at) => `${SEEDS[at]} ${digest}`), here);
      for (const seed of IN_PROCESSES) {
        const path = `${directory}/process-${seed}.jsonl`;
        assertEquals(await new PaxosProcess(simOf(seed, path)).exited, 0);
        assertEquals(`${seed} ${await digest(await Deno.readFile(path))}`, here[SEEDS.indexOf(seed)]);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

browserTest("a trace of paxos sim is opened, its violation is shown and shrunk", async ({ page }) => {
  await page.click("text=Export");
  const trace = traceOf(4, "forget-disk");
  await page.setInputFiles('input[type="file"]', { name: "t.jsonl", mimeType: "text/plain", buffer: bytesOf(trace) });
  await page.waitForSelector(".violation");
  assert((await page.textContent(".violation"))!.includes("is decided twice"));
  await page.click("text=Export");
  await page.click("text=Shrink it");
  await page.waitForFunction(() => document.querySelector(".where")?.textContent?.startsWith("1"), null, {
    timeout: 20_000,
  });
  await page.click("text=Export");
  await page.setInputFiles('input[type="file"]', { name: "t.txt", mimeType: "text/plain", buffer: bytesOf("{}") });
  await page.waitForFunction(() => document.querySelector("dialog .told")?.textContent?.includes("cannot be shown"));
});

browserTest("a trace of paxos check is opened, step by step, up to what is wrong", async ({ page }) => {
  const path = await Deno.makeTempFile({ suffix: ".jsonl" });
  assertEquals(await run(["check", "--bug", "own-value-wins", "--trace", path], new FakeTerminal()), 1);
  await page.click("text=Export");
  await page.setInputFiles('input[type="file"]', path);
  await page.waitForSelector(".violation");
  await Deno.remove(path);
  assert((await page.textContent(".violation"))!.includes("instance 0 is decided twice"));
  assert((await page.textContent(".happened"))!.startsWith("paxos check says: instance 0 is decided twice"));
  await page.keyboard.press("ArrowLeft");
  assertEquals(await page.locator(".violation").count(), 0);
});

/** As the driver wants a file's content. */
function bytesOf(text: string): Buffer {
  return Buffer.from(text);
}
