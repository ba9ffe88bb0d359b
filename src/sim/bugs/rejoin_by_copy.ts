import type { NodeState } from "../../replica/node_state.ts";
import type { Outside } from "../../replica/ports.ts";
import { Host, type HostOptions } from "../host.ts";
import type { Bug } from "./bug.ts";

/** The machines of a cluster, by the list of its nodes, which all of them share. */
const neighbours = new WeakMap<readonly string[], CopyingHost[]>();

/** Comes back from a lost disk with a copy of a neighbour's state file. */
class CopyingHost extends Host {
  /** As any machine, but its neighbours know it. */
  constructor(options: HostOptions, outside: Outside) {
    super(options, outside);
    neighbours.set(options.nodes, [...neighbours.get(options.nodes) ?? [], this]);
  }

  protected override rejoining(): NodeState {
    const others = neighbours.get(this.options.nodes)!.filter(({ node }) => node !== null);
    // The one with the shortest file, which is likely to know least.
    const [other] = others.toSorted((a, b) => (a.disk.durable?.length ?? 0) - (b.disk.durable?.length ?? 0));
    return other === undefined ? super.rejoining() : other.load(other.disk.durable);
  }
}

/**
 * A node that has lost its state asks all others and abstains for a while; it never starts from a copy of another's file.
 *
 * A and B accept x, so x is chosen. B loses its disk, and starts from a copy of C's file, which knows of nothing. C prepares at
 * B and C, both report nothing, and they choose y.
 *
 * Source: T. Chandra, R. Griesemer and J. Redstone, *Paxos Made Live*, PODC 2007, section 5.1.
 */
export const rejoinByCopy: Bug = {
  name: "rejoin-by-copy",
  rule: "a node that has lost its state abstains for a while; it never starts from a copy of another's file",
  ruleRef: "S10",
  source: "Paxos Made Live; Michael et al., DISC 2017",
  subject: { hostClass: CopyingHost, tolerates: ["promises", "proposals", "chain", "exactly-once"] },
  kinds: ["agreement"],
};
