// What a moment is called, in words.
import { decodeLink, describeLink } from "../../replica/link.ts";
import { describeAct, describeDatagram, describeValue } from "../../sim/describe.ts";
import type { RecordedOperation } from "../../sim/checkers/history.ts";
import type { LabAct } from "./act.ts";
import type { Moment } from "./moment.ts";

/** What an act is called: `C cannot reach A any more`. */
export function describeLabAct(act: LabAct): string {
  switch (act.kind) {
    case "deliver":
    case "drop":
    case "duplicate":
    case "hold":
    case "release": {
      const { from, to, type } = act.letter;
      return `${LETTER_WORDS[act.kind]} ${type.replace("_", " ")} from ${from} to ${to}`;
    }
    case "delay":
      return `delay ${act.letter.type} from ${act.letter.from} to ${act.letter.to} until ${Math.round(act.untilMs)} ms`;
    case "slow":
      return act.factor === 1
        ? `${act.from} to ${act.to} is as fast as usual again`
        : `${act.from} to ${act.to} is ${act.factor} times as slow`;
    case "crash":
      return act.saved === false ? `the power of ${act.uid} fails` : `${act.uid} crashes`;
    default:
      return describeAct(act);
  }
}

const LETTER_WORDS = { deliver: "deliver", drop: "drop", duplicate: "duplicate", hold: "hold", release: "let go" };

/** What happened: `B receives from A: prepare 1.A @0`. With `all`, and what it has changed. */
export function describeMoment({ act, letter, notes }: Moment, all: boolean = false): string {
  const what = act === null ? "the machines start" : describeHappening(act, letter?.text ?? null);
  return all && notes.length > 0 ? `${what}: ${notes.join("; ")}` : what;
}

function describeHappening(act: LabAct, text: string | null): string {
  if (!("letter" in act) || text === null) return describeLabAct(act);
  const { from, to } = act.letter;
  const says = describeDatagram(text);
  return act.kind === "deliver" ? `${to} receives from ${from}: ${says}` : `${describeLabAct(act)} (${says})`;
}

/** What a link sets, in few letters: a value, or a crown and the node that is granted the lease. */
export function shortLink(link: string, length: number): string {
  const { grantedTo } = decodeLink(link);
  const text = grantedTo === null ? describeLink(link) : `♔ ${grantedTo}`;
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** What a client asked: `set "x"`. */
export function describeAsked({ operation }: RecordedOperation): string {
  if (operation.type === "read") return "read";
  if (operation.type === "write") return `set ${describeValue(operation.value)}`;
  return `set ${describeValue(operation.value)} if it is ${describeValue(operation.expected)}`;
}

/** What it was told: `chosen @3`, `waits`. */
export function describeTold({ outcome, return: end }: RecordedOperation): string {
  switch (outcome.type) {
    case "chosen":
      return `chosen${typeof outcome.instanceNumber === "number" ? ` @${outcome.instanceNumber}` : ""}`;
    case "not_chosen":
      return "not chosen";
    case "ok":
      return describeValue(outcome.value);
    case "unknown":
      return end === null ? "waits" : "unknown";
  }
}
