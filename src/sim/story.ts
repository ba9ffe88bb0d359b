// What a failing seed prints: how to see it again, the few events that matter, and the rule that they break.
import { describeDatagram, describeHost } from "./describe.ts";
import { describeOperation } from "./checkers/history.ts";
import { drawDiagram, PLAIN_STYLE, type Style } from "./diagram.ts";
import type { Violation } from "./events.ts";
import { Replay } from "./replay.ts";
import type { Schedule } from "./schedule.ts";
import type { Shrunk } from "./shrink.ts";
import type { Subject } from "./storm.ts";

/** What a story is about. */
export interface Plot {
  /** How the run came about: seed and parameters. */
  readonly title: string;
  /** The command that shows it again. */
  readonly command: string;
  /** The run, shrunk. */
  readonly shrunk: Pick<Shrunk, "schedule" | "violation" | "cutShort">;
  /** Whether the run is the shortest that there is, found by trying all, and not what shrinking has left. */
  readonly isShortest?: boolean;
  /** The cluster that it happened to. */
  readonly subject: Subject;
  /** The rule that is off, and the same cluster with the rule in place; `null` where no rule was taken away on purpose. */
  readonly off: { readonly rule: string; readonly control: Subject } | null;
}

/** What each checker stands for. */
export const RULES: Readonly<Record<Violation["kind"], string>> = {
  agreement: "no instance ever decides two values",
  validity: "only a value that somebody has proposed is ever chosen",
  promises: "an acceptor keeps its promises, over crashes and over links",
  proposals: "a proposal has one value: never two under one ID for one instance",
  chain: "every node's value is what the chosen links amount to, and no node goes back",
  "exactly-once": "no write is applied twice",
  mastership: "at no moment are two nodes master",
  linearizability: "clients cannot tell the nodes from one register that answers one request after the other",
  liveness: "when the faults are over a new value is chosen soon, and all nodes agree",
  error: "a node takes every input without an error, and its peers can read what it sends",
};

/** Where two clusters part that are given the same schedule. */
export interface Parting {
  /** The event, by ID; 0 is the start. */
  readonly event: number;
  /** What the first does there that the second does not, in words. */
  readonly first: string;
  /** What the second does instead. */
  readonly second: string;
}

/** The same schedule with the rule in place. */
export interface ControlVerdict {
  /** What a checker has against it: nothing, if the rule is what matters. */
  readonly violation: Violation | null;
  /** Where the rule makes the difference; `null` if nowhere before the end of the schedule. */
  readonly parting: Parting | null;
}

/** Plays the schedule to the cluster with the rule off and to the one with the rule in place, side by side. */
export function compareWithControl(schedule: Schedule, subject: Subject, control: Subject): ControlVerdict {
  const [without, with_] = [new Replay(schedule, subject), new Replay(schedule, control)];
  let parting = findParting(0, without, with_);
  for (const event of schedule.events) {
    without.step(event);
    with_.step(event);
    parting ??= findParting(event.id, without, with_);
  }
  return { violation: with_.finish(), parting };
}

function findParting(event: number, a: Replay, b: Replay): Parting | null {
  for (const [uid, host] of a.world.hosts) {
    const [first, second] = [host, b.world.hosts.get(uid)!].map(describeHost);
    if (first !== second) return { event, first: `${uid}: ${first}`, second: `${uid}: ${second}` };
  }
  const [first, second] = [listSent(a), listSent(b)];
  if (first !== second) return { event, first, second };
  const [told, wanted] = [listAnswers(a), listAnswers(b)];
  if (told !== wanted) return { event, first: told, second: wanted };
  const [set, kept] = [listTimers(a), listTimers(b)];
  return set === kept ? null : { event, first: set, second: kept };
}

function listSent({ sent }: Replay): string {
  const list = sent.map(({ from, to, text }) => `${from} to ${to} ${describeDatagram(text)}`);
  return list.length === 0 ? "nothing is sent" : `sent: ${list.join("; ")}`;
}

function listAnswers({ world }: Replay): string {
  return `clients: ${world.history.map(describeOperation).join("; ")}`;
}

function listTimers({ world }: Replay): string {
  const list = [...world.hosts.keys()].map((uid) =>
    `${uid} ${[...world.timers(uid).keys()].sort().join(", ") || "none"}`
  );
  return `timers: ${list.join("; ")}`;
}

/** The story, line by line. */
export function tellStory(plot: Plot, style: Style = PLAIN_STYLE): string[] {
  const { title, command, shrunk: { schedule, violation }, subject, off } = plot;
  const count = schedule.events.length;
  const lines = [
    style.escape(title),
    `To see it again: ${style.escape(command)}`,
    "",
    `${lengthOf(plot)}. ${legend(schedule)}`,
    "",
    ...(count === 0 ? ["Nothing has to happen before the calm."] : drawDiagram(schedule, subject, style)),
  ];
  if (schedule.judge === "liveness") {
    lines.push("", "Then comes the calm: all is mended, every datagram arrives, every save ends.");
  }
  lines.push("", style.red(style.escape(`${violation.kind}: ${violation.message}`)));
  lines.push(`The rule that is broken: ${RULES[violation.kind]}.`);
  if (off !== null) {
    lines.push(
      `The rule that is off: ${style.escape(off.rule)}.`,
      ...tellControl(schedule, subject, off.control, style),
    );
  }
  return lines;
}

function lengthOf({ shrunk: { schedule, cutShort }, isShortest }: Plot): string {
  const count = schedule.events.length;
  const events = `${count} event${count === 1 ? "" : "s"}`;
  if (isShortest) return `There is no shorter way: ${events}`;
  return `Shrunk to ${events}${cutShort ? ", where the time for shrinking was over" : ""}`;
}

function tellControl(schedule: Schedule, subject: Subject, control: Subject, style: Style): string[] {
  const { violation, parting } = compareWithControl(schedule, subject, control);
  const verdict = violation === null
    ? "With the rule in place the same events break nothing."
    : `With the rule in place the same events still break something: ${violation.message}`;
  if (parting === null) {
    const where = schedule.judge === "liveness"
      ? "Up to the last event it makes no difference, in the calm it does."
      : "It makes no difference to states, datagrams, answers and timers, but to what a node says that it has learned.";
    return [`${where} ${style.escape(verdict)}`];
  }
  const where = parting.event === 0 ? "From the start" : `At event ${parting.event}`;
  return [
    `${where} the rule makes the difference:`,
    style.escape(`  without it  ${parting.first}`),
    style.escape(`  with it     ${parting.second}`),
    style.escape(verdict),
  ];
}

const TAKE_NO_EVENT = {
  saves: "a save",
  hellos: "a hello",
  clients: "what clients and nodes say to each other",
} as const;

function legend({ shortcuts }: Schedule): string {
  const what = (["saves", "hellos", "clients"] as const).filter((name) => shortcuts.includes(name));
  const silent = what.map((name) => TAKE_NO_EVENT[name]).join(", ");
  return `@0 is instance 0; what is not delivered is lost${silent === "" ? "" : `; these take no event: ${silent}`}.`;
}
