// What a virtual cluster runs under one name: a node in its effect loop, or anything else that speaks in datagrams.
import { EffectLoop } from "../../src/replica/effect_loop.ts";
import { decodeState, encodeState } from "../../src/replica/node_state.ts";
import type { NodeOptions, Outside, Settings, Store } from "../../src/replica/ports.ts";
import type { ReplicatedValue } from "../../src/replica/replicated_value.ts";
import type { ClientRequest, ClientResponse } from "../../src/replica/requests.ts";
import { decodeDatagram, encodePeerMessage } from "../../src/wire/datagram.ts";
import { formatLease, formatState } from "./story.ts";

/** What a machine may do, in one life: after its end nothing that it asks for happens. */
export interface World {
  readonly uid: string;
  readonly nodes: readonly string[];
  readonly settings: Settings;
  now(): number;
  random(): number;
  send(toUid: string, bytes: Uint8Array): void;
  respond(response: ClientResponse): void;
  setTimer(name: string, delayMs: number, fire: () => void): void;
  cancelTimer(name: string): void;
  /** What an earlier life has saved. */
  load(): string | null;
  save(text: string, told: string, done: (error: Error | null) => void): void;
  /** This machine has learned a link. */
  learned(instanceNumber: number, link: string): void;
  /** A line of the trace. */
  tell(line: string): void;
  stopped(error: Error): void;
}

/** A life of one member of the cluster. */
export interface Machine {
  start(): void;
  receive(fromUid: string, bytes: Uint8Array): void;
  propose(value: string): void;
  stop(): void;
}

/** A class of nodes. */
export type NodeClass = new (options: NodeOptions) => ReplicatedValue;

/** One of our nodes: what `serve` runs, on a virtual world. */
export class NodeMachine implements Machine {
  readonly node: ReplicatedValue;
  readonly loop: EffectLoop;
  /** As `open` told it. */
  life = "";

  constructor(readonly world: World, nodeClass: NodeClass) {
    const { uid, nodes, settings } = world;
    this.node = new nodeClass({ uid, nodes, settings, pid: 1, env: world });
    const text = world.load();
    if (text !== null) this.node.restore(decodeState(text, { uid, nodes }));
    this.loop = new EffectLoop(this.node, this.#store(), this.#outside());
  }

  start(): void {
    this.loop.push({ kind: "start" }, { kind: "request", from: "", request: { operation: "open", requestId: "life" } });
  }

  receive(fromUid: string, bytes: Uint8Array): void {
    const decoded = decodeDatagram(bytes);
    if (decoded.kind === "peer") this.loop.push({ kind: "message", fromUid, message: decoded.message });
    else if (decoded.kind === "propose") this.loop.push({ kind: "propose", value: decoded.value, isForwarded: true });
    else this.world.tell(`${this.world.uid} cannot read a datagram of ${fromUid}`);
  }

  propose(value: string): void {
    this.loop.push({ kind: "propose", value });
  }

  request(request: ClientRequest): void {
    this.loop.push({ kind: "request", from: "client", request });
  }

  stop(): void {
    this.loop.stop();
  }

  #store(): Store {
    const { uid, nodes } = this.world;
    return {
      save: (state, done) => this.world.save(encodeState(state, { uid, nodes }), formatState(state), done),
    };
  }

  #outside(): Outside {
    const { world } = this;
    return {
      send: (toUid, message) => world.send(toUid, encodePeerMessage(message)),
      respond: (_to, response) => {
        if (response.result === "opened") this.life = response.life;
        world.respond(response);
      },
      setTimer: (name, delayMs, fire) => world.setTimer(name, delayMs, fire),
      cancelTimer: (name) => world.cancelTimer(name),
      announce: (event) => {
        if (event.kind === "chosen") world.learned(event.instanceNumber, event.link);
        if (event.kind === "caught_up") {
          world.tell(`${world.uid} is brought up to @${event.instanceNumber} by ${event.fromUid}`);
        }
        if (event.kind === "lease") world.tell(`${world.uid} ${formatLease(event)}`);
        if (event.kind === "dropped") world.tell(`${world.uid} ignores ${event.reason}`);
        if (event.kind === "trouble") world.tell(`${world.uid} reports: ${event.text}`);
      },
      stopped: (error) => world.stopped(error),
    };
  }
}
