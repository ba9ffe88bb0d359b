// A double of the ancestor's node in plain mode, written from samples of its datagrams and from what is known of its behaviour.
// It shares no code with ours: it reads and writes JSON by itself, and it has the ancestor's habits. It drops a message with a
// missing or an extra key and one of another instance, is silent on types that it does not know, sends to itself over the network,
// starts every link without promises at number 1, never sends an accept again, and forgets a value that lost its link.
import type { Machine, World } from "./machine.ts";

export type Id = readonly [number, string];

/** The keys of each message: these and no others. */
const KEYS: Readonly<Record<string, string>> = {
  prepare: "instance_number proposal_id",
  promise: "instance_number last_accepted_id last_accepted_value proposal_id",
  nack: "instance_number promised_proposal_id proposal_id",
  accept: "instance_number proposal_id proposal_value",
  accepted: "instance_number proposal_id proposal_value",
  sync_request: "instance_number",
  catchup: "current_value instance_number",
};

/** It reads this many bytes of a datagram, and what is beyond is cut off. */
const BUFFER_BYTES = 8192;

const PREPARE_AGAIN_MS = 1000;
const TAKEOVER_MS = 3000;
const SYNC_MS = 10_000;

export interface Message {
  readonly instance_number: number;
  readonly proposal_id: Id;
  readonly proposal_value: string;
  readonly promised_proposal_id: Id | null;
  readonly last_accepted_id: Id | null;
  readonly last_accepted_value: string | null;
  readonly current_value: string | null;
}

export class AncestorDouble implements Machine {
  instanceNumber = 0;
  currentValue: string | null = null;
  /** What it could not read, or did not know, by type. */
  readonly ignored: string[] = [];

  #promised: Id | null = null;
  #accepted: Id | null = null;
  #acceptedValue: string | null = null;
  protected number = 0;
  protected proposing: Id | null = null;
  protected value: string | null = null;
  protected promises = new Map<string, Message>();
  #votes = new Map<string, Set<string>>();
  #windowMs = 10;

  constructor(readonly world: World) {
    const text = world.load();
    if (text === null) return;
    const state = JSON.parse(text);
    this.instanceNumber = state.instance_number;
    this.currentValue = state.current_value;
    this.#promised = state.promised_id;
    this.#accepted = state.accepted_id;
    this.#acceptedValue = state.accepted_value;
  }

  start(): void {
    this.#synchronize();
  }

  stop(): void {}

  propose(value: string): void {
    this.offer(value);
  }

  /** A link that it wants to see chosen; a second one is forgotten. */
  protected offer(link: string): void {
    this.value ??= link;
    if (this.proposing === null) this.prepare();
  }

  receive(fromUid: string, bytes: Uint8Array): void {
    const text = new TextDecoder().decode(bytes.slice(0, BUFFER_BYTES));
    const space = text.indexOf(" ");
    const type = text.slice(0, space);
    if (type === "propose") return this.propose(text.slice(space + 1));
    const message = this.#parse(type, text.slice(space + 1));
    if (message === null) this.ignored.push(type);
    else if (type === "sync_request") this.#receiveSyncRequest(fromUid, message);
    else if (type === "catchup") this.#receiveCatchup(message);
    else if (message.instance_number === this.instanceNumber) this.receivePaxos(type, fromUid, message);
  }

  #parse(type: string, text: string): Message | null {
    try {
      const json = JSON.parse(text);
      return Object.keys(json).sort().join(" ") === KEYS[type] ? json : null;
    } catch {
      return null;
    }
  }

  protected receivePaxos(type: string, fromUid: string, message: Message): void {
    const { proposal_id: id } = message;
    switch (type) {
      case "prepare":
        if (above(this.#promised, id)) return this.#nack(fromUid, id);
        this.#promised = id;
        this.savePromise();
        return this.#send(fromUid, "promise", {
          proposal_id: id,
          last_accepted_id: this.#accepted,
          last_accepted_value: this.#acceptedValue,
        });
      case "promise":
        return this.#receivePromise(fromUid, message);
      case "nack":
        return this.#receiveNack(message);
      case "accept":
        this.world.setTimer("takeover", TAKEOVER_MS, () => this.prepare());
        if (above(this.#promised, id)) return this.#nack(fromUid, id);
        this.#promised = this.#accepted = id;
        this.#acceptedValue = message.proposal_value;
        this.#save();
        return this.sendAll("accepted", { proposal_id: id, proposal_value: message.proposal_value });
      case "accepted":
        return this.#receiveAccepted(fromUid, message);
    }
  }

  #receivePromise(fromUid: string, message: Message): void {
    if (this.proposing === null || String(message.proposal_id) !== String(this.proposing)) return;
    if (this.promises.size >= this.#quorum()) return;
    this.promises.set(fromUid, message);
    if (this.promises.size < this.#quorum()) return;
    let [highest, value]: [Id | null, string | null] = [null, this.value];
    for (const { last_accepted_id, last_accepted_value } of this.promises.values()) {
      if (above(last_accepted_id, highest)) [highest, value] = [last_accepted_id, last_accepted_value];
    }
    this.world.cancelTimer("prepare");
    if (value !== null) this.sendAll("accept", { proposal_id: this.proposing, proposal_value: value });
  }

  #receiveNack({ proposal_id, promised_proposal_id }: Message): void {
    this.number = Math.max(this.number, promised_proposal_id?.[0] ?? 0);
    if (this.proposing === null || String(proposal_id) !== String(this.proposing)) return;
    this.world.cancelTimer("prepare");
    this.world.setTimer("backoff", this.world.random() * this.#windowMs, () => this.prepare());
    this.#windowMs = Math.min(this.#windowMs * 2, 2000);
  }

  #receiveAccepted(fromUid: string, { proposal_id, proposal_value }: Message): void {
    const voters = this.#votes.get(String(proposal_id)) ?? new Set();
    this.#votes.set(String(proposal_id), voters.add(fromUid));
    if (voters.size < this.#quorum()) return;
    this.world.learned(this.instanceNumber, proposal_value);
    this.learn(proposal_value);
  }

  protected learn(link: string): void {
    this.advance(this.instanceNumber + 1, link);
  }

  protected savePromise(): void {
    this.#save();
  }

  #receiveSyncRequest(fromUid: string, { instance_number }: Message): void {
    if (instance_number >= this.instanceNumber) return;
    this.#send(fromUid, "catchup", { current_value: this.currentValue });
  }

  #receiveCatchup({ instance_number, current_value }: Message): void {
    if (instance_number > this.instanceNumber) this.advance(instance_number, current_value);
  }

  protected prepare(): void {
    this.number++;
    this.proposing = [this.number, this.world.uid];
    this.promises.clear();
    this.sendAll("prepare", { proposal_id: this.proposing });
    this.world.setTimer("prepare", PREPARE_AGAIN_MS, () => this.prepare());
  }

  #nack(toUid: string, id: Id): void {
    this.#send(toUid, "nack", { proposal_id: id, promised_proposal_id: this.#promised });
  }

  protected advance(instanceNumber: number, value: string | null): void {
    this.instanceNumber = instanceNumber;
    this.currentValue = value;
    this.#promised =
      this.#accepted =
      this.#acceptedValue =
      this.proposing =
      this.value =
        null;
    this.number = 0;
    this.#windowMs = 10;
    this.promises.clear();
    this.#votes.clear();
    for (const name of ["prepare", "backoff", "takeover"]) this.world.cancelTimer(name);
    this.#save();
  }

  #synchronize(): void {
    const { nodes, uid } = this.world;
    const peers = nodes.filter((node) => node !== uid);
    this.#send(peers[Math.floor(this.world.random() * peers.length)]!, "sync_request", {});
    this.world.setTimer("sync", SYNC_MS, () => this.#synchronize());
  }

  #quorum(): number {
    return Math.floor(this.world.nodes.length / 2) + 1;
  }

  protected sendAll(type: string, json: Partial<Message>): void {
    for (const uid of this.world.nodes) this.#send(uid, type, json);
  }

  #send(toUid: string, type: string, json: Partial<Message>): void {
    const text = JSON.stringify({ instance_number: this.instanceNumber, ...json }, null, 1).replaceAll(/\n\s*/g, " ");
    this.world.send(toUid, new TextEncoder().encode(`${type} ${text.replaceAll(/[^ -~]/g, escape)}`));
  }

  #save(): void {
    const text = JSON.stringify({
      current_value: this.currentValue,
      instance_number: this.instanceNumber,
      promised_id: this.#promised,
      accepted_id: this.#accepted,
      accepted_value: this.#acceptedValue,
    });
    this.world.save(text, `its five keys @${this.instanceNumber}`, () => {});
  }
}

/** Non-ASCII characters leave as escapes. */
function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function above(a: Id | null, b: Id | null): boolean {
  if (a === null || b === null) return a !== null;
  return a[0] !== b[0] ? a[0] > b[0] : a[1] > b[1];
}
