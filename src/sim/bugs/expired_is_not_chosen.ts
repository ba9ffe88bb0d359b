import { PlainNode } from "../../node.ts";
import type { Update } from "../../replica/link.ts";
import type { NodeOptions } from "../../replica/ports.ts";
import { Register, type UpdateResult } from "../../replica/register.ts";
import type { Bug } from "./bug.ts";

/** Takes an expired session for one whose update was not applied. */
class ConfidentRegister extends Register {
  override resultOf(update: Update, instanceNumber: number): UpdateResult | null {
    const result = super.resultOf(update, instanceNumber);
    return result?.outcome === "expired" ? { ...result, outcome: "condition_failed" } : result;
  }
}

class ConfidentNode extends PlainNode {
  protected override createRegister({ maxSessions }: NodeOptions): Register {
    return new ConfidentRegister(maxSessions);
  }
}

/**
 * An expired session is answered "unknown": nobody can tell any more whether its update was applied.
 *
 * A client's write is applied in link 0, and its session is dropped from the table. It asks again and is told "not chosen".
 *
 * Source: the search for the protocol's rules.
 */
export const expiredIsNotChosen: Bug = {
  name: "expired-is-not-chosen",
  rule: 'an expired session is answered "unknown": nobody can tell any more whether its update was applied',
  ruleRef: "section 6",
  source: "the search for the protocol's rules",
  subject: { nodeClass: ConfidentNode },
  kinds: ["linearizability"],
  maxEvents: {
    events: 24,
    reason: "the table has to overflow first, and each update that fills it takes some six events",
  },
};
