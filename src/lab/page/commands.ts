/// <reference lib="dom" />
// All that can be done by hand, each with its key: the keyboard, the buttons and the help are made from this one list.
import type { LabAct, LetterVerb } from "../model/act.ts";
import { nameOf } from "../model/letters.ts";
import type { NodeView } from "../model/node_view.ts";
import type { App } from "./app.ts";

/** Something that can be done. */
export interface Command {
  /** Its key, as the help shows it. */
  readonly key: string;
  /** What it does. */
  readonly label: string;
  /** What has to be picked for it. */
  readonly for: "node" | "letter" | "link" | "time";
  /** Does it, if it is possible now. */
  run(app: App): void;
}

/** How much slower a slow link is. */
const SLOW_FACTOR = 8;

/** The commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  { key: "Space", label: "play or stop", for: "time", run: (app) => app.toggle() },
  { key: "→", label: "one moment on", for: "time", run: (app) => app.step(1) },
  { key: "←", label: "one moment back", for: "time", run: (app) => app.step(-1) },
  { key: "Shift+→", label: "on to the next decision", for: "time", run: (app) => app.stepDecision(1) },
  { key: "Shift+←", label: "back to the last decision", for: "time", run: (app) => app.stepDecision(-1) },
  { key: "Home", label: "to the start", for: "time", run: (app) => app.seek(0) },
  { key: "End", label: "to the last moment", for: "time", run: (app) => app.seek(Infinity) },
  { key: "Z", label: "back before your last act", for: "time", run: (app) => app.undo() },
  { key: "N", label: "pick the next datagram", for: "time", run: (app) => pickLetter(app, 1) },
  { key: "M", label: "pick the datagram before", for: "time", run: (app) => pickLetter(app, -1) },
  { key: "L", label: "pick the next link", for: "time", run: pickLink },
  { key: "Enter", label: "deliver", for: "letter", run: (app) => toLetter(app, "deliver") },
  { key: "D", label: "drop", for: "letter", run: (app) => toLetter(app, "drop") },
  { key: "U", label: "duplicate", for: "letter", run: (app) => toLetter(app, "duplicate") },
  { key: "H", label: "hold or let go", for: "letter", run: holdOrRelease },
  { key: "K", label: "crash or start", for: "node", run: crashOrStart },
  {
    key: "P",
    label: "power cut",
    for: "node",
    run: (app) => onNode(app, ({ uid }) => ({ kind: "crash", uid, saved: false })),
  },
  { key: "W", label: "wipe the disk", for: "node", run: (app) => onNode(app, ({ uid }) => ({ kind: "wipe", uid })) },
  {
    key: "R",
    label: "flip a bit on its disk",
    for: "node",
    run: (app) => onNode(app, ({ uid }) => ({ kind: "rot", uid })),
  },
  { key: "Y", label: "clock: twice, half, usual", for: "node", run: skew },
  {
    key: "B",
    label: "pause or go on",
    for: "node",
    run: (app) => onNode(app, ({ uid, paused }) => ({ kind: paused ? "resume" : "pause", uid })),
  },
  {
    key: "S",
    label: "stall or mend the disk",
    for: "node",
    run: (app) => onNode(app, ({ uid, disk }) => ({ kind: disk.hung ? "mend_disk" : "hang_disk", uid })),
  },
  { key: "F", label: "let a save end", for: "node", run: (app) => onNode(app, ({ uid }) => ({ kind: "saved", uid })) },
  { key: "T", label: "let the next timer go off", for: "node", run: nextTimer },
  { key: "I", label: "cut off or mend all its links", for: "node", run: isolate },
  { key: "X", label: "cut or mend, both ways", for: "link", run: (app) => cutOrMend(app, true) },
  { key: "O", label: "cut or mend, one way", for: "link", run: (app) => cutOrMend(app, false) },
  { key: "G", label: "slow or usual", for: "link", run: slowOrUsual },
];

/** The command of a key, as the browser names it. */
export function commandOf({ key, shiftKey }: KeyboardEvent): Command | undefined {
  const names: Readonly<Record<string, string>> = { " ": "Space", ArrowRight: "→", ArrowLeft: "←" };
  const name = names[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  return COMMANDS.find((command) =>
    command.key === (shiftKey && name.length === 1 && !/[A-Z]/.test(name) ? `Shift+${name}` : name)
  );
}

function toLetter(app: App, kind: LetterVerb): void {
  const letter = app.selectedLetter;
  if (letter === null) return app.say("Pick a datagram first: N picks the next one.");
  app.act({ kind, letter: nameOf(letter) });
  // By hand one thing follows the other: the next datagram is at hand.
  if (kind !== "hold" && kind !== "duplicate" && app.timeline.setup.byHand) pickLetter(app, 1);
}

function holdOrRelease(app: App): void {
  const letter = app.selectedLetter;
  toLetter(app, letter !== null && letter.dueMs === null && !app.timeline.setup.byHand ? "release" : "hold");
}

function onNode(app: App, act: (node: NodeView) => LabAct | null): void {
  const { selection } = app;
  const node = selection?.kind === "node" ? app.moment.nodes.get(selection.uid) : undefined;
  if (node === undefined) return app.say("Pick a node first: 1, 2, 3 pick them.");
  const what = act(node);
  if (what !== null) app.act(what);
}

function crashOrStart(app: App): void {
  onNode(app, ({ uid, up }) => up ? { kind: "crash", uid, saved: true } : { kind: "restart", uid });
}

/** Twice the true rate, then half of it, then as it should be. */
function skew(app: App): void {
  onNode(app, ({ uid, clockRate }) => ({ kind: "skew", uid, rate: clockRate === 1 ? 2 : clockRate > 1 ? 0.5 : 1 }));
}

function nextTimer(app: App): void {
  onNode(app, ({ uid, timers }) => {
    const next = timers[0];
    if (next === undefined) app.say(`${uid} has set no timer.`);
    return next === undefined ? null : { kind: "timer", uid, name: next.name };
  });
}

/** Cuts off the node that is picked, or mends all its links. */
function isolate(app: App): void {
  const { selection, moment } = app;
  if (selection?.kind !== "node") return app.say("Pick a node first: 1, 2, 3 pick them.");
  const links = [...moment.nodes.keys()].filter((uid) => uid !== selection.uid)
    .flatMap((uid) => [[selection.uid, uid], [uid, selection.uid]] as const);
  const isCutOff = links.every(([from, to]) => moment.cuts.has(`${from}>${to}`));
  for (const [from, to] of links) {
    if (app.moment.cuts.has(`${from}>${to}`) === isCutOff) app.act({ kind: isCutOff ? "mend" : "cut", from, to });
  }
}

function cutOrMend(app: App, bothWays: boolean): void {
  const { selection } = app;
  if (selection?.kind === "node") return isolate(app);
  if (selection?.kind !== "link") return app.say("Pick a link first: L picks the next one.");
  const { from, to } = selection;
  const mends = app.moment.cuts.has(`${from}>${to}`);
  for (const [a, b] of bothWays ? [[from, to], [to, from]] as const : [[from, to]] as const) {
    if (app.moment.cuts.has(`${a}>${b}`) === mends) app.act({ kind: mends ? "mend" : "cut", from: a, to: b });
  }
}

function slowOrUsual(app: App): void {
  const { selection, moment } = app;
  if (selection?.kind !== "link") return app.say("Pick a link first: L picks the next one.");
  const { from, to } = selection;
  app.act({ kind: "slow", from, to, factor: moment.slow.has(`${from}>${to}`) ? 1 : SLOW_FACTOR });
}

function pickLetter(app: App, by: 1 | -1): void {
  const { flying, selection } = app;
  if (flying.length === 0) return app.say("No datagram is on its way.");
  const at = selection?.kind === "letter" ? flying.findIndex(({ number }) => number === selection.number) : -1;
  const next = flying[(at + by + flying.length + (at < 0 && by < 0 ? 1 : 0)) % flying.length]!;
  app.select({ kind: "letter", number: next.number });
}

function pickLink(app: App): void {
  const uids = [...app.moment.nodes.keys()];
  const links = uids.flatMap((from) => uids.filter((to) => to !== from).map((to) => ({ from, to })));
  const { selection } = app;
  const at = selection?.kind === "link"
    ? links.findIndex(({ from, to }) => from === selection.from && to === selection.to)
    : -1;
  app.select({ kind: "link", ...links[(at + 1) % links.length]! });
}
