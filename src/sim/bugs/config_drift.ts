import { PlainNode } from "../../node.ts";
import type { Acquaintance } from "../../strategies/introduction.ts";
import { Host, type HostOptions } from "../host.ts";
import type { Outside } from "../../replica/ports.ts";
import type { Subject } from "../storm.ts";
import type { Bug } from "./bug.ts";

/** Whose operator has left two nodes out of A's list. */
class DriftedHost extends Host {
  /** As any machine, but for A's list of nodes. */
  constructor(options: HostOptions, outside: Outside) {
    super(options.uid === "A" ? { ...options, nodes: ["A", "B", "C"] } : options, outside);
  }
}

/** Counts the votes of whoever answers. */
class TrustingNode extends PlainNode {
  override acquaintance(_uid: string): Acquaintance {
    return "same";
  }
}

const CLUSTER: Subject = { hostClass: DriftedHost, nodes: 5, tolerates: ["liveness"] };

/**
 * A peer's votes count only if it has shown the same configuration.
 *
 * Of five nodes A knows three. It takes itself and B for a quorum and announces x, which C, D and E know nothing of.
 */
export const configDrift: Bug = {
  name: "config-drift",
  rule: "a peer's votes count only if it has shown the same configuration",
  ruleRef: "S9",
  source: "classic",
  subject: { ...CLUSTER, nodeClass: TrustingNode },
  control: CLUSTER,
  kinds: ["agreement"],
};
