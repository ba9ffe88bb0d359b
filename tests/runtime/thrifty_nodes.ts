// Nodes with the parts of the messenger that withhold accepts and make votes whole, so that storms can go over them:
// `paxos sim --node tests/runtime/thrifty_nodes.ts`.
import { MasterNode, PlainNode } from "../../src/node.ts";
import type { Effect, Input } from "../../src/replica/ports.ts";
import type { ReplicatedValue } from "../../src/replica/replicated_value.ts";
import { Quickest } from "../../src/runtime/quickest.ts";
import { Thrift } from "../../src/runtime/thrift.ts";
import { WholeVotes } from "../../src/runtime/whole_votes.ts";
import type { Constructor } from "../../src/strategies/constructor.ts";

/** A node whose messages pass through thrift on their way out, and through `votes` on their way in. */
export function Thrifty<B extends Constructor<ReplicatedValue>>(
  Base: B,
  votes: () => Pick<WholeVotes, "take"> = () => new WholeVotes(),
): B {
  return class Thrifty extends Base {
    #leaving: Effect[] = [];
    #leavesBeforeSave = false;
    #fires = new Map<string, () => void>();
    #quickest = new Quickest(this.quorumSize - 1);
    #votes = votes();
    #thrift = new Thrift(this.#quickest, {
      set: (name, delayMs, fire) => {
        this.#fires.set(name, fire);
        this.#leaving.push({ kind: "set_timer", name, delayMs });
      },
      cancel: (name) => {
        this.#fires.delete(name);
        this.#leaving.push({ kind: "cancel_timer", name });
      },
    }, (toUid, message) => {
      const beforeSave = this.#leavesBeforeSave && message.type === "accept";
      this.#leaving.push({ kind: "send", toUid, message, ...(beforeSave && { beforeSave }) });
    });

    override step(input: Input): void {
      const fire = input.kind === "timer" ? this.#fires.get(input.name) : undefined;
      if (fire !== undefined) return fire();
      if (input.kind !== "message" || input.message.type !== "accepted") return super.step(input);
      this.#quickest.voted(input.fromUid, input.message.instanceNumber);
      for (const [fromUid, message] of this.#votes.take(input.fromUid, input.message)) {
        super.step({ kind: "message", fromUid, message });
      }
    }

    override takeEffects(): Effect[] {
      for (const effect of super.takeEffects()) {
        if (effect.kind !== "send") {
          this.#leaving.push(effect);
          if (effect.kind === "chosen") this.#thrift.decided(effect.instanceNumber);
          continue;
        }
        this.#leavesBeforeSave = effect.beforeSave === true;
        this.#thrift.send(effect.toUid, effect.message);
      }
      return this.#leaving.splice(0);
    }
  };
}

/** A thrifty node with a lease. */
export class ThriftyMaster extends Thrifty(MasterNode) {}

/** A thrifty node without. */
export default class ThriftyNode extends Thrifty(PlainNode) {}
