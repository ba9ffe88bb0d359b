// Where machines stand on the page, and where a datagram is between two of them.
import type { FlyingLetter } from "../model/letters.ts";
import type { Run } from "../model/run.ts";

/** A place, in pixels. */
export interface Point {
  /** From the left. */
  readonly x: number;
  /** From the top. */
  readonly y: number;
}

/** Where everything is. */
export interface Layout {
  /** The size of the whole. */
  readonly width: number;
  /** The size of the whole. */
  readonly height: number;
  /** The size of a machine. */
  readonly cardWidth: number;
  /** The size of a machine. */
  readonly cardHeight: number;
  /** The middles of the machines, and of the clients where these take part. */
  readonly places: ReadonlyMap<string, Point>;
}

const CARD_HEIGHT = 84;

/** Places machines on an ellipse that fills the room, and clients in its middle. */
export function layOut(uids: readonly string[], clients: readonly string[], width: number, height: number): Layout {
  const count = uids.length;
  const roomy = width >= 520;
  const cardWidth = roomy ? (count > 5 ? 150 : 178) : count > 5 ? 104 : count > 3 ? 118 : Math.min(164, width / 2 - 10);
  const angles = uids.map((_, index) => 2 * Math.PI * index / count - Math.PI / 2);
  const widest = Math.max(...angles.map((angle) => Math.abs(Math.cos(angle))), 0.01);
  const [left, right] = [Math.min(...angles.map(Math.sin)), Math.max(...angles.map(Math.sin))];
  const radiusX = Math.min((width - cardWidth) / 2 - 4, 330) / widest;
  const places = new Map<string, Point>();
  for (const [index, uid] of uids.entries()) {
    const angle = angles[index]!;
    const share = (Math.sin(angle) - left) / (right - left || 1);
    places.set(uid, {
      x: width / 2 + radiusX * Math.cos(angle),
      y: CARD_HEIGHT / 2 + 4 + share * (height - CARD_HEIGHT - 8),
    });
  }
  for (const [index, client] of clients.entries()) {
    places.set(client, { x: width / 2 + (index - (clients.length - 1) / 2) * 34, y: height * 0.45 });
  }
  return { width, height, cardWidth, cardHeight: CARD_HEIGHT, places };
}

/** How far a datagram has come, from 0 to 1. One that waits for the learner stands still: in its place of so many on the link. */
export function progressOf(
  letter: FlyingLetter,
  run: Run,
  nowMs: number,
  place: number,
  places: number,
): number {
  const recordedMs = letter.goneAt === Infinity ? null : run.moments[letter.goneAt]?.atMs ?? null;
  const dueMs = letter.dueMs ?? recordedMs;
  if (run.setup.byHand || dueMs === null) return (place + 1) / (places + 1);
  const share = (nowMs - letter.sentMs) / Math.max(dueMs - letter.sentMs, 1);
  return Math.max(0, Math.min(share, 1));
}

/** How far from the line between two machines a datagram is seen, in pixels. */
const BESIDE = 10;

/** A place on the way between two machines, and the direction away from the line there, so that both ways can be told apart. */
export interface WayPoint extends Point {
  /** Away from the line, of length 1. */
  readonly outward: Point;
}

/** Where that is: between the edges of the two machines, a little to one side of the line. */
export function placeOf(layout: Layout, from: string, to: string, share: number): WayPoint | null {
  const [a, b] = [layout.places.get(from), layout.places.get(to)];
  if (a === undefined || b === undefined) return null;
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = Math.hypot(dx, dy) || 1;
  const [start, end] = [edge(layout, dx, dy), 1 - edge(layout, dx, dy)];
  const at = start + (end - start) * share;
  const outward = { x: -dy / length, y: dx / length };
  return { x: a.x + dx * at + outward.x * BESIDE, y: a.y + dy * at + outward.y * BESIDE, outward };
}

/** So far from a machine a datagram begins and ends, in pixels: its shape and its label stay clear of the card. */
const CLEAR = 14;

/** Which part of the way lies under a machine, or close to it. */
function edge({ cardWidth, cardHeight }: Layout, dx: number, dy: number): number {
  const byX = dx === 0 ? Infinity : (cardWidth / 2 + CLEAR) / Math.abs(dx);
  const byY = dy === 0 ? Infinity : (cardHeight / 2 + CLEAR) / Math.abs(dy);
  return Math.min(byX, byY, 0.45);
}
