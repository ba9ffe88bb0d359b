import { assert, assertEquals } from "../assert.ts";
import { browserTest, closeBrowser } from "./browser.ts";

Deno.test.afterAll(closeBrowser);

browserTest("from a cold page a value is chosen after one click", async ({ page }) => {
  await page.click("text=Propose");
  await page.waitForSelector(".operations li.chosen");
  assertEquals(await page.textContent(".operations li.chosen"), 'c0 set "x" chosen @0');
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
  },
);
