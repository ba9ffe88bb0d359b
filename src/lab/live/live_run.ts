import { formatProposalId } from "../../paxos/proposal_id.ts";
import { describeChange } from "../../sim/describe.ts";
import { AgreementChecker } from "../../sim/checkers/agreement.ts";
import type { Violation } from "../../sim/events.ts";
import { decodeDatagram } from "../../wire/datagram.ts";
import { encodeUtf8 } from "../../wire/utf8.ts";
import type { LabAct } from "../model/act.ts";
import { type FlyingLetter, Letters, nameOf } from "../model/letters.ts";
import type { LiveEvent } from "./live_event.ts";
import type { CellChange, DecidedInstance, Moment } from "../model/moment.ts";
import type { LeaseSeen, NodeView } from "../model/node_view.ts";
import { Run } from "../model/run.ts";
import type { Script } from "../model/script.ts";
import { type Setup, setup } from "../model/setup.ts";

/** A real datagram is faster than an eye: it is seen on its way for so long, in milliseconds. */
const SEEN_MS = 700;

/** What has not arrived after this time is lost, in milliseconds. */
const LOST_AFTER_MS = 3000;

/** After so many moments a live run begins anew, or it would grow for ever. */
export const MOST_LIVE_MOMENTS = 4000;

const GONE = "it is gone, or cannot be reached";

/** What happens to a real cluster, written down as it is told. Nothing can be done to it. */
export class LiveRun extends Run {
  /** The moments, the start included. */
  override readonly moments: Moment[];
  /** What it is a function of. */
  override readonly script: Script = { scenario: "live", seed: 0, rule: null, acts: [] };
  /** What it began with. */
  override readonly setup: Setup;
  /** When the next moment comes; `null` if there is none yet. */
  override readonly nextMs = null;
  readonly #letters = new Letters();
  readonly #agreement: AgreementChecker;
  readonly #beganMs: number;
  /** When datagrams were told of by their receivers first, by what they are. */
  #early = new Map<string, number>();
  #nowMs = 0;
  #decided = 0;
  #numbers = 0;
  #violation: Violation | null = null;

  /** Of these nodes; times count from `beganMs` on, a wall clock's. `known` is what is known of some of them. */
  constructor(uids: readonly string[], beganMs: number, known: ReadonlyMap<string, NodeView> = new Map()) {
    super();
    this.#beganMs = beganMs;
    this.#agreement = new AgreementChecker(Math.floor(uids.length / 2) + 1);
    const usual = setup(3, 0, { clients: 0 });
    this.setup = { ...usual, machines: uids.map((uid) => ({ uid, clock: { rate: 1, offsetMs: 0 }, seed: 0 })) };
    const nodes = new Map(uids.map((uid) => [uid, known.get(uid) ?? unseen(uid)]));
    this.moments = [momentOf(0, 0, null, nodes)];
  }

  /** All datagrams. */
  override get letters(): readonly FlyingLetter[] {
    return this.#letters.all;
  }

  /** Lets the next moment come; `null` if there is none. */
  override extend(): null {
    return null;
  }

  /** What was sent of late is seen on its way, although it has arrived long since. */
  override flying(index: number): FlyingLetter[] {
    const { atMs } = this.moments[index]!;
    return this.seenAt(Math.max(atMs, index === this.last.index ? this.#nowMs : 0));
  }

  /** Time goes on, though nothing is told. `wallMs` is a wall clock's. */
  tick(wallMs: number): number {
    this.#nowMs = Math.max(this.#nowMs, wallMs - this.#beganMs);
    return this.#nowMs;
  }

  /** The datagrams that are seen on their way at that time. */
  seenAt(nowMs: number): FlyingLetter[] {
    const seen: FlyingLetter[] = [];
    for (let at = this.letters.length - 1; at >= 0; at--) {
      const letter = this.letters[at]!;
      if (letter.sentMs <= nowMs - 2 * SEEN_MS) break;
      if (letter.sentMs > nowMs - SEEN_MS && letter.sentMs <= nowMs) seen.push(letter);
    }
    return seen.reverse();
  }

  /** Takes note of what a node tells. */
  take(event: LiveEvent): void {
    const atMs = Math.max(event.atMs - this.#beganMs, this.last.atMs);
    this.tick(event.atMs);
    switch (event.event) {
      case "sent":
        return this.#sent(event.node, event.to, event.datagram, atMs);
      case "received":
        return this.#received(event.from, event.node, event.datagram, atMs);
      case "state":
        return this.#state(event.node, event, atMs);
      case "chosen":
        return this.#cells(
          event.node,
          [{ uid: event.node, instanceNumber: event.instanceNumber, known: "learned" }],
          atMs,
        );
      case "caught_up":
        return this.#caughtUp(event.node, event.instanceNumber, event.from, atMs);
      case "gone":
        return this.#gone(event.node, atMs);
    }
  }

  #sent(from: string, to: string, text: string, atMs: number): void {
    if (!this.last.nodes.has(to)) return;
    this.#loseOld(atMs);
    const key = `${from}>${to} ${text}`;
    const early = this.#early.get(key);
    this.#early.delete(key);
    if (early !== undefined && early > atMs - SEEN_MS) return;
    const bytes = encodeUtf8(text);
    const letter = this.#letters.add({ id: this.#numbers++, from, to, bytes }, this.last.index, atMs, null);
    letter.dueMs = atMs + SEEN_MS;
    this.#judge(from, bytes);
    if (this.#agreement.decisions.size > this.#decided) {
      this.#push(atMs, null, [`${from} has accepted, and makes a quorum`], {});
    }
  }

  /** Counts what acceptors say that they have accepted, as the simulator's checker does. */
  #judge(from: string, bytes: Uint8Array): void {
    const decoded = decodeDatagram(bytes);
    if (decoded.kind === "peer") this.#violation ??= this.#agreement.sent(from, decoded.message);
  }

  #received(from: string, to: string, text: string, atMs: number): void {
    if (!this.last.nodes.has(from)) return;
    this.#judge(from, encodeUtf8(text));
    let letter: FlyingLetter | null = null;
    for (const one of this.#letters.flying) {
      if (one.from === from && one.to === to && one.text === text) letter = one;
    }
    if (letter === null) {
      // Its sender is not watched, or tells later.
      const datagram = { id: this.#numbers++, from, to, bytes: encodeUtf8(text) };
      letter = this.#letters.add(datagram, this.last.index, atMs, null);
      letter.dueMs = atMs + SEEN_MS;
      this.#early.set(`${from}>${to} ${text}`, atMs);
    }
    this.#letters.end(letter, this.last.index + 1, "delivered");
    this.#push(atMs, { kind: "deliver", letter: nameOf(letter) }, [], { letter });
  }

  #loseOld(nowMs: number): void {
    for (const letter of this.#letters.flying) {
      if (letter.sentMs > nowMs - LOST_AFTER_MS) break;
      this.#letters.end(letter, this.last.index + 1, "dropped");
    }
  }

  #state(
    uid: string,
    { state, masterUid, leaseRemainingMs }: Extract<LiveEvent, { event: "state" }>,
    atMs: number,
  ): void {
    const before = this.last.nodes.get(uid);
    if (before === undefined) return;
    const now: NodeView = {
      ...unseen(uid),
      up: true,
      refusal: null,
      memory: state,
      disk: { durable: state, writing: null, hung: false },
      lease: leaseOf(uid, masterUid, leaseRemainingMs, atMs),
    };
    const came = before.refusal === GONE;
    const notes = before.memory === null ? [] : describeChange(uid, before.memory, state);
    const { acceptedId, acceptedValue } = state.acceptor;
    const accepted = acceptedId === null ? [] : [{
      uid,
      instanceNumber: state.instanceNumber,
      accepted: { proposal: formatProposalId(acceptedId), link: acceptedValue ?? "" },
    }];
    this.#push(atMs, { kind: came ? "restart" : "saved", uid }, notes, { node: now, cells: accepted });
  }

  #cells(uid: string, cells: readonly CellChange[], atMs: number): void {
    if (!this.last.nodes.has(uid)) return;
    const notes = cells.map(({ instanceNumber }) => `${uid} has learned instance ${instanceNumber}`);
    this.#push(atMs, null, notes, { cells });
  }

  #caughtUp(uid: string, instanceNumber: number, from: string, atMs: number): void {
    const before = this.last.nodes.get(uid)?.memory?.instanceNumber ?? instanceNumber - 1;
    const cells = Array.from({ length: Math.max(instanceNumber - before, 0) }, (_, at) => ({
      uid,
      instanceNumber: before + at,
      known: "carried" as const,
    }));
    this.#push(atMs, null, [`${uid} was carried to @${instanceNumber} by ${from}`], { cells });
  }

  #gone(uid: string, atMs: number): void {
    const before = this.last.nodes.get(uid);
    if (before === undefined || !before.up) return;
    const node = { ...before, up: false, memory: null, drive: null, refusal: GONE };
    this.#push(atMs, { kind: "crash", uid }, ["nothing is heard of it any more"], { node });
  }

  #push(
    atMs: number,
    act: LabAct | null,
    notes: readonly string[],
    change: { readonly node?: NodeView; readonly cells?: readonly CellChange[]; readonly letter?: FlyingLetter },
  ): void {
    const { last } = this;
    const nodes = change.node === undefined ? last.nodes : new Map(last.nodes).set(change.node.uid, change.node);
    const moment = momentOf(last.index + 1, atMs, act, nodes);
    this.moments.push({
      ...moment,
      notes,
      letter: change.letter ?? null,
      cells: change.cells ?? [],
      decided: this.#takeDecided(),
      violation: this.#violation,
    });
  }

  #takeDecided(): DecidedInstance[] {
    const fresh = [...this.#agreement.decisions].slice(this.#decided);
    this.#decided = this.#agreement.decisions.size;
    return fresh.map(([instanceNumber, decision]) => ({ instanceNumber, ...decision }));
  }
}

/** A node of which nothing is known yet. */
function unseen(uid: string): NodeView {
  return {
    uid,
    up: false,
    paused: false,
    refusal: "nothing is heard of it",
    memory: null,
    disk: { durable: null, writing: null, hung: false },
    drive: null,
    clockRate: 1,
    waiting: 0,
    timers: [],
    lease: null,
  };
}

/** What a node tells of the lease with its state; how long a window is it does not tell. */
function leaseOf(uid: string, holder: string | null, remainingMs: number | null, atMs: number): LeaseSeen | null {
  if (holder === null || remainingMs === null) return null;
  const untilMs = atMs + remainingMs;
  return { holder, isMaster: holder === uid, untilMs, windowMs: Math.max(remainingMs, 1), waitsUntilMs: atMs };
}

function momentOf(index: number, atMs: number, act: LabAct | null, nodes: ReadonlyMap<string, NodeView>): Moment {
  return {
    index,
    atMs,
    act,
    byLearner: false,
    possible: true,
    letter: null,
    notes: [],
    nodes,
    cuts: new Set(),
    slow: new Map(),
    operations: [],
    cells: [],
    decided: [],
    violation: null,
  };
}
