// A short run as a space-time diagram for the terminal: a column a node, a column a client, a line an event.
import { describeAct, describeChange, describeHost, describeValue } from "./describe.ts";
import type { NodeState } from "../replica/node_state.ts";
import type { History } from "./checkers/history.ts";
import { Replay } from "./replay.ts";
import type { Act, Schedule, ScheduledEvent } from "./schedule.ts";
import type { Subject } from "./storm.ts";
import type { World } from "./world.ts";

/** How a text looks where it is shown. */
export interface Style {
  /** Makes a text of unknown origin safe to show. */
  escape(text: string): string;
  /** For what is wrong. */
  red(text: string): string;
  /** For what matters less. */
  dim(text: string): string;
}

/** No colours, nothing escaped. */
export const PLAIN_STYLE: Style = { escape: (text) => text, red: (text) => text, dim: (text) => text };

/** The width of a column, where there are few and where there are many. */
const [WIDE, NARROW] = [10, 8];

const MARKS: Readonly<Partial<Record<Act["kind"], string>>> = { crash: "X", restart: "O", timer: "T", saved: "S" };

/** An event of a run, as it is drawn. */
export interface DrawnEvent {
  /** Its number in the schedule. */
  readonly id: number;
  /** When it happened, in milliseconds of true time. */
  readonly atMs: number;
  /** What happened. */
  readonly act: Act;
  /** That in words, and what has changed by it. */
  readonly text: string;
  /** Whether a rule is broken now. */
  readonly isViolation: boolean;
  /** The nodes that are down now. */
  readonly down: ReadonlySet<string>;
}

/** The lanes of a diagram: the nodes, then the clients. */
export function lanesOf({ hosts, clients }: Schedule): string[] {
  return [...hosts.map(({ uid }) => uid), ...Array.from({ length: clients }, (_, number) => `client${number}`)];
}

/** Plays the schedule, and tells each event. */
export function* tellEvents(schedule: Schedule, subject: Subject): Generator<DrawnEvent> {
  const run = new Replay(schedule, subject);
  const touched = new Map<string, number>();
  for (const event of schedule.events) {
    const before = snapshot(run.world);
    const happened = run.step(event) ?? event;
    const { act, atMs } = happened;
    const text = [describeAct(act) + sentLongAgo(happened, touched), ...changes(before, run.world, act)].join("; ");
    const down = new Set([...run.world.hosts.values()].filter(({ up }) => !up).map(({ uid }) => uid));
    yield { id: event.id, atMs, act, text, isViolation: run.world.violation !== null, down };
    for (const name of namesOf(act)) touched.set(name, event.id);
  }
}

/** Plays the schedule and draws it; the event that shows the violation is red. */
export function drawDiagram(schedule: Schedule, subject: Subject, style: Style = PLAIN_STYLE): string[] {
  const lanes = lanesOf(schedule);
  const width = lanes.length > 5 ? NARROW : WIDE;
  const header = lanes.map((name) => center(name, width)).join("");
  const lines = [`${" ".repeat(14)}${style.escape(header).trimEnd()}`];
  for (const { id, atMs, act, text, isViolation, down } of tellEvents(schedule, subject)) {
    const front = `${String(id).padStart(4)} ${`${Math.round(atMs)} ms`.padStart(8)} `;
    const line = style.escape(`${drawLanes(lanes, width, act, down)}  ${text}`);
    lines.push(style.dim(front) + (isViolation ? style.red(line) : line));
  }
  return lines;
}

interface Snapshot {
  readonly states: ReadonlyMap<string, NodeState>;
  /** How many answers each client has had. */
  readonly answers: readonly number[];
}

function snapshot({ hosts, clients }: World): Snapshot {
  const states = new Map<string, NodeState>();
  for (const { uid, node } of hosts.values()) if (node !== null) states.set(uid, node.save());
  return { states, answers: clients.map(({ history }) => answered(history).length) };
}

/** What the event has changed, in words. */
function changes(before: Snapshot, world: World, act: Act): string[] {
  const lines: string[] = [];
  for (const host of world.hosts.values()) {
    const [then, now] = [before.states.get(host.uid), host.node?.save()];
    if (act.kind === "restart" && act.uid === host.uid) lines.push(describeHost(host));
    else if (then !== undefined && now !== undefined) lines.push(...describeChange(host.uid, then, now));
  }
  for (const { number, history } of world.clients) {
    const { outcome } = answered(history)[before.answers[number]!] ?? {};
    if (outcome === undefined) continue;
    const told = outcome.type === "ok" ? `the value ${describeValue(outcome.value)}` : outcome.type.replace("_", " ");
    lines.push(`client ${number} is told: ${told}`);
  }
  return lines;
}

function answered(history: History): History {
  return history.filter(({ outcome }) => outcome.type !== "unknown");
}

/** A reader looks for the datagram where its sender was last: where it is older, its event is named. */
function sentLongAgo({ act }: ScheduledEvent, touched: ReadonlyMap<string, number>): string {
  if (act.kind !== "deliver") return "";
  const { from, sentBy } = act.letter;
  if ((touched.get(from) ?? 0) === sentBy) return "";
  return sentBy === 0 ? " (sent at the start)" : ` (sent at ${sentBy})`;
}

function namesOf(act: Act): string[] {
  if (act.kind === "deliver") return [act.letter.to];
  return "uid" in act ? [act.uid] : [];
}

function drawLanes(lanes: readonly string[], width: number, act: Act, down: ReadonlySet<string>): string {
  const cells = Array.from({ length: lanes.length * width }, () => " ");
  const at = (name: string): number => lanes.indexOf(name) * width + width / 2;
  for (const name of lanes) cells[at(name)] = down.has(name) ? ":" : "│";
  const arrow = arrowOf(act);
  if (arrow !== null) drawArrow(cells, at(arrow.from), at(arrow.to), act.kind === "cut" ? "x" : "─");
  else if ("uid" in act) cells[at(act.uid)] = MARKS[act.kind] ?? "*";
  else if ("client" in act) cells[at(`client${act.client}`)] = "*";
  return cells.join("");
}

/** Between which lanes an event draws its arrow; `null` where it happens in one. */
export function arrowOf(act: Act): { readonly from: string; readonly to: string } | null {
  if (act.kind === "deliver") return act.letter;
  if (act.kind === "cut" || act.kind === "mend") return act;
  return act.kind === "call" ? { from: `client${act.client}`, to: act.uid } : null;
}

function drawArrow(cells: string[], from: number, to: number, line: string): void {
  const step = Math.sign(to - from);
  for (let index = from + step; index !== to; index += step) cells[index] = cells[index] === " " ? line : "┼";
  cells[from] = "●";
  cells[to - step] = step > 0 ? ">" : "<";
}

function center(text: string, width: number): string {
  const left = Math.max(Math.floor((width - text.length) / 2) + 1, 0);
  return `${" ".repeat(left)}${text}`.padEnd(width);
}
