import { encodeState } from "../../replica/node_state.ts";
import type { Store } from "../../replica/ports.ts";
import { Host } from "../host.ts";
import type { Bug } from "./bug.ts";

/** Tells the node that its state is durable when the save has only begun. */
class HastyHost extends Host {
  protected override store(): Store {
    return {
      save: (state, done) => {
        this.disk.save(encodeState(state, this.options), () => {});
        this.options.saving();
        done(null);
      },
    };
  }
}

/**
 * Save before you speak: nothing leaves a node before the state that it reveals is on stable storage.
 *
 * A and B accept x, so x is chosen; but B has answered before its save was durable, and crashes. It comes back without x, and C
 * gets y chosen at B and C.
 *
 * Source: atlasdb, issue 1508.
 */
export const speakBeforeSave: Bug = {
  name: "speak-before-save",
  rule: "nothing leaves a node before the state that it reveals is on stable storage",
  ruleRef: "S1",
  source: "atlasdb#1508",
  subject: { hostClass: HastyHost, tolerates: ["promises", "chain", "exactly-once"] },
  kinds: ["agreement", "proposals"],
};
