import { BLANK_STATE, type NodeState, StateDamage } from "../../replica/node_state.ts";
import { Host } from "../host.ts";
import type { Bug } from "./bug.ts";

/** Takes a damaged state file for an empty one. */
class CheerfulHost extends Host {
  protected override load(text: string | null): NodeState {
    try {
      return super.load(text);
    } catch (error) {
      if (error instanceof StateDamage) return BLANK_STATE;
      throw error;
    }
  }
}

/**
 * A damaged state file is never an empty one: the node refuses to start.
 *
 * As in `forget-disk`, with one bad byte.
 *
 * Source: R. Alagappan and others, *Protocol-Aware Recovery for Consensus-Based Storage*, FAST 2018.
 */
export const blankOnCorrupt: Bug = {
  name: "blank-on-corrupt",
  rule: "a damaged state file is never an empty one: the node refuses to start",
  ruleRef: "S6",
  source: "Protocol-Aware Recovery, FAST 2018",
  subject: { hostClass: CheerfulHost, tolerates: ["promises", "chain", "exactly-once"] },
  kinds: ["agreement"],
};
