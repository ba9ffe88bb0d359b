import type { AcceptedMessage, PromiseMessage } from "../paxos/messages.ts";
import { checksum } from "../replica/checksum.ts";
import type { Configuration, HelloMessage, PeerMessage } from "../replica/messages.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type { Constructor } from "./constructor.ts";

/** How well a peer is known in this life. */
export type Acquaintance =
  /** It has not answered yet. */
  | "unknown"
  /** It has shown the same configuration. */
  | "same"
  /** It has shown another configuration. */
  | "other"
  /** Nothing is heard of it: it is down, or cut off. */
  | "silent"
  /** It speaks, but answers no hello: a node of the ancestor, which knows none. */
  | "ancestor";

/** What `Introduction` adds. */
export interface Introducing {
  /** How well the peer is known. */
  acquaintance(uid: string): Acquaintance;
}

/** After so many unanswered hellos a peer is taken for one that knows none. */
export const HELLOS_UNTIL_SILENT = 5;

/** A short text that differs where configurations differ. */
export function configurationDigest({ format, nodes, mode }: Configuration): string {
  return checksum(JSON.stringify([format, nodes, mode]));
}

/**
 * Introduces the node to its peers, and counts a peer's votes only when both have shown the same configuration.
 *
 * This guards against operators' mistakes (two lists of nodes have quorums that do not meet); it is no part of the proof.
 */
export function Introduction<B extends Constructor<ReplicatedValue>>(Base: B): B & Constructor<Introducing> {
  return class Introduction extends Base implements Introducing {
    #known = new Map<string, "same" | "other">();
    #troubles = new Map<string, string>();
    #heard = new Set<string>();
    #hellos = 0;

    protected override start(): void {
      super.start();
      this.#greet();
    }

    acquaintance(uid: string): Acquaintance {
      const known = this.#known.get(uid);
      if (known !== undefined || this.#hellos <= HELLOS_UNTIL_SILENT) return known ?? "unknown";
      return this.#heard.has(uid) ? "ancestor" : "silent";
    }

    protected override receive(fromUid: string, message: PeerMessage): void {
      this.#heard.add(fromUid);
      if (message.type === "hello") this.receiveHello(fromUid, message);
      else super.receive(fromUid, message);
    }

    protected receiveHello(fromUid: string, message: HelloMessage): void {
      const known = configurationDigest(message) === configurationDigest(this.configuration) ? "same" : "other";
      if (known === "other" && this.#known.get(fromUid) !== "other") {
        const text = `node ${fromUid} runs another configuration (${describe(message)}) than node ${this.uid} ` +
          `(${describe(this.configuration)}): its votes do not count until both are the same`;
        this.#troubles.set(fromUid, text);
        this.effect({ kind: "trouble", text });
      }
      if (known === "same") this.#troubles.delete(fromUid);
      this.#known.set(fromUid, known);
      if (!message.answer) this.#sayHello(fromUid, true);
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

    protected override troubles(): readonly string[] {
      return [...super.troubles(), ...this.#troubles.values()];
    }

    /** Says hello to whom it does not know: often at first, so that votes count soon, then as often as it synchronizes. */
    #greet(): void {
      const strangers = this.peers.filter((uid) => !this.#known.has(uid));
      for (const uid of strangers) this.#sayHello(uid, false);
      this.#hellos++;
      const { helloIntervalMs, syncIntervalMs } = this.settings;
      const delayMs = this.#hellos <= HELLOS_UNTIL_SILENT ? helloIntervalMs : syncIntervalMs;
      if (strangers.length > 0) this.effect({ kind: "set_timer", name: "hello", delayMs });
    }

    #sayHello(uid: string, answer: boolean): void {
      this.send(uid, { type: "hello", answer, ...this.configuration });
    }

    #votes(uid: string): boolean {
      const acquaintance = this.acquaintance(uid);
      const counts = uid === this.uid || acquaintance === "same" || acquaintance === "ancestor";
      if (!counts) {
        this.drop(acquaintance === "other" ? "a vote under another configuration" : "a vote before any hello");
      }
      return counts;
    }
  };
}

function describe({ format, nodes, mode }: Configuration): string {
  return `nodes ${nodes.join(", ")}; mode ${mode}; format ${format}`;
}
