import { decodeLink } from "../../replica/link.ts";
import type { PeerMessage } from "../../replica/messages.ts";
import type { NodeState } from "../../replica/node_state.ts";
import type { Effect } from "../../replica/ports.ts";
import { EMPTY_REGISTER, MAX_SESSIONS, Register, type RegisterState } from "../../replica/register.ts";
import type { Violation } from "../events.ts";
import type { AgreementChecker } from "./agreement.ts";
import type { Checker, Witness } from "./checker.ts";

/** One chain: what a node has is what the decided links amount to, up to its instance; and no node ever goes back. */
export class ChainChecker implements Checker {
  /** What the links before each instance amount to, as far as the decisions have been followed. */
  #registers: RegisterState[] = [EMPTY_REGISTER];
  #said = new Map<string, number>();
  /** What nodes had before these instances that crashed when they had learned so much, and had told nobody. */
  #learnedInSilence = new Map<number, RegisterState>();

  /** `agreement` knows what is decided; `maxSessions` is how many sessions nodes keep. */
  constructor(readonly agreement: AgreementChecker, readonly maxSessions: number = MAX_SESSIONS) {}

  /** Takes note of how far a node has shown itself to be: so far it must have saved, and not even a crash takes it back. */
  sent(uid: string, message: PeerMessage): null {
    if ("instanceNumber" in message) this.#said.set(uid, Math.max(message.instanceNumber, this.#said.get(uid) ?? 0));
    return null;
  }

  /** Takes note that the links before an instance may be decided although not all votes for them were ever sent. */
  survived(_uid: string, { instanceNumber, register }: NodeState): null {
    const isFirst = !this.#learnedInSilence.has(instanceNumber);
    if (isFirst && register.sessions !== null) this.#learnedInSilence.set(instanceNumber, register);
    return null;
  }

  /** A node without a disk is at the beginning again. */
  lost(uid: string): void {
    this.#said.delete(uid);
  }

  /** Compares the node's value with the chain, and its instance with where it was. */
  announced({ uid, instanceNumber, register }: Witness, effect: Effect): Violation | null {
    if (effect.kind !== "chosen" && effect.kind !== "caught_up") return null;
    // A burst may have carried the node further: then the last of its announcements is the one to judge.
    if (instanceNumber !== effect.instanceNumber + (effect.kind === "chosen" ? 1 : 0)) return null;
    const said = this.#said.get(uid) ?? 0;
    if (instanceNumber < said) {
      return this.#broken(`node ${uid} has spoken of instance ${said} and is at ${instanceNumber}`);
    }
    // A node that was carried by a bare value knows no sessions, applies no tagged update, and so tells nobody what it has.
    if (register.sessions === null) return null;
    const expected = this.#registerBefore(instanceNumber);
    if (expected === undefined) {
      return this.#broken(`node ${uid} is at instance ${instanceNumber}, beyond what is decided`);
    }
    if (JSON.stringify(expected) === JSON.stringify(register)) return null;
    const differs = expected.value === register.value
      ? ["other sessions", "these"]
      : [register.value, expected.value].map((v) => JSON.stringify(v));
    const [has, wants] = differs;
    return this.#broken(`node ${uid} has ${has} before instance ${instanceNumber}, but the chain amounts to ${wants}`);
  }

  #registerBefore(instanceNumber: number): RegisterState | undefined {
    for (let next = this.#registers.length; next <= instanceNumber; next++) {
      const decision = this.agreement.decisions.get(next - 1);
      const silent = this.#learnedInSilence.get(next);
      if (decision !== undefined) {
        const register = new Register(this.maxSessions);
        register.restore(this.#registers[next - 1]!);
        register.apply(decodeLink(decision.link), next - 1);
        this.#registers.push(register.save());
      } else if (silent !== undefined) this.#registers.push(silent);
      else return undefined;
    }
    return this.#registers[instanceNumber];
  }

  #broken(message: string): Violation {
    return { kind: "chain", message };
  }
}
