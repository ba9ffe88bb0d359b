// A short run as a space-time diagram: time goes down, a lane a node, and each datagram goes from where it was sent to where it arrives.
import { arrowOf, type DrawnEvent, lanesOf, tellEvents } from "../../src/sim/diagram.ts";
import type { Schedule } from "../../src/sim/schedule.ts";
import type { Subject } from "../../src/sim/storm.ts";
import { escapeXml, svg } from "./svg.ts";

const [LANE, ROW, TOP, LEFT, TEXT] = [110, 34, 56, 70, 6.8];
const MARKS: Readonly<Record<string, string>> = { crash: "✕", restart: "○", timer: "⏲", call: "●" };

/** Draws it; the last lines say what is wrong. */
export function drawSpaceTime(title: string, schedule: Schedule, subject: Subject, below: readonly string[]): string {
  const lanes = lanesOf(schedule);
  const events = [...tellEvents(schedule, subject)];
  const rowOf = new Map(events.map(({ id }, index) => [id, index]));
  const x = (lane: string): number => LEFT + lanes.indexOf(lane) * LANE;
  const y = (row: number): number => TOP + (row + 1) * ROW;
  const notesX = LEFT + lanes.length * LANE - LANE / 3;
  const texts = [title, ...below, ...events.map(({ text }) => text)];
  const width = notesX + Math.max(...texts.map((text) => text.length)) * TEXT + 20;
  const height = y(events.length) + below.length * 20 + 24;
  const body: string[] = [
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="16" y="24" class="title">${escapeXml(title)}</text>`,
  ];
  for (const lane of lanes) {
    body.push(`<text x="${x(lane)}" y="${TOP}" text-anchor="middle" class="lane">${escapeXml(lane)}</text>`);
    body.push(`<line x1="${x(lane)}" x2="${x(lane)}" y1="${TOP + 8}" y2="${y(events.length - 1) + 14}" class="life"/>`);
  }
  for (const [row, event] of events.entries()) body.push(...drawEvent(event, row));
  for (const [index, line] of below.entries()) {
    body.push(
      `<text x="16" y="${y(events.length) + index * 20}" class="${index === 0 ? "wrong" : "note"}">${
        escapeXml(line)
      }</text>`,
    );
  }
  return svg(Math.ceil(width), height, [title, ...below].join(" "), STYLE, [DEFINITIONS, ...body]);

  function drawEvent({ id, act, text, isViolation }: DrawnEvent, row: number): string[] {
    const drawn: string[] = [];
    const arrow = arrowOf(act);
    const kind = isViolation ? "wrong" : "note";
    if (arrow !== null) {
      const sentBy = act.kind === "deliver" ? act.letter.sentBy : id;
      // What was sent before the first event comes from above.
      const from = act.kind === "deliver" ? rowOf.get(sentBy) ?? -0.5 : row - 0.4;
      const side = Math.sign(x(arrow.to) - x(arrow.from)) * 6;
      drawn.push(
        `<line x1="${x(arrow.from)}" y1="${y(from)}" x2="${x(arrow.to) - side}" y2="${
          y(row)
        }" class="arrow" marker-end="url(#head)"/>`,
      );
    }
    const at = arrow?.to ?? ("uid" in act ? act.uid : "client" in act ? `client${act.client}` : lanes[0]!);
    const mark = arrow === null ? MARKS[act.kind] ?? "◆" : "";
    drawn.push(
      mark === ""
        ? `<circle cx="${x(at)}" cy="${y(row)}" r="4" class="dot ${kind}"/>`
        : `<text x="${x(at)}" y="${y(row) + 5}" text-anchor="middle" class="mark">${mark}</text>`,
    );
    drawn.push(`<text x="${notesX}" y="${y(row) + 4}" class="${kind}">${escapeXml(`${row + 1}. ${text}`)}</text>`);
    return drawn;
  }
}

const STYLE = [
  "text{font:13px system-ui,sans-serif;fill:#24292f}",
  ".title{font-weight:600;font-size:15px}.lane{font-weight:600}.mark{font-size:16px}",
  ".life{stroke:#c9d1d9;stroke-width:2}.arrow{stroke:#57606a;stroke-width:1.5}",
  ".dot{fill:#24292f}.wrong{fill:#b3261e;font-weight:600}",
].join("");

const DEFINITIONS =
  '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">' +
  '<path d="M0 0 8 4 0 8z" fill="#57606a"/></marker></defs>';
