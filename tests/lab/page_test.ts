/// <reference lib="dom" />
import type { Page } from "playwright-core";
import { PUZZLES } from "../../src/lab/puzzles/puzzle.ts";
import { LESSONS } from "../../src/lab/lessons/index.ts";
import { assert, assertEquals } from "../assert.ts";
import { browserTest, closeBrowser } from "./browser.ts";

Deno.test.afterAll(closeBrowser);

/** What is seen of the run: the moment, each node, each datagram on its way, each client's operations. */
async function seen(page: Page): Promise<string[]> {
  const where = await page.textContent(".where");
  const nodes = await page.locator("svg.cluster .node").evaluateAll((all) => all.map((one) => one.ariaLabel ?? ""));
  const letters = await page.locator("svg.cluster .letter title").allTextContents();
  return [where!, ...nodes, ...letters, ...await page.locator(".operations li").allTextContents()];
}

function happened(page: Page): Promise<string | null> {
  return page.textContent(".happened");
}

/** Lets client 0 propose at A, and stops time right after. */
async function propose(page: Page): Promise<void> {
  await page.click("text=Propose");
  await page.keyboard.press("Space");
}

browserTest("from a cold page a value is chosen after one click", async ({ page }) => {
  await page.selectOption("select[aria-label=speed]", "4");
  await page.click("text=Propose");
  await page.waitForSelector(".operations li.chosen");
  assertEquals(await page.textContent(".operations li.chosen b"), " chosen @0");
});

browserTest(
  "the page asks for its own files and nothing else, and says so in its policy",
  async ({ requests, url }) => {
    assert(requests.includes(`${url}lab.js`));
    const response = await fetch(url);
    await response.body?.cancel();
    const policy = response.headers.get("content-security-policy")!;
    assert(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self';"), policy);
    assert(!policy.includes("unsafe") && !policy.includes("http"), policy);
    assert(policy.includes("require-trusted-types-for 'script'"), "text never becomes a script");
  },
);

browserTest("crash, power cut, wipe, pause and a stalled disk, by key", async ({ page }) => {
  await propose(page);
  await page.keyboard.press("1");
  const acts: [key: string, says: RegExp][] = [
    ["b", /A is paused/],
    ["b", /A goes on/],
    ["s", /A's disk hangs/],
    ["s", /A's disk works again/],
    ["p", /the power of A fails: what was written but not synced is gone/],
    ["k", /A starts again: @0, promised none/],
    ["k", /A crashes/],
    ["w", /not possible|disk is lost/],
    ["k", /A starts again/],
  ];
  for (const [key, says] of acts) {
    await page.keyboard.press(key);
    assert(says.test((await happened(page))!), `${key}: ${await happened(page)}`);
  }
});

browserTest("a crash, a partition, and a datagram dropped, doubled and held, by mouse", async ({ page }) => {
  await page.click("text=Propose");
  await page.waitForSelector('svg.cluster .letter[data-owner="A"]');
  await page.click(".transport .play");
  const prepare = page.locator('svg.cluster .letter[data-owner="A"]').first();
  await prepare.dispatchEvent("click");
  for (
    const [act, says] of [["duplicate", /duplicate prepare/], ["hold or let go", /hold prepare/], [
      "drop",
      /drop prepare/,
    ]] as const
  ) {
    await page.click(`[data-act="${act}"]`);
    assert(says.test((await happened(page))!), `${act}: ${await happened(page)}`);
  }
  await page.locator("svg.cluster .link-hit").first().dispatchEvent("click");
  await page.click('[data-act="cut or mend, both ways"]');
  assertEquals(await page.locator("svg.cluster .cut-mark").count(), 2);
  await page.click("svg.cluster .node >> nth=1");
  await page.click('[data-act="crash or start"]');
  assertEquals(await page.locator("svg.cluster .node.down").count(), 1);
});

browserTest("a datagram dropped, doubled, held and delivered, and links cut, by key", async ({ page }) => {
  await propose(page);
  await page.keyboard.press("ArrowRight");
  const acts: [keys: string[], says: RegExp][] = [
    [["n", "u"], /^duplicate/],
    [["h"], /^hold/],
    [["h"], /^let go/],
    [["Enter"], /receives from/],
    [["n", "d"], /^drop/],
    [["l", "x"], /cannot reach/],
    [["x"], /reaches/],
    [["o"], /cannot reach/],
    [["o"], /reaches/],
    [["g"], /8 times as slow/],
    [["g"], /as fast as usual again/],
    [["2", "i"], /cannot reach B|B cannot reach/],
  ];
  for (const [keys, says] of acts) {
    for (const key of keys) await page.keyboard.press(key);
    assert(says.test((await happened(page))!), `${keys}: ${await happened(page)}`);
  }
});

browserTest(
  "time goes back event by event and decision by decision, and an act in the past makes a branch",
  async ({ page }) => {
    await propose(page);
    await page.keyboard.press("Shift+ArrowRight");
    const decided = await seen(page);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    assert((await seen(page)).join() !== decided.join());
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    assertEquals(await seen(page), decided, "the same is seen again");
    await page.fill('input[type="range"]', "5");
    await page.keyboard.press("2");
    await page.keyboard.press("k");
    assertEquals(await page.locator(".branches .branch").allTextContents(), [
      "1  the first run",
      "2  B crashes · from 5",
    ]);
    await page.click("text=compare");
    assert((await page.textContent(".parting"))!.includes("They part at moment 6"));
    await page.click(".branch >> nth=0");
    await page.keyboard.press("End");
    assertEquals(await seen(page), decided, "the first future is as it was");
    await page.keyboard.press("z");
    assert((await happened(page))!.startsWith("Back before your last act"));
  },
);

browserTest("the head of a datagram is dragged, and it arrives later", async ({ page }) => {
  await propose(page);
  for (let moment = 0; moment < 12; moment++) await page.keyboard.press("ArrowRight");
  const head = page.locator(".arrow:not(.flying) .head").nth(2);
  const box = (await head.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 150, box.y + 4, { steps: 4 });
  await page.mouse.up();
  assertEquals(await page.locator(".branches .branch").count(), 2);
  assert((await page.textContent(".branch >> nth=1"))!.includes("delay"));
});

browserTest("a link shows the same state in a fresh page", async ({ page, url, open }) => {
  await propose(page);
  for (const key of ["ArrowRight", "n", "u", "2", "p", "ArrowRight", "k", "Shift+ArrowRight"]) {
    await page.keyboard.press(key);
  }
  await page.click("text=Share");
  await page.waitForFunction(() => location.hash.length > 10);
  const fresh = await open(page.url().slice(url.length));
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowRight");
  assertEquals(await seen(fresh), await seen(page));
  const damaged = await open("#AAAA");
  assert((await happened(damaged))!.startsWith("This link cannot be shown: the link is damaged"));
});

browserTest("every lesson is completed by keyboard", async ({ page }) => {
  await page.selectOption("select[aria-label=speed]", "64");
  for (const { id, steps, end } of LESSONS) {
    await page.selectOption("select[aria-label=scenario]", id);
    for (const { question } of steps) {
      if (question === undefined) continue;
      await page.waitForFunction((ask) => document.querySelector(".guide")?.textContent?.includes(ask), question.ask);
      for (let choice = 0; choice < question.right; choice++) await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.waitForFunction(
        (because) => document.querySelector(".guide")?.textContent?.includes(`Yes. ${because}`),
        question.because,
      );
    }
    await page.waitForFunction((end) => document.querySelector(".guide")?.textContent?.includes(end), end);
  }
});

browserTest("every puzzle is won in the page, and the same acts fail with the rule in place", async ({ page }) => {
  await page.selectOption("select[aria-label=speed]", "64");
  for (const { id, title } of PUZZLES) {
    await page.selectOption("select[aria-label=scenario]", id);
    await page.click("text=Hint");
    await page.click("text=Show me");
    await page.waitForSelector(".guide .won");
    assert((await page.textContent(".guide .won"))!.startsWith("Won. "), title);
    await page.click("text=Put the rule back");
    await page.waitForFunction(() => document.querySelector(".guide")?.textContent?.includes("In place: "));
    await page.waitForSelector(".verdict.ok >> nth=2");
  }
});

browserTest("by hand nothing happens but what one does, and one value is chosen with Enter alone", async ({ page }) => {
  await page.selectOption("select[aria-label=scenario]", "hand:3:hc:3:512");
  await page.keyboard.press("c");
  await page.keyboard.press("Enter");
  for (const key of ["1", "f"]) await page.keyboard.press(key);
  for (let tries = 0; tries < 40 && await page.locator(".operations li.chosen").count() === 0; tries++) {
    for (const key of ["n", "Enter", "1", "f", "2", "f", "3", "f"]) await page.keyboard.press(key);
  }
  assertEquals(await page.locator(".operations li.chosen").count(), 1);
});

browserTest("the page is whole at every width, and nothing sticks out", async ({ open }) => {
  for (const size of [[1440, 900], [1024, 768], [390, 844]] as const) {
    const page = await open("", size);
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth] as const);
    assertEquals(widths[0], widths[1], `${size}`);
    for (const panel of ["Cluster", "Chain", "Inspector", "Time", "Space and time", "Clients", "Branches"]) {
      const box = await page.locator(`section[aria-label="${panel}"]`).boundingBox();
      assert(box !== null && box.width > 150 && box.height > 50, `${panel} at ${size}: ${JSON.stringify(box)}`);
    }
    await page.close();
  }
});
