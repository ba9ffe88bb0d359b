import { BLANK_STATE, type NodeState } from "../../replica/node_state.ts";
import { Host } from "../host.ts";
import type { Bug } from "./bug.ts";

/** Starts blank whatever the disk holds. */
class ForgetfulHost extends Host {
  protected override load(_text: string | null): NodeState {
    return BLANK_STATE;
  }
}

/**
 * What an acceptor has promised and accepted survives a crash.
 *
 * A and B accept x, so x is chosen. B restarts blank. C prepares at B and C, and both report nothing: C proposes y, and B and C
 * accept it.
 *
 * Source: E. Michael, D. Ports, N. Sharma and A. Szekeres, *Recovering Shared Objects Without Stable Storage*, DISC 2017.
 */
export const forgetDisk: Bug = {
  name: "forget-disk",
  rule: "what an acceptor has promised and accepted survives a crash",
  ruleRef: "S1",
  source: "Michael et al., DISC 2017",
  subject: { hostClass: ForgetfulHost, tolerates: ["promises", "chain", "exactly-once"] },
  kinds: ["agreement"],
};
