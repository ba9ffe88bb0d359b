// What makes a run simpler in one stroke: each of these is tried by the shrinker, and kept if the violation is still there.
import type { Act, Letter, Schedule, ScheduledEvent } from "./schedule.ts";
import { letterType } from "./schedule.ts";
import { askAnew, askWhenHeard, clientForEachCall, nobodyAsks } from "./simplify_clients.ts";
import type { Shortcut } from "./world_options.ts";

/** A schedule made simpler; `null` where there is nothing to do. */
export type Variant = (schedule: Schedule) => Schedule | null;

const SHORTCUTS: readonly Shortcut[] = ["saves", "hellos", "clients"];

/** A cluster has this many nodes at least. */
const FEWEST_NODES = 3;

/** Cuts that leave out much at once. */
export const cuts: readonly ((schedule: Schedule) => readonly Variant[])[] = [
  // What the calm shows by itself needs nothing before it.
  () => [(schedule) => ({ ...schedule, events: [] })],
  () => [(schedule) => takeShortcuts(schedule, SHORTCUTS), ...SHORTCUTS.map(takeShortcut)],
  () => [clientForEachCall, ...(["last", "first", "each", "apart"] as const).map(askWhenHeard)],
  askAnew,
  nobodyAsks,
  (schedule) => clustersWithin(schedule).map((uids) => (current) => onlyNodes(current, uids)),
  (schedule) =>
    distinct(schedule.events.map(({ act }) => labelOf(act))).map((label) => (current) =>
      without(current, (act) => labelOf(act) === label)
    ),
  (schedule) => schedule.hosts.map(({ uid }) => (current) => without(current, (act) => namesOf(act).includes(uid))),
  () => [onlyOnce],
];

/** What makes a short schedule easier to read. */
export const tidyings: readonly ((schedule: Schedule) => readonly Variant[])[] = [
  () => [trueClocks, (schedule) => ({ ...schedule, calmFromMs: 0 })],
  () => [(schedule) => everyMs(schedule, 100), (schedule) => everyMs(schedule, 1)],
  () => [shortValues],
  () => [fewestClients, firstNames],
  () => [renumbered],
];

function takeShortcut(shortcut: Shortcut): Variant {
  return (schedule) => takeShortcuts(schedule, [shortcut]);
}

/** Lets happen by itself what needs no event. */
function takeShortcuts(schedule: Schedule, wanted: readonly Shortcut[]): Schedule | null {
  const taken = wanted.filter((shortcut) => !schedule.shortcuts.includes(shortcut));
  if (taken.length === 0) return null;
  const rest = without(schedule, (act) => taken.includes(shortcutOf(act)!));
  return { ...(rest ?? schedule), shortcuts: [...schedule.shortcuts, ...taken] };
}

function shortcutOf(act: Act): Shortcut | null {
  if (act.kind === "saved") return "saves";
  if (act.kind === "retry") return "clients";
  if (act.kind !== "deliver") return null;
  const type = letterType(act.letter);
  if (type === "hello") return "hellos";
  return type === "request" || type === "response" ? "clients" : null;
}

/** All smaller clusters of some of the nodes, the smallest first. */
function clustersWithin({ hosts }: Schedule): string[][] {
  let all: string[][] = [[]];
  for (const { uid } of hosts) all = [...all, ...all.map((uids) => [...uids, uid])];
  return all.filter(({ length }) => length >= FEWEST_NODES && length < hosts.length).sort((a, b) =>
    a.length - b.length
  );
}

function onlyNodes(schedule: Schedule, uids: readonly string[]): Schedule | null {
  if (uids.length >= schedule.hosts.length || !uids.every((uid) => schedule.hosts.some((host) => host.uid === uid))) {
    return null;
  }
  const gone = schedule.hosts.map(({ uid }) => uid).filter((uid) => !uids.includes(uid));
  const rest = without(schedule, (act) => namesOf(act).some((name) => gone.includes(name)));
  return { ...(rest ?? schedule), hosts: schedule.hosts.filter(({ uid }) => uids.includes(uid)) };
}

function onlyOnce(schedule: Schedule): Schedule | null {
  if (!schedule.events.some(({ act }) => act.kind === "deliver" && act.again)) return null;
  return changedAll(schedule, (act) => act.kind === "deliver" ? { ...act, again: false } : act);
}

function trueClocks(schedule: Schedule): Schedule {
  return { ...schedule, hosts: schedule.hosts.map((host) => ({ ...host, clock: { rate: 1, offsetMs: 0 } })) };
}

/** One event after the other; only what waits for a timer takes longer. */
function everyMs(schedule: Schedule, stepMs: number): Schedule {
  return { ...schedule, events: schedule.events.map((event, index) => ({ ...event, atMs: index * stepMs })) };
}

/** `x`, `y` and so on in place of the values that clients set. */
function shortValues(schedule: Schedule): Schedule {
  const names = ["x", "y", "z", "u", "v", "w"];
  let count = 0;
  return changedAll(schedule, (act) => {
    if (act.kind !== "call" || act.operation.type !== "write") return act;
    const value = names[count] ?? `v${count}`;
    count++;
    return { ...act, operation: { type: "write", value } };
  });
}

/** The clients that ask something, numbered from 0. */
function fewestClients(schedule: Schedule): Schedule {
  const used = distinct(schedule.events.flatMap(({ act }) => act.kind === "call" ? [act.client] : []));
  const renamed = changedAll(schedule, (act) => "client" in act ? { ...act, client: used.indexOf(act.client) } : act);
  return { ...renamed, clients: used.length };
}

/** The nodes named from A on, in the order in which they were. */
function firstNames(schedule: Schedule): Schedule {
  const names = new Map(schedule.hosts.map(({ uid }, index) => [uid, String.fromCharCode("A".charCodeAt(0) + index)]));
  const name = (uid: string): string => names.get(uid) ?? uid;
  const hosts = schedule.hosts.map((host) => ({ ...host, uid: name(host.uid) }));
  return changedAll({ ...schedule, hosts }, (act) => {
    if (act.kind === "deliver") {
      return { ...act, letter: { ...act.letter, from: name(act.letter.from), to: name(act.letter.to) } };
    }
    if ("from" in act) return { ...act, from: name(act.from), to: name(act.to) };
    return "uid" in act ? { ...act, uid: name(act.uid) } : act;
  });
}

/** Event IDs from 1 on. */
function renumbered(schedule: Schedule): Schedule {
  const ids = new Map(schedule.events.map(({ id }, index) => [id, index + 1]));
  const letter = (of: Letter): Letter => ({ ...of, sentBy: ids.get(of.sentBy) ?? 0 });
  const events =
    changedAll(schedule, (act) => act.kind === "deliver" ? { ...act, letter: letter(act.letter) } : act).events;
  return { ...schedule, events: events.map((event, index) => ({ ...event, id: index + 1 })) };
}

/** What sort of thing happens. */
function labelOf(act: Act): string {
  if (act.kind === "deliver") return `deliver ${letterType(act.letter)}`;
  if (act.kind === "timer") return `timer ${act.name}`;
  return act.kind === "call" ? `call ${act.operation.type}` : act.kind;
}

function namesOf(act: Act): readonly string[] {
  if (act.kind === "deliver") return [act.letter.from, act.letter.to];
  if ("from" in act) return [act.from, act.to];
  return "uid" in act ? [act.uid] : [];
}

function without(schedule: Schedule, dropped: (act: Act) => boolean): Schedule | null {
  const events = schedule.events.filter(({ act }) => !dropped(act));
  return events.length === schedule.events.length ? null : { ...schedule, events };
}

function changedAll(schedule: Schedule, change: (act: Act) => Act): Schedule {
  return { ...schedule, events: schedule.events.map((event) => changed(event, change)) };
}

function changed(event: ScheduledEvent, change: (act: Act) => Act): ScheduledEvent {
  return { ...event, act: change(event.act) };
}

function distinct<T>(list: readonly T[]): T[] {
  return [...new Set(list)];
}
