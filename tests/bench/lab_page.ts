/// <reference lib="dom" />
// How smooth the page of the lab is, in a real browser: frames a second with five nodes and two hundred datagrams on their way, and
// how long a jump in a run of ten thousand moments takes. `deno run -A --import-map=src/npm_import_map.json tests/bench/lab_page.ts`.
import type { Page } from "playwright-core";
import type { LabAct, PlacedAct } from "../../src/lab/model/act.ts";
import type { Shared } from "../../src/lab/model/share.ts";
import { Timeline } from "../../src/lab/model/timeline.ts";
import { encodeShare } from "../../src/lab/page/share_link.ts";
import { closeBrowser, withLab } from "../lab/browser.ts";

const [DATAGRAMS, MOMENTS, JUMPS, SECONDS] = [200, 10_000, 60, 5];

/** Five nodes on slow links, and copies of one datagram until there are enough. */
function crowded(): Shared {
  const uids = ["A", "B", "C", "D", "E"];
  const links = uids.flatMap((from) => uids.filter((to) => to !== from).map((to) => ({ from, to })));
  const acts: PlacedAct[] = [];
  const add = (act: LabAct) => acts.push({ after: acts.length, atMs: acts.length / 100, act });
  for (const link of links) add({ kind: "slow", ...link, factor: 400 });
  add({ kind: "call", client: 0, uid: "A", operation: { type: "write", value: "x" } });
  add({ kind: "saved", uid: "A" });
  for (let copies = 0; copies < DATAGRAMS; copies++) {
    const to = "BCDE"[copies % 4]!;
    add({ kind: "duplicate", letter: { from: "A", to, type: "prepare", sentBy: links.length + 2 } });
  }
  return { script: { scenario: "free:5", seed: 0, rule: null, acts }, index: acts.length };
}

/** The time between frames while it plays, in milliseconds, ascending. */
async function frames(page: Page): Promise<number[]> {
  await page.click(".transport .play");
  return await page.evaluate(async (seconds) => {
    const times: number[] = [];
    const begin = performance.now();
    for (let last = begin; last - begin < seconds * 1000;) {
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      times.push(now - last);
      last = now;
    }
    return times.slice(5).sort((a, b) => a - b);
  }, SECONDS);
}

/** How long jumps to moments all over the run take, until all is drawn, in milliseconds, ascending. */
async function jumps(page: Page): Promise<number[]> {
  return await page.evaluate((count) => {
    const range = document.querySelector<HTMLInputElement>('input[type="range"]')!;
    const times: number[] = [];
    for (let jump = 0; jump < count; jump++) {
      const begin = performance.now();
      range.value = String(Math.floor(Number(range.max) * ((jump * 0.618) % 1)));
      range.dispatchEvent(new Event("input"));
      document.body.getBoundingClientRect();
      times.push(performance.now() - begin);
    }
    return times.sort((a, b) => a - b);
  }, JUMPS);
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)]!;
}

await withLab(async ({ open }) => {
  const busy = await open(`#${await encodeShare(crowded())}`);
  const inFlight = await busy.locator("svg.cluster .letter").count();
  const between = await frames(busy);
  const mean = between.reduce((sum, ms) => sum + ms, 0) / between.length;
  console.log(
    `5 nodes, ${inFlight} datagrams: ${(1000 / mean).toFixed(0)} frames a second, ` +
      `p50 ${percentile(between, 0.5).toFixed(1)} ms, p99 ${percentile(between, 0.99).toFixed(1)} ms`,
  );
  const script = { scenario: "free:5", seed: 0, rule: null, acts: [] };
  const long = await open(`#${await encodeShare({ script, index: MOMENTS })}`);
  const times = await jumps(long);
  console.log(
    `${MOMENTS} moments: a jump takes p50 ${percentile(times, 0.5).toFixed(1)} ms, max ${times.at(-1)!.toFixed(1)} ms`,
  );
  const begin = performance.now();
  new Timeline(script).extendTo(MOMENTS);
  console.log(`the same run from its start, in Deno: ${(performance.now() - begin).toFixed(0)} ms`);
});
await closeBrowser();
