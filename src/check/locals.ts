import { compareProposalIds, formatProposalId, type ProposalId } from "../paxos/proposal_id.ts";
import type { PeerMessage } from "../replica/messages.ts";
import type { Violation } from "../sim/events.ts";
import { decodeDatagram } from "../wire/datagram.ts";
import { encodeUtf8 } from "../wire/utf8.ts";
import { type Facts, factsOf, highestAnswered } from "./facts.ts";
import { type Happening, Machine, type MachineState, type Outcome } from "./machine.ts";
import { type Model, WINDOW_MS } from "./model.ts";
import { isTolerated } from "./properties.ts";

/** A datagram that was sent; it can arrive at any time, any number of times, or never. */
export interface Envelope {
  /** The sender. */
  readonly from: string;
  /** The receiver. */
  readonly to: string;
  /** What is on the wire. */
  readonly text: string;
  /** What it means. */
  readonly message: PeerMessage;
}

/** Something that can happen to one machine. */
export type Move =
  | { readonly kind: "deliver"; readonly uid: string; readonly envelope: Envelope }
  | { readonly kind: "timer"; readonly uid: string; readonly name: string }
  | { readonly kind: "restart"; readonly uid: string }
  /** All clocks go on by a tick; `uid` is the node that the search is looking at. */
  | { readonly kind: "tick"; readonly uid: string; readonly forMs: number };

/** A move, and how it ended. */
export interface Step {
  /** What happened. */
  readonly move: Move;
  /** The machine crashed in it, when so many saves were durable; `null` if it did not. */
  readonly crashedAfterSaves: number | null;
}

/** What there is to say of a move besides where it leads. */
export interface Note {
  /** The links that the node has learned in it. */
  readonly learned: Outcome["learned"];
  /** What it breaks by itself. */
  readonly violation: Violation | null;
  /** Where it leads if the machine crashes in it and restarts: by how many saves were durable. */
  readonly crashed: readonly (readonly [saves: number, local: number])[];
}

/** One machine's state with its past: what it has sent stays sent. */
export interface Local {
  /** Which node it is. */
  readonly node: number;
  /** Where its machine is. */
  readonly state: MachineState;
  /** The envelopes that it has sent, in order of their numbers. */
  readonly sent: readonly number[];
  /** How often it has crashed. */
  readonly crashes: number;
  /** What it has shown. */
  readonly facts: Facts;
  /** The number of these facts. */
  readonly factsNumber: number;
  /** Its envelopes, by receiver. */
  readonly outgoing: readonly Int32Array[];
  /** The timers that may go off, as moves. */
  readonly timers: Int32Array;
}

/**
 * The states of single machines, by number, and the moves between them. The real classes are run once for each state and
 * move; the search over the cluster, which meets each of them a thousand times, only looks up what came of it.
 */
export class Locals {
  /** All states met so far. */
  readonly all: Local[] = [];
  /** All moves met so far. */
  readonly moves: Move[] = [];
  /** What there is to say of a move, by state and move. */
  readonly #notes = new Map<number, Note>();
  #rows: Int32Array[] = [];
  #numbers = new Map<string, number>();
  #stateNumbers = new Map<string, number>();
  #outcomes = new Map<string, Outcome>();
  #envelopeMoves = new Map<string, number>();
  #machines: Machine[];
  #restarts: number[];
  #ticks: number[];
  #factsNumbers = new Map<string, number>();

  /** Nothing is met before `start`. */
  constructor(readonly model: Model, timerNames: readonly string[]) {
    const { nodes } = model;
    this.#machines = nodes.map((uid) => new Machine(uid, model, timerNames));
    this.#restarts = nodes.map((uid) => this.moves.push({ kind: "restart", uid }) - 1);
    const forMs = WINDOW_MS / model.bounds.ticks;
    this.#ticks = nodes.map((uid) => this.moves.push({ kind: "tick", uid, forMs }) - 1);
    for (const uid of nodes) for (const name of timerNames) this.moves.push({ kind: "timer", uid, name });
  }

  /** Where each machine is when all have started. */
  start(): number[] {
    return this.#machines.map((machine, node) => this.#local(node, machine.start(), [], 0).number);
  }

  /** The move by which a node crashes and restarts. */
  restartOf(node: number): number {
    return this.#restarts[node]!;
  }

  /** The move by which a node's clock goes on. */
  tickOf(node: number): number {
    return this.#ticks[node]!;
  }

  /** Where the move leads: a state's number and 1 more, negative where `noteOn` has something to say. */
  after(local: number, move: number): number {
    const row = this.#rows[local]!;
    const known = move < row.length ? row[move]! : 0;
    return known !== 0 ? known : this.#explore(local, move);
  }

  /** What there is to say of the move. */
  noteOn(local: number, move: number): Note {
    return this.#notes.get(local * MOST_MOVES + move)!;
  }

  #explore(local: number, move: number): number {
    if (move >= MOST_MOVES) throw new RangeError(`more than ${MOST_MOVES} different moves: bound the model more`);
    const { node, sent, crashes } = this.all[local]!;
    const restart = this.moves[move]!.kind === "restart";
    const outcome = this.#run(local, move, null);
    const next = this.#local(node, outcome, sent, crashes + (restart ? 1 : 0));
    const plain = restart || crashes >= this.model.bounds.crashes ? null : this.after(local, this.#restarts[node]!);
    const crashed: (readonly [number, number])[] = [];
    for (let saves = 0; plain !== null && saves < outcome.saves; saves++) {
      const crash = this.#local(node, this.#run(local, move, saves), sent, crashes + 1).number;
      // Where nothing came out and nothing was saved it is the same as a crash before.
      if (crash + 1 !== Math.abs(plain)) crashed.push([saves, crash]);
    }
    const { learned } = outcome;
    const violation = next.violation;
    const hasNote = learned.length > 0 || violation !== null || crashed.length > 0;
    if (hasNote) this.#notes.set(local * MOST_MOVES + move, { learned, violation, crashed });
    return this.#put(local, move, hasNote ? -(next.number + 1) : next.number + 1);
  }

  #put(local: number, move: number, value: number): number {
    let row = this.#rows[local]!;
    if (move >= row.length) {
      const longer = new Int32Array(Math.max(this.moves.length, move + 1) + 16);
      longer.set(row);
      this.#rows[local] = row = longer;
    }
    return row[move] = value;
  }

  /** Whatever a machine has sent before, it does the same. */
  #run(local: number, move: number, saves: number | null): Outcome {
    const { node, state } = this.all[local]!;
    const key = `${this.#stateNumber(node, state)} ${move} ${saves}`;
    let outcome = this.#outcomes.get(key);
    if (outcome === undefined) {
      outcome = this.#machines[node]!.run(state, happeningOf(this.moves[move]!), saves);
      this.#outcomes.set(key, outcome);
    }
    return outcome;
  }

  #stateNumber(node: number, state: MachineState): number {
    let number = this.#stateKeys.get(state);
    if (number !== undefined) return number;
    const key = `${node} ${JSON.stringify(state)}`;
    number = this.#stateNumbers.get(key) ?? this.#stateNumbers.size;
    this.#stateNumbers.set(key, number);
    this.#stateKeys.set(state, number);
    return number;
  }

  #stateKeys = new WeakMap<MachineState, number>();

  #local(
    node: number,
    { state, sent, error }: Outcome,
    before: readonly number[],
    crashes: number,
  ): { readonly number: number; readonly violation: Violation | null } {
    const uid = this.model.nodes[node]!;
    const messages = sent.map(({ to, text }) => this.#envelope(uid, to, text));
    const all = [...new Set([...before, ...messages])].sort((a, b) => a - b);
    const key = `${this.#stateNumber(node, state)} ${crashes} ${all}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.all.push(this.#describe(node, state, all, crashes)) - 1;
      this.#numbers.set(key, number);
      this.#rows.push(new Int32Array(0));
    }
    const thrown: Violation | null = error === null
      ? null
      : { kind: "error", message: `node ${uid} has thrown: ${error}` };
    const violation = thrown ?? brokenPromise(uid, this.#messages(before), this.#messages(messages));
    return { number, violation: violation === null || isTolerated(this.model, violation) ? null : violation };
  }

  #describe(node: number, state: MachineState, sent: readonly number[], crashes: number): Local {
    const { nodes } = this.model;
    const uid = nodes[node]!;
    const facts = factsOf(uid, state, this.#messages(sent), crashes);
    const key = JSON.stringify(facts);
    const factsNumber = this.#factsNumbers.get(key) ?? this.#factsNumbers.size;
    this.#factsNumbers.set(key, factsNumber);
    const outgoing = nodes.map((to) => Int32Array.from(sent.filter((move) => this.#reaches(move, to))));
    const timers = Int32Array.from(
      this.moves.keys().filter((index) => {
        const move = this.moves[index]!;
        return move.kind === "timer" && move.uid === uid && state.timers.includes(move.name);
      }),
    );
    return { node, state, sent, crashes, facts, factsNumber, outgoing, timers };
  }

  #envelope(from: string, to: string, text: string): number {
    const key = `${from} ${to} ${text}`;
    let move = this.#envelopeMoves.get(key);
    if (move === undefined) {
      const decoded = decodeDatagram(encodeUtf8(text));
      if (decoded.kind !== "peer") throw new Error(`a datagram from ${from} to ${to} cannot be read: ${text}`);
      const envelope = { from, to, text, message: decoded.message };
      move = this.moves.push({ kind: "deliver", uid: to, envelope }) - 1;
      this.#envelopeMoves.set(key, move);
    }
    return move;
  }

  #reaches(move: number, uid: string): boolean {
    const { to, message } = this.#envelopeOf(move);
    return to === uid && (this.model.bounds.reach[message.type]?.includes(uid) ?? true);
  }

  #envelopeOf(move: number): Envelope {
    const found = this.moves[move]!;
    if (found.kind !== "deliver") throw new Error(`move ${move} is no delivery`);
    return found.envelope;
  }

  #messages(envelopes: readonly number[]): PeerMessage[] {
    return envelopes.map((move) => this.#envelopeOf(move).message);
  }
}

/** So many moves there may be: a state and a move make one number. */
const MOST_MOVES = 4096;

function happeningOf(move: Move): Happening {
  switch (move.kind) {
    case "deliver":
      return { kind: "message", fromUid: move.envelope.from, message: move.envelope.message };
    case "timer":
      return { kind: "timer", name: move.name };
    case "restart":
      return { kind: "restart" };
    case "tick":
      return { kind: "tick", forMs: move.forMs };
  }
}

/** An acceptor never answers below an ID that it has promised or accepted before, over crashes and over links. */
function brokenPromise(uid: string, before: readonly PeerMessage[], now: readonly PeerMessage[]): Violation | null {
  let highest: ProposalId | null = highestAnswered(before);
  for (const message of now) {
    if (message.type !== "promise" && message.type !== "accepted") continue;
    if (compareProposalIds(message.proposalId, highest) < 0) {
      const [lower, then] = [formatProposalId(message.proposalId), formatProposalId(highest)];
      const verb = message.type === "promise" ? "promises" : "accepts";
      return {
        kind: "promises",
        message: `acceptor ${uid} has answered to ${then} and now ${verb} ${lower}, which is lower`,
      };
    }
    highest = message.proposalId;
  }
  return null;
}
