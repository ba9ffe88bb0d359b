// Serves the page of the lab on this machine: a handful of files under a content security policy that lets it talk to
// its own origin only. Where nodes are attached, their events are passed on.
import { PAGE_FILES } from "../lab/files.ts";
import { liveStream } from "./lab_live.ts";

/** What every answer says. */
const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
};

/** Reads the files of the page, which lie under a URL that ends with a slash. */
export function loadPage(folder: string): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  return new Map([...PAGE_FILES.keys()].map((name) => [name, Deno.readFileSync(new URL(name, folder))]));
}

/** Where the page finds which nodes it is to show, if any; and the events of each. */
const LIVE = "/live";

/** Answers one request. `host` is what the page is called by: other names are refused, so that no other page reaches it. */
export function answer(
  request: Request,
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  isOwnHost: (host: string) => boolean,
  attached: readonly string[] = [],
): Response {
  if (!isOwnHost(request.headers.get("host") ?? "")) return plain(421, "this server answers to its own address only\n");
  if (request.method !== "GET" && request.method !== "HEAD") return plain(405, "read only\n");
  const { pathname } = new URL(request.url);
  if (pathname === LIVE) return Response.json({ attached }, { headers: HEADERS });
  const origin = attached.find((_, index) => pathname === `${LIVE}/${index}`);
  if (origin !== undefined) {
    return new Response(liveStream(origin), { headers: { ...HEADERS, "content-type": "text/event-stream" } });
  }
  const name = pathname === "/" ? "index.html" : pathname.slice(1);
  const [body, type] = [files.get(name), PAGE_FILES.get(name)];
  if (body === undefined || type === undefined) return plain(404, "there is no such file\n");
  return new Response(request.method === "HEAD" ? null : body, { headers: { ...HEADERS, "content-type": type } });
}

function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: { ...HEADERS, "content-type": "text/plain; charset=utf-8" } });
}
