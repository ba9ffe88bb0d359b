// A real browser for tests, and the page of the lab in it. The one place that drives it.
import { type Browser, chromium, type Page } from "playwright-core";
import { preparePage } from "../../src/cli/lab_page.ts";
import { answer, loadPage } from "../../src/cli/lab_server.ts";
import { assertEquals } from "../assert.ts";
import { canUseMachine } from "../permissions.ts";

/** Where Debian's package puts it, and others. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const executablePath = canUseMachine ? PLACES.find(isThere) : undefined;

if (canUseMachine && executablePath === undefined) {
  console.log("tests of the lab in a browser are ignored, for there is none: install it by `apt-get install chromium`");
  if (Deno.env.get("CI") === "true") throw new Error("CI=true: no test may be ignored, install chromium");
}

/** The page in a window of its own, and what was noticed about it. */
export interface LabPage {
  /** The window. */
  readonly page: Page;
  /** Where the page is served. */
  readonly url: string;
  /** The addresses of real nodes: pages that are opened afterwards show these. */
  readonly attached: string[];
  /** What the page has asked for, by URL. */
  readonly requests: readonly string[];
  /** The page in another fresh window. */
  open(fragment?: string, size?: readonly [width: number, height: number]): Promise<Page>;
}

/** Registers a test in the browser. It fails for errors on the console, and for requests to anybody but the page's own origin. */
export function browserTest(name: string, run: (lab: LabPage) => Promise<void>): void {
  Deno.test({
    name,
    ignore: executablePath === undefined,
    // The browser's pipes outlive it by a moment.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => withLab(run),
  });
}

/** One browser for all tests of a file: it starts in half a second. */
let browser: Promise<Browser> | null = null;

/** Runs this with the page in a window of its own. */
export async function withLab(run: (lab: LabPage) => Promise<void>): Promise<void> {
  const files = loadPage(await preparePage(() => {}));
  const attached: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => answer(request, files, () => true, attached),
  );
  const url = `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}/`;
  browser ??= chromium.launch({ executablePath: executablePath!, args: ARGUMENTS });
  const [troubles, requests]: [string[], string[]] = [[], []];
  const context = await (await browser).newContext({ viewport: { width: 1440, height: 900 } });
  const open = async (fragment = "", [width, height] = [1440, 900]) => {
    const page = await context.newPage();
    await page.setViewportSize({ width, height });
    page.on("console", (message) => void (message.type() === "error" && troubles.push(message.text())));
    page.on("pageerror", (error) => void troubles.push(error.message));
    page.on("request", (request) => void requests.push(request.url()));
    await page.goto(url + fragment);
    await page.waitForSelector("main");
    return page;
  };
  try {
    await run({ page: await open(), url, attached, requests, open });
    assertEquals(troubles, [], "the page has said nothing of errors");
    assertEquals(requests.filter((request) => !request.startsWith(url) && !request.startsWith("blob:")), []);
  } finally {
    await context.close();
    await server.shutdown();
  }
}

/** Ends the browser: for the last test of a file. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = null;
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
