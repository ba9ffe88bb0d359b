// A terminal with what a command has printed; where a browser shows it, the lines appear as they were printed.
import { escapeXml, svg } from "./svg.ts";

/** A line, and when it was printed, in milliseconds from the start. */
export interface PrintedLine {
  readonly text: string;
  readonly atMs: number;
}

const [LINE, CHARACTER, MARGIN] = [18, 7.8, 16];
const BAR = 28;

/** Draws it. Who wants no motion, or looks at it without a browser, sees all lines at once. */
export function drawTerminal(title: string, lines: readonly PrintedLine[]): string {
  const width = Math.ceil(Math.max(...lines.map(({ text }) => text.length)) * CHARACTER) + 2 * MARGIN;
  const height = BAR + lines.length * LINE + 2 * MARGIN;
  const style = [
    "text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre;fill:#d7dae0}",
    ".told{fill:#8b93a3}.title{fill:#9aa2b1;font-size:12px}",
    "@media (prefers-reduced-motion:no-preference){.line{animation:appear .2s both}}",
    "@keyframes appear{from{opacity:0}}",
  ].join("");
  const rows = lines.map(({ text, atMs }, index) => {
    const y = BAR + MARGIN + (index + 0.7) * LINE;
    const kind = text.startsWith(" ") ? "line told" : "line";
    return `<text class="${kind}" style="animation-delay:${Math.round(atMs)}ms" x="${MARGIN}" y="${y}">${
      escapeXml(text)
    }</text>`;
  });
  const dots = ["#ff5f57", "#febc2e", "#28c840"].map((fill, index) =>
    `<circle cx="${18 + 18 * index}" cy="${BAR / 2}" r="5" fill="${fill}"/>`
  );
  return svg(width, height, `${title}: ${lines.map(({ text }) => text.trim()).join(". ")}`, style, [
    `<rect width="${width}" height="${height}" rx="8" fill="#1d2026"/>`,
    ...dots,
    `<text class="title" x="${width / 2}" y="${BAR / 2 + 4}" text-anchor="middle">${escapeXml(title)}</text>`,
    ...rows,
  ]);
}
