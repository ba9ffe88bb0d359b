/** What the page consists of, with the type that each file is served as. `lab.js` is bundled, the others lie in `src/lab/page/`. */
export const PAGE_FILES: ReadonlyMap<string, string> = new Map([
  ["index.html", "text/html; charset=utf-8"],
  ["lab.js", "text/javascript; charset=utf-8"],
  ...["theme.css", "layout.css", "cluster.css", "time.css", "panels.css"].map((name) =>
    [name, "text/css; charset=utf-8"] as const
  ),
  ["icon.svg", "image/svg+xml"],
]);
