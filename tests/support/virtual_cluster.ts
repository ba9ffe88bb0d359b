// A small deterministic cluster for directed tests: a virtual clock, a network and disks that do as the test says. Every
// datagram passes the codec as bytes and every save the encoding of the state file. The same seed gives the same run.
import { DEFAULT_SETTINGS, type Settings } from "../../src/replica/ports.ts";
import { BLANK_STATE, encodeState } from "../../src/replica/node_state.ts";
import type { PeerMessage } from "../../src/replica/messages.ts";
import type { ReplicatedValue } from "../../src/replica/replicated_value.ts";
import type { ClientRequest, ClientResponse } from "../../src/replica/requests.ts";
import { decodeDatagram, encodePeerMessage, encodeRequest, encodeResponse } from "../../src/wire/datagram.ts";
import { PlainNode } from "../../src/node.ts";
import { type Machine, type NodeClass, NodeMachine, type World } from "./machine.ts";
import { formatMessage, formatResult } from "./story.ts";

/** What becomes of a datagram: how many copies arrive, each after how many milliseconds; or its sender dies before it leaves. */
export type Fate = readonly number[] | "crash";

/** What becomes of a save. */
export type SaveFate = "done" | "fail" | "hang" | "crash before" | "crash after";

/** How a cluster is made; everything has a default. */
export interface ClusterOptions {
  readonly nodes?: readonly string[];
  readonly nodeClass?: NodeClass;
  /** Members that are no nodes of ours, by uid. */
  readonly others?: Readonly<Record<string, (world: World) => Machine>>;
  readonly settings?: Partial<Settings>;
  readonly latencyMs?: number;
  /** The network, from the first datagram on; see `VirtualCluster.onSend`. */
  readonly onSend?: VirtualCluster["onSend"];
  readonly saveMs?: number;
  readonly seed?: number;
}

/** What a client has asked, and the answers that it got so far. */
export type Answers = ClientResponse[];

export class VirtualCluster {
  nowMs = 0;
  /** A line for each save, datagram, timer, decision, crash and answer, in order. */
  readonly trace: string[] = [];
  /** The text of each node's state file. */
  readonly disk: Map<string, string> = new Map();
  /** Every link that anybody has learned. Two values for one of them end the test. */
  readonly chain: Map<number, string> = new Map();
  /** Decides about a datagram; `count` counts all that were sent. */
  onSend: (fromUid: string, toUid: string, message: PeerMessage | null, count: number) => Fate;
  /** Decides about a save; `count` counts all of them. */
  onSave: (uid: string, count: number) => SaveFate = () => "done";
  /** Sees every datagram that leaves. */
  readonly watchers: ((fromUid: string, message: PeerMessage | null) => void)[] = [];
  readonly nodes: readonly string[];
  readonly settings: Settings;
  readonly latencyMs: number;
  sends = 0;
  saves = 0;

  #agenda: { readonly atMs: number; readonly run: () => void }[] = [];
  #machines = new Map<string, Machine>();
  #cuts = new Set<string>();
  #answers = new Map<string, Answers>();
  #learned = new Map<string, Map<number, string>>();
  #requests = 0;
  #seed: number;

  constructor(readonly options: ClusterOptions = {}) {
    this.nodes = options.nodes ?? ["A", "B", "C"];
    this.settings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.latencyMs = options.latencyMs ?? 1;
    this.#seed = options.seed ?? 1;
    this.onSend = options.onSend ?? (() => [this.latencyMs]);
    for (const uid of this.nodes) {
      // As a server does: what has lived once is told from what never did.
      if (!options.others?.[uid]) this.disk.set(uid, encodeState(BLANK_STATE, { uid, nodes: this.nodes }));
      this.#begin(uid);
    }
  }

  /** Lets the time pass. */
  run(ms: number): void {
    this.runUntil(() => false, ms);
  }

  /** Lets the time pass until the condition holds, at most so long; answers whether it holds. */
  runUntil(condition: () => boolean, limitMs: number): boolean {
    const endMs = this.nowMs + limitMs;
    while (!condition()) {
      const next = this.#agenda[0];
      if (next === undefined || next.atMs > endMs) {
        this.nowMs = endMs;
        return condition();
      }
      this.#agenda.shift();
      this.nowMs = next.atMs;
      next.run();
    }
    return true;
  }

  /** A client proposes; its answers will be in the list that is returned. */
  propose(uid: string, value: string, timeoutMs = 5000): Answers {
    const life = this.#nodeMachine(uid).life;
    return this.request(uid, {
      operation: "propose",
      requestId: this.newRequestId(),
      life,
      update: { value },
      timeoutMs,
    });
  }

  /** A client reads. */
  get(uid: string, local = false, timeoutMs = 5000): Answers {
    return this.request(uid, { operation: "get", requestId: this.newRequestId(), local, timeoutMs });
  }

  /** A client asks; asked again under the same ID, the same list holds the further answers. */
  request(uid: string, request: ClientRequest): Answers {
    const answers = this.#answers.get(request.requestId) ?? [];
    this.#answers.set(request.requestId, answers);
    const decoded = decodeDatagram(encodeRequest(request));
    if (decoded.kind !== "requests") throw new Error(`the codec does not read back ${JSON.stringify(request)}`);
    if (request.operation === "propose") this.#tell(`${uid} is asked to set ${request.update.value}`);
    for (const request of decoded.requests) this.#nodeMachine(uid).request(request);
    return answers;
  }

  newRequestId(): string {
    return `r${++this.#requests}`;
  }

  /** The ancestor's proposal: nobody waits for its outcome. */
  proposeRaw(uid: string, value: string): void {
    this.#tell(`${uid} is told to propose ${value}`);
    this.#machines.get(uid)?.propose(value);
  }

  /** A datagram arrives, as if the peer had sent it. */
  deliver(fromUid: string, toUid: string, message: PeerMessage): void {
    this.#nodeMachine(toUid).receive(fromUid, encodePeerMessage(message));
  }

  /** All that was not saved is lost, and the timers. */
  crash(uid: string): void {
    this.#machines.get(uid)?.stop();
    this.#machines.delete(uid);
    this.#tell(`${uid} crashes`);
  }

  restart(uid: string): void {
    this.#tell(`${uid} restarts`);
    this.#begin(uid);
  }

  isUp(uid: string): boolean {
    return this.#machines.has(uid);
  }

  /** Whether it is up, and a node of ours. */
  isOurs(uid: string): boolean {
    return this.#machines.get(uid) instanceof NodeMachine;
  }

  cut(a: string, b: string): void {
    this.#cuts.add(`${a} ${b}`).add(`${b} ${a}`);
  }

  heal(): void {
    this.#cuts.clear();
  }

  /** The links that the node has learned one by one, in any life. */
  chosen(uid: string): ReadonlyMap<number, string> {
    return this.#learned.get(uid) ?? new Map();
  }

  node(uid: string): ReplicatedValue {
    return this.#nodeMachine(uid).node;
  }

  /** Uniform in [0, 1), from the seed alone. */
  random(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), this.#seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  schedule(delayMs: number, run: () => void): void {
    const atMs = this.nowMs + delayMs;
    const after = this.#agenda.findIndex((event) => event.atMs > atMs);
    this.#agenda.splice(after < 0 ? this.#agenda.length : after, 0, { atMs, run });
  }

  #begin(uid: string): void {
    const world = this.#world(uid, () => this.#machines.get(uid) === machine);
    const other = this.options.others?.[uid];
    const machine: Machine = other ? other(world) : new NodeMachine(world, this.options.nodeClass ?? PlainNode);
    this.#machines.set(uid, machine);
    machine.start();
  }

  #world(uid: string, alive: () => boolean): World {
    const timers = new Map<string, object>();
    return {
      uid,
      nodes: this.nodes,
      settings: this.settings,
      now: () => this.nowMs,
      random: () => this.random(),
      send: (toUid, bytes) => alive() && this.#send(uid, toUid, bytes),
      respond: (response) => alive() && this.#respond(response),
      setTimer: (name, delayMs, fire) => {
        const ticket = {};
        timers.set(name, ticket);
        this.schedule(delayMs, () => {
          if (!alive() || timers.get(name) !== ticket) return;
          timers.delete(name);
          this.#tell(`${uid} wakes up to ${name}`);
          fire();
        });
      },
      cancelTimer: (name) => timers.delete(name),
      load: () => this.disk.get(uid) ?? null,
      save: (text, told, done) => this.#save(uid, alive, text, told, done),
      learned: (instanceNumber, link) => this.#learn(uid, instanceNumber, link),
      tell: (line) => this.#tell(line),
      stopped: (error) => {
        this.#tell(`${uid} stops: ${error.message}`);
        this.#machines.delete(uid);
      },
    };
  }

  #send(fromUid: string, toUid: string, bytes: Uint8Array): void {
    const message = messageIn(bytes);
    const fate = this.onSend(fromUid, toUid, message, ++this.sends);
    if (fate === "crash") return this.crash(fromUid);
    for (const watch of this.watchers) watch(fromUid, message);
    const lost = fate.length === 0 || this.#cuts.has(`${fromUid} ${toUid}`);
    this.#tell(`${fromUid} -> ${toUid} ${message ? formatMessage(message) : "something else"}${lost ? " (lost)" : ""}`);
    if (lost) return;
    for (const delayMs of fate) {
      this.schedule(delayMs, () => this.#machines.get(toUid)?.receive(fromUid, bytes.slice()));
    }
  }

  #save(uid: string, alive: () => boolean, text: string, told: string, done: (error: Error | null) => void): void {
    const fate = this.onSave(uid, ++this.saves);
    const finish = (): void => {
      if (!alive()) return;
      if (fate === "crash before") return this.crash(uid);
      if (fate === "fail") return done(new Error("the disk is full"));
      if (fate === "hang") return;
      this.disk.set(uid, text);
      this.#tell(`${uid} saves ${told}`);
      if (fate === "crash after") return this.crash(uid);
      done(null);
    };
    if (this.options.saveMs === undefined) finish();
    else this.schedule(this.options.saveMs, finish);
  }

  #respond(response: ClientResponse): void {
    const decoded = decodeDatagram(encodeResponse(response));
    if (decoded.kind !== "responses") throw new Error(`the codec does not read back ${JSON.stringify(response)}`);
    if (response.result !== "opened") this.#tell(`${response.node} answers ${formatResult(response)}`);
    this.#answers.get(response.requestId)?.push(...decoded.responses);
  }

  #learn(uid: string, instanceNumber: number, link: string): void {
    this.#tell(`${uid} learns that ${instanceNumber} chose ${link}`);
    const known = this.chain.get(instanceNumber);
    if (known !== undefined && known !== link) {
      throw new Error(`agreement is broken: link ${instanceNumber} is ${known}, and ${link} for ${uid}`);
    }
    this.chain.set(instanceNumber, link);
    const mine = this.#learned.get(uid) ?? new Map<number, string>();
    this.#learned.set(uid, mine.set(instanceNumber, link));
  }

  #nodeMachine(uid: string): NodeMachine {
    const machine = this.#machines.get(uid);
    if (machine instanceof NodeMachine) return machine;
    throw new Error(`${uid} is not running, or no node of ours`);
  }

  #tell(line: string): void {
    this.trace.push(`${this.nowMs.toFixed(1).padStart(8)}  ${line}`);
  }
}

/** What goes between nodes; a proposal that is passed on is what clients of the ancestor send. */
function messageIn(bytes: Uint8Array): PeerMessage | null {
  const decoded = decodeDatagram(bytes);
  if (decoded.kind === "propose") return { type: "propose", value: decoded.value };
  return decoded.kind === "peer" ? decoded.message : null;
}
