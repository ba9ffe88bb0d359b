// The last step of the tutorial, in a real browser: agreement is broken by hand, and mended by putting the rule back.
import { assert, assertStringIncludes } from "../assert.ts";
import { read } from "../support/documents.ts";
import { browserTest, closeBrowser } from "./browser.ts";

Deno.test.afterAll(closeBrowser);

browserTest("the puzzle of the tutorial is won by its acts, and by no acts once the rule is back", async ({ page }) => {
  const { text } = read("src/docs/tutorial.md");
  for (const name of ["own value wins", "Show me", "Put the rule back: the same acts", "SAFE"]) {
    assertStringIncludes(text, `**${name}**`);
  }
  await page.selectOption('select[aria-label="scenario"]', { label: "own value wins" });
  await page.click("text=Show me");
  await page.waitForSelector(".verdict.bad");
  assertStringIncludes(await page.textContent(".verdict.bad") ?? "", "SAFE");
  await page.click("text=Put the rule back: the same acts");
  await page.waitForSelector(".verdict.bad", { state: "detached" });
  assert((await page.locator(".verdict.ok").allTextContents()).some((verdict) => verdict.includes("SAFE")));
});
