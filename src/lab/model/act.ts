// What a learner can do to a run, and how it is written: one act a line, for share links, exported tests and winning acts.
import type { ClientOperation, WorldEvent } from "../../sim/events.ts";

/** Names a datagram by what it is, so that the same acts can be done to another cluster. */
export interface LetterName {
  /** The sender. */
  readonly from: string;
  /** The receiver. */
  readonly to: string;
  /** The type of its message. */
  readonly type: string;
  /** The moment at which it was sent; 0 is the start. */
  readonly sentBy: number;
}

/** What can be done to one datagram. */
export type LetterVerb = "deliver" | "drop" | "duplicate" | "hold" | "release";

/** What can be done; what the network does by itself is written in the same words. */
export type LabAct =
  | Exclude<WorldEvent, { readonly datagram: number }>
  | { readonly kind: LetterVerb; readonly letter: LetterName }
  /** The datagram arrives at that time, in milliseconds. */
  | { readonly kind: "delay"; readonly letter: LetterName; readonly untilMs: number }
  /** What is sent over the link takes so many times as long. */
  | { readonly kind: "slow"; readonly from: string; readonly to: string; readonly factor: number };

/** An act at its place in a run. */
export interface PlacedAct {
  /** After so many moments of the run. */
  readonly after: number;
  /** At this time, in milliseconds of virtual time. */
  readonly atMs: number;
  /** What is done. */
  readonly act: LabAct;
}

const LETTER_VERBS: readonly string[] = ["deliver", "drop", "duplicate", "hold", "release"];
const MACHINE_VERBS = [
  "crash",
  "restart",
  "pause",
  "resume",
  "saved",
  "rot",
  "wipe",
  "hang_disk",
  "mend_disk",
] as const;

/** One line: `B>A promise 3` delivers the promise that was sent at moment 3; `power B`; `call 0 A write "x"`. */
export function formatAct(act: LabAct): string {
  switch (act.kind) {
    case "deliver":
      return formatLetter(act.letter);
    case "drop":
    case "duplicate":
    case "hold":
    case "release":
      return `${act.kind} ${formatLetter(act.letter)}`;
    case "delay":
      return `delay ${formatLetter(act.letter)} ${act.untilMs}`;
    case "slow":
      return `slow ${act.from}>${act.to} ${act.factor}`;
    case "cut":
    case "mend":
      return `${act.kind} ${act.from}>${act.to}`;
    case "skew":
      return `skew ${act.uid} ${act.rate}`;
    case "timer":
      return `timer ${act.uid} ${act.name}`;
    case "call":
      return `call ${act.client} ${act.uid} ${formatOperation(act.operation)}`;
    case "retry":
      return `retry ${act.client} ${act.uid}`;
    case "give_up":
      return `give_up ${act.client}`;
    case "crash":
      return act.saved === undefined ? `fail ${act.uid}` : `${act.saved ? "crash" : "power"} ${act.uid}`;
    default:
      return `${act.kind} ${act.uid}`;
  }
}

/** Reads such a line. Throws a `SyntaxError` for any other text. */
export function parseAct(line: string): LabAct {
  const act = tryParse(line);
  if (act === null) throw new SyntaxError(`${JSON.stringify(line)} is no act: use lines that the lab has written`);
  return act;
}

/** One line, with its place where it is not the one that follows from the line's: `14@250.5 power B`. */
export function formatPlaced({ after, atMs, act }: PlacedAct, usual: Pick<PlacedAct, "after" | "atMs">): string {
  const place = after === usual.after && atMs === usual.atMs ? "" : `${after}@${atMs} `;
  return place + formatAct(act);
}

/** Reads such a line. */
export function parsePlaced(line: string, usual: Pick<PlacedAct, "after" | "atMs">): PlacedAct {
  const place = /^(\d+)@(\d+(?:\.\d+)?) (.*)$/.exec(line);
  if (place === null) return { ...usual, act: parseAct(line) };
  return { after: Number(place[1]), atMs: Number(place[2]), act: parseAct(place[3]!) };
}

function formatLetter({ from, to, type, sentBy }: LetterName): string {
  return `${from}>${to} ${type} ${sentBy}`;
}

function formatOperation(operation: ClientOperation): string {
  if (operation.type === "read") return "read";
  const value = JSON.stringify(operation.value);
  return operation.type === "write" ? `write ${value}` : `cas ${JSON.stringify(operation.expected)} ${value}`;
}

function tryParse(line: string): LabAct | null {
  const [verb = "", ...rest] = line.split(" ");
  const [first = "", second = ""] = rest;
  if (verb.includes(">")) return letterAct("deliver", line);
  if (LETTER_VERBS.includes(verb)) return letterAct(verb as LetterVerb, rest.join(" "));
  const machine = MACHINE_VERBS.find((kind) => kind === verb);
  switch (verb) {
    case "delay": {
      const letter = parseLetter(rest.slice(0, -1).join(" "));
      const untilMs = Number(rest.at(-1));
      return letter === null || !Number.isFinite(untilMs) ? null : { kind: "delay", letter, untilMs };
    }
    case "slow": {
      const link = parseLink(first);
      return link === null || !(Number(second) > 0) ? null : { kind: "slow", ...link, factor: Number(second) };
    }
    case "cut":
    case "mend": {
      const link = parseLink(first);
      return link === null ? null : { kind: verb, ...link };
    }
    case "timer":
      return isName(first) && second !== "" ? { kind: "timer", uid: first, name: second } : null;
    case "skew":
      return isName(first) && Number(second) > 0 ? { kind: "skew", uid: first, rate: Number(second) } : null;
    case "retry":
      return isClient(first) && isName(second) ? { kind: "retry", client: Number(first), uid: second } : null;
    case "give_up":
      return isClient(first) ? { kind: "give_up", client: Number(first) } : null;
    case "call":
      return isClient(first) && isName(second) ? parseCall(Number(first), second, rest.slice(2).join(" ")) : null;
    case "power":
    case "fail":
    case "crash":
      if (!isName(first)) return null;
      return { kind: "crash", uid: first, ...(verb !== "fail" && { saved: verb === "crash" }) };
    default:
      return machine === undefined || !isName(first) ? null : { kind: machine, uid: first };
  }
}

function letterAct(kind: LetterVerb, text: string): LabAct | null {
  const letter = parseLetter(text);
  return letter && { kind, letter };
}

function parseLetter(text: string): LetterName | null {
  const parts = /^([\w-]+)>([\w-]+) (\w+) (\d+)$/.exec(text);
  return parts && { from: parts[1]!, to: parts[2]!, type: parts[3]!, sentBy: Number(parts[4]) };
}

function parseLink(text: string): { readonly from: string; readonly to: string } | null {
  const parts = /^([\w-]+)>([\w-]+)$/.exec(text);
  return parts && { from: parts[1]!, to: parts[2]! };
}

function parseCall(client: number, uid: string, text: string): LabAct | null {
  if (text === "read") return { kind: "call", client, uid, operation: { type: "read" } };
  const write = /^write (".*")$/.exec(text);
  if (write !== null) return { kind: "call", client, uid, operation: { type: "write", value: JSON.parse(write[1]!) } };
  const swap = /^cas (null|"(?:[^"\\]|\\.)*") (".*")$/.exec(text);
  if (swap === null) return null;
  const [expected, value] = [JSON.parse(swap[1]!), JSON.parse(swap[2]!)];
  return { kind: "call", client, uid, operation: { type: "compareAndSet", expected, value } };
}

function isName(text: string): boolean {
  return /^[\w-]+$/.test(text);
}

function isClient(text: string): boolean {
  return /^\d+$/.test(text);
}
