import { PlainNode } from "../../node.ts";
import type { AnySettled } from "../../replica/proposals.ts";
import type { Bug } from "./bug.ts";

/** Says "not chosen" where it does not know. */
class ConfidentNode extends PlainNode {
  protected override settle(settled: readonly AnySettled[]): void {
    super.settle(
      settled.map(({ proposal, result }) =>
        result.result === "proposed" && result.outcome === "unknown"
          ? { proposal, result: { ...result, outcome: "not_chosen" } }
          : { proposal, result }
      ),
    );
  }
}

/**
 * "Not chosen" is never said of a value that is chosen later: who does not know says so.
 *
 * x is accepted at A alone and A's client is told that it has failed. B reads and finds nothing. Then A and B complete x.
 *
 * Source: scylla, issue 6299.
 */
export const failedThenSucceeds: Bug = {
  name: "failed-then-succeeds",
  rule: '"not chosen" is never said of a value that is chosen later: who does not know says so',
  ruleRef: "section 6",
  source: "scylla#6299",
  subject: { nodeClass: ConfidentNode },
  kinds: ["linearizability"],
};
