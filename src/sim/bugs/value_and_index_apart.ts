import { BLANK_STATE, encodeState, type NodeState } from "../../replica/node_state.ts";
import type { Store } from "../../replica/ports.ts";
import { Host } from "../host.ts";
import type { Bug } from "./bug.ts";

/** Saves the instance first and the value after it. */
class PiecemealHost extends Host {
  protected override store(): Store {
    let { register } = this.disk.durable === null ? BLANK_STATE : this.load(this.disk.durable);
    const write = (state: NodeState, done: (error: Error | null) => void) => {
      this.disk.save(encodeState(state, this.options), done);
      this.options.saving();
    };
    return {
      save: (state, done) => {
        if (state.register === register) return write(state, done);
        write({ ...state, register }, () => write(state, done));
        register = state.register;
      },
    };
  }
}

/**
 * The value and the instance are saved in one write.
 *
 * B learns link 7 and saves that it is at link 8; it crashes before the value of link 7 is saved, and has the old value for
 * current.
 *
 * Source: the post-mortem of etcd 3.5.
 */
export const valueAndIndexApart: Bug = {
  name: "value-and-index-apart",
  rule: "the value and the instance are saved in one write",
  ruleRef: "S1",
  source: "etcd 3.5 post-mortem",
  subject: { hostClass: PiecemealHost },
  kinds: ["chain", "linearizability"],
};
