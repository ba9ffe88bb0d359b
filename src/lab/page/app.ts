/// <reference lib="dom" />
import type { LabAct } from "../model/act.ts";
import { type Branch, Branches } from "../model/branches.ts";
import { HAND_MS } from "../model/course.ts";
import { type FlyingLetter, nameOf } from "../model/letters.ts";
import type { Moment } from "../model/moment.ts";
import type { Shared } from "../model/share.ts";
import type { LiveRun } from "../live/live_run.ts";
import type { Run } from "../model/run.ts";
import { describeLabAct } from "../model/words.ts";

/** What is picked. */
export type Selection =
  | { readonly kind: "node"; readonly uid: string }
  | { readonly kind: "link"; readonly from: string; readonly to: string }
  | { readonly kind: "letter"; readonly number: number };

/** How far a search for the next decision goes, in moments. */
const DECISION_HORIZON = 3000;

/** What the page shows, and what can be done with it. Views draw it; they keep nothing of it. */
export class App {
  /** The futures that were tried. */
  branches: Branches;
  /** The moment that is seen. */
  index = 0;
  /** The time that is seen: not before the moment, not after the next one; in milliseconds. */
  ms = 0;
  /** Whether time goes on by itself. */
  playing = false;
  /** How fast. */
  speed = 1;
  /** What is picked. */
  selection: Selection | null = null;
  /** The branch that the current one is compared with. */
  comparedWith: Branch | null = null;
  /** The real cluster that is seen, if one is. */
  live: LiveRun | null = null;
  /** What there is to say about the last thing that was tried. */
  notice = "";
  #listeners: (() => void)[] = [];
  #watchers: ((moment: Moment) => void)[] = [];

  /** Begins with a run. */
  constructor(shared: Shared) {
    this.branches = new Branches(shared.script);
    this.load(shared);
  }

  /** Calls back after every change. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Calls back for each moment that comes: by itself, or as an act. */
  onMoment(watcher: (moment: Moment) => void): void {
    this.#watchers.push(watcher);
  }

  /** Tells all who draw. */
  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Begins anew with another run. */
  load({ script, index }: Shared): void {
    this.branches = new Branches(script);
    this.playing = false;
    this.selection = null;
    this.comparedWith = null;
    this.notice = "";
    this.timeline.extendTo(Math.max(index, script.acts.at(-1)?.after ?? 0));
    this.seek(index);
  }

  /** The run that is seen. */
  get timeline(): Run {
    return this.live ?? this.branches.timeline;
  }

  /** Shows a real cluster from now on, as it happens. */
  watch(live: LiveRun): void {
    this.live = live;
    this.index = live.last.index;
    this.playing = true;
    this.changed();
  }

  /** The moment that is seen. */
  get moment(): Moment {
    return this.timeline.moments[this.index]!;
  }

  /** Whether nothing after the moment is known yet. */
  get atEdge(): boolean {
    return this.index >= this.timeline.last.index;
  }

  /** The datagrams on their way. */
  get flying(): readonly FlyingLetter[] {
    return this.timeline.flying(this.index);
  }

  /** When the next moment comes; `null` if there is none. */
  get nextMs(): number | null {
    return this.timeline.moments[this.index + 1]?.atMs ?? this.timeline.nextMs;
  }

  /** Goes to a moment, which has been. */
  seek(index: number): void {
    this.index = Math.max(0, Math.min(index, this.timeline.last.index));
    this.ms = this.moment.atMs;
    this.changed();
  }

  /** Goes on, or back, by one moment. */
  step(by: 1 | -1): void {
    this.playing = false;
    if (by === 1 && !this.advance()) {
      this.notice = this.timeline.setup.byHand
        ? "Nothing happens by itself here: pick a datagram and deliver it (Enter), or let something fail."
        : "The run ends here.";
    }
    this.seek(this.index + (by === -1 ? -1 : 0));
  }

  /** Lets the next moment come; `false` if there is none. */
  advance(): boolean {
    if (this.atEdge && this.timeline.extend() === null) return false;
    this.index++;
    this.ms = Math.max(this.ms, this.moment.atMs);
    this.notice = "";
    for (const watcher of this.#watchers) watcher(this.moment);
    return true;
  }

  /** Goes to the next moment, or the one before, at which an instance was decided or learned. */
  stepDecision(by: 1 | -1): void {
    this.playing = false;
    const isDecision = (moment: Moment) => moment.decided.length > 0 || moment.violation !== null;
    if (by === -1) {
      const before = this.timeline.moments.slice(0, this.index).findLastIndex(isDecision);
      return this.seek(Math.max(before, 0));
    }
    for (let steps = 0; steps < DECISION_HORIZON && this.advance(); steps++) {
      if (isDecision(this.moment)) return this.seek(this.index);
    }
    this.notice = "No further decision comes by itself: propose something (C).";
    this.seek(this.index);
  }

  /** Plays, or stops. */
  toggle(): void {
    this.playing = !this.playing;
    if (this.playing && this.nextMs === null && this.live === null) this.step(1);
    this.changed();
  }

  /** The learner acts now. What was seen of another future is kept as a branch. */
  act(act: LabAct): void {
    if (this.live !== null) return this.say("This is a real cluster: the lab looks at it, and does nothing to it.");
    const { setup, hasPlans } = this.branches.timeline;
    const forks = !this.atEdge || hasPlans;
    const atMs = setup.byHand ? this.moment.atMs + HAND_MS : Math.round(this.ms * 100) / 100;
    this.index = this.branches.act(this.index, atMs, act, describeLabAct(act));
    this.ms = Math.max(this.ms, this.moment.atMs);
    this.notice = this.moment.possible ? "" : "That is not possible now.";
    if (forks && this.notice === "") this.notice = `A new branch: ${this.branches.current.title}.`;
    for (const watcher of this.#watchers) watcher(this.moment);
    this.changed();
  }

  /** Lets a datagram arrive after that moment instead: in another branch, from where it was sent on. */
  delay(letter: FlyingLetter, afterIndex: number): void {
    if (this.live !== null) return;
    const after = this.timeline.moments[Math.min(afterIndex, this.timeline.last.index)]!;
    const name = nameOf(letter);
    if (this.timeline.setup.byHand) {
      this.seek(afterIndex);
      return this.act({ kind: "deliver", letter: name });
    }
    const untilMs = Math.ceil(after.atMs * 100 + 1) / 100;
    if (letter.sentAt > this.index || letter.goneAt <= this.index) this.seek(letter.sentAt);
    this.act({ kind: "delay", letter: name, untilMs });
    this.timeline.extendTo(afterIndex + 2);
    this.seek(afterIndex + 2);
  }

  /** Goes back to before the last act. What followed it stays as it was, and another act makes a branch. */
  undo(): void {
    if (this.live !== null) return;
    this.playing = false;
    const last = this.timeline.moments.slice(0, this.index + 1).findLastIndex(({ byLearner }) => byLearner);
    if (last < 0) this.notice = "There is no act to undo.";
    else {
      this.seek(last - 1);
      this.notice = "Back before your last act. What followed it is kept: act otherwise, and it becomes a branch.";
    }
    this.changed();
  }

  /** Shows another branch, at the moment that is seen if it has one. */
  show(branch: Branch): void {
    this.branches.current = branch;
    this.playing = false;
    this.seek(Math.min(this.index, branch.timeline.last.index));
  }

  /** The same acts with another rule off. */
  setRule(rule: string | null): void {
    if (this.live !== null) return;
    const { index } = this;
    this.playing = false;
    this.branches.withRule(rule);
    this.seek(index);
  }

  /** Says something about what was tried. */
  say(notice: string): void {
    this.notice = notice;
    this.changed();
  }

  /** Picks something. */
  select(selection: Selection | null): void {
    this.selection = selection;
    this.changed();
  }

  /** The datagram that is picked, if it is on its way. */
  get selectedLetter(): FlyingLetter | null {
    const { selection } = this;
    if (selection?.kind !== "letter") return null;
    return this.flying.find(({ number }) => number === selection.number) ?? null;
  }
}
