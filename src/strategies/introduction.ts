import type { AcceptedMessage, PromiseMessage } from "../paxos/messages.ts";
import { checksum } from "../replica/checksum.ts";
import type { Configuration, HelloMessage, PeerMessage } from "../replica/messages.ts";
import type { Input } from "../replica/ports.ts";
import type { NodeState } from "../replica/node_state.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type { Trouble, TroubleKind } from "../replica/trouble.ts";
import type { Constructor } from "./constructor.ts";

/** How well a peer is known in this life. */
export type Acquaintance =
  /** It has not answered yet: it may be of any kind. */
  | "unknown"
  /** It has shown the same configuration. */
  | "same"
  /** It has shown another configuration. */
  | "other"
  /** Nothing is heard of it: it is down, or cut off. */
  | "silent"
  /** It speaks, but has left five hellos unanswered since it does: a node of the ancestor, which knows none. */
  | "ancestor";

/** What `Introduction` adds. */
export interface Introducing {
  /** Names this node's life: the time from this start of its process to its end. */
  readonly life: string;
  /** How well the peer is known. */
  acquaintance(uid: string): Acquaintance;
  /** The peer knows that it has lost its state, and makes up for it: that is no trouble any more. */
  repents(uid: string): void;
  /** The peer has turned out to be a node of the ancestor. */
  ancestorFound(uid: string): void;
  /** Much hangs on what the peer is: it is judged anew, from hellos that leave from now on. */
  doubt(uid: string): void;
}

/** After so many unanswered hellos a peer is taken for silent, or, if it has been heard before them, for one that knows none. */
export const HELLOS_UNTIL_SILENT = 5;

/** What was heard of a stranger counts for so many intervals of synchronization. */
const SYNCS_UNTIL_FORGOTTEN = 5;

/** So many lives of a peer are remembered, so that a late datagram of an old one is not taken for a new one. */
const MAX_LIVES = 16;

/** Only our own nodes say these. */
const ADDED_TYPES: readonly PeerMessage["type"][] = [
  "hello",
  "snapshot",
  "read_request",
  "read_answer",
  "ping",
  "pong",
];

/** A short text that differs where configurations differ. */
export function configurationDigest({ format, nodes, mode, leaseWindowMs }: Configuration): string {
  return checksum(JSON.stringify([format, nodes, mode, leaseWindowMs]));
}

/**
 * Introduces the node to its peers, and counts a peer's votes only when both have shown the same configuration.
 *
 * This guards against operators' mistakes (two lists of nodes have quorums that do not meet); it is no part of the proof.
 */
export function Introduction<B extends Constructor<ReplicatedValue>>(Base: B): B & Constructor<Introducing> {
  return class Introduction extends Base implements Introducing {
    #known = new Map<string, "same" | "other">();
    /** By kind and peer. */
    #troubles = new Map<string, Trouble>();
    #lives = new Map<string, string[]>();
    #life = "";
    #fresh = true;
    /** How many hellos had left when a stranger was first heard, for it may have been down before; never enough for one of our kind. */
    #heard = new Map<string, number>();
    #lastHeardMs = new Map<string, number>();
    #hellos = 0;

    protected override start(): void {
      super.start();
      this.#life = Math.floor(this.env.random() * 2 ** 52).toString(16).padStart(13, "0");
      this.#greet();
    }

    get life(): string {
      return this.#life;
    }

    override restore(state: NodeState): void {
      super.restore(state);
      this.#fresh = false;
    }

    acquaintance(uid: string): Acquaintance {
      const known = this.#known.get(uid);
      if (known !== undefined || uid === this.uid) return known ?? "same";
      const heard = this.#heard.get(uid);
      if (this.#hellos - (heard ?? 0) <= HELLOS_UNTIL_SILENT) return "unknown";
      return heard === undefined ? "silent" : "ancestor";
    }

    override step(input: Input): void {
      // Here, since strategies above this one take messages that never come down to it.
      if (input.kind === "message" && this.#isStranger(input.fromUid)) this.#hear(input.fromUid, input.message);
      super.step(input);
    }

    protected override receive(fromUid: string, message: PeerMessage): void {
      if (message.type === "hello") this.receiveHello(fromUid, message);
      else super.receive(fromUid, message);
    }

    protected receiveHello(fromUid: string, message: HelloMessage): void {
      const known = configurationDigest(message) === configurationDigest(this.configuration) ? "same" : "other";
      if (known === "other" && this.#known.get(fromUid) !== "other") {
        const text = `node ${fromUid} runs another configuration (${describe(message)}) than node ${this.uid} ` +
          `(${describe(this.configuration)}): its votes do not count until both are the same`;
        this.#tellTrouble(
          message.mode === this.configuration.mode ? "configuration_drift" : "mixed_modes",
          fromUid,
          text,
        );
      }
      if (known === "same") {
        for (const kind of ["configuration_drift", "mixed_modes"]) this.#troubles.delete(`${kind} ${fromUid}`);
      }
      this.#known.set(fromUid, known);
      if (known === "same") this.#judgeLife(fromUid, message);
      if (!message.answer) this.#sayHello(fromUid, true);
    }

    /** Whoever begins without a state has no earlier life: where it had one, it has lost what it promised there. */
    #judgeLife(uid: string, { life, fresh }: HelloMessage): void {
      const lives = this.#lives.get(uid) ?? [];
      if (lives.includes(life)) return;
      this.#lives.set(uid, [...lives, life].slice(-MAX_LIVES));
      if (!fresh || lives.length === 0) return;
      const text =
        `node ${uid} has lived before, and was started without its state: it has forgotten what it promised, ` +
        `which can break agreement`;
      this.#tellTrouble("wiped_node", uid, text);
    }

    protected override receivePromise(fromUid: string, message: PromiseMessage): void {
      if (this.#votes(fromUid)) super.receivePromise(fromUid, message);
    }

    protected override receiveAccepted(fromUid: string, message: AcceptedMessage): void {
      if (this.#votes(fromUid)) super.receiveAccepted(fromUid, message);
    }

    protected override timerFired(name: string): void {
      if (name === "hello") this.#greet();
      super.timerFired(name);
    }

    protected override troubles(): readonly Trouble[] {
      return [...super.troubles(), ...this.#troubles.values()];
    }

    repents(uid: string): void {
      this.#troubles.delete(`wiped_node ${uid}`);
    }

    /** The peer has turned out to be a node of the ancestor. */
    ancestorFound(_uid: string): void {}

    doubt(uid: string): void {
      this.#heard.set(uid, this.#hellos);
      this.#sayHello(uid, false);
      this.#setTimer(this.settings.helloIntervalMs);
    }

    #tellTrouble(kind: TroubleKind, about: string, text: string): void {
      this.#troubles.set(`${kind} ${about}`, { kind, about, text });
      this.effect({ kind: "trouble", text });
    }

    #isStranger(uid: string): boolean {
      return uid !== this.uid && !this.#known.has(uid);
    }

    /** A stranger that speaks is asked who it is, often enough to know soon; one that speaks as we do is not of the ancestor. */
    #hear(uid: string, { type }: PeerMessage): void {
      if (!this.#heard.has(uid) && this.#hellos > HELLOS_UNTIL_SILENT) this.#setTimer(this.settings.helloIntervalMs);
      this.#lastHeardMs.set(uid, this.env.now());
      if (ADDED_TYPES.includes(type)) this.#heard.set(uid, Infinity);
      else if (!this.#heard.has(uid)) this.#heard.set(uid, this.#hellos);
    }

    /** Says hello to whom it does not know: often at first, so that votes count soon, then as often as it synchronizes. */
    #greet(): void {
      const strangers = this.peers.filter((uid) => this.#isStranger(uid));
      this.#probe(strangers);
      const unknown = strangers.filter((uid) => this.acquaintance(uid) === "unknown");
      for (const uid of strangers) this.#sayHello(uid, false);
      this.#hellos++;
      for (const uid of unknown) if (this.acquaintance(uid) === "ancestor") this.ancestorFound(uid);
      const { helloIntervalMs, syncIntervalMs } = this.settings;
      const isOpen = strangers.some((uid) => this.acquaintance(uid) === "unknown");
      if (strangers.length > 0) this.#setTimer(isOpen ? helloIntervalMs : syncIntervalMs);
    }

    /**
     * A datagram that was late may come from a node of our kind that is down since, so what was heard long ago is forgotten. A
     * node of the ancestor speaks again at once when it is told of somebody who is behind.
     */
    #probe(strangers: readonly string[]): void {
      const { syncIntervalMs } = this.settings;
      for (const uid of strangers) {
        const silentMs = this.env.now() - (this.#lastHeardMs.get(uid) ?? -Infinity);
        if (silentMs > SYNCS_UNTIL_FORGOTTEN * syncIntervalMs) this.#heard.delete(uid);
        else if (this.acquaintance(uid) === "ancestor" && this.instanceNumber > 0) {
          this.send(uid, { type: "sync_request", instanceNumber: this.instanceNumber - 1 });
        }
      }
    }

    #setTimer(delayMs: number): void {
      this.effect({ kind: "set_timer", name: "hello", delayMs });
    }

    #sayHello(uid: string, answer: boolean): void {
      this.send(uid, { type: "hello", answer, life: this.#life, fresh: this.#fresh, ...this.configuration });
    }

    #votes(uid: string): boolean {
      const acquaintance = this.acquaintance(uid);
      const counts = acquaintance === "same" || acquaintance === "ancestor";
      if (!counts) {
        this.drop(acquaintance === "other" ? "a vote under another configuration" : "a vote before any hello");
      }
      return counts;
    }
  };
}

function describe({ format, nodes, mode, leaseWindowMs }: Configuration): string {
  const lease = leaseWindowMs === null ? "" : `; leaseWindowMs ${leaseWindowMs}`;
  return `nodes ${nodes.join(", ")}; mode ${mode}${lease}; format ${format}`;
}
