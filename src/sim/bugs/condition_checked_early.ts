import { PlainNode } from "../../node.ts";
import type { ClientInput } from "../../replica/ports.ts";
import type { Bug } from "./bug.ts";

/** Judges a condition by the value that it has at the moment. */
class HastyNode extends PlainNode {
  protected override receiveFromClient(input: ClientInput): void {
    const request = input.kind === "request" && input.request.operation === "propose" ? input.request : null;
    const condition = request?.update.condition;
    if (
      request === null || input.kind !== "request" || condition?.kind !== "value" ||
      condition.value === this.register.value
    ) {
      return super.receiveFromClient(input);
    }
    const asker = { address: input.from, requestId: request.requestId };
    this.respond(asker, { result: "proposed", outcome: "not_chosen", instanceNumber: null, reason: "checked early" });
  }
}

/**
 * A condition is judged when the link is applied, never earlier.
 *
 * A node checks it against its own old value and says "not chosen". Another copy of the update, at another node, is applied.
 *
 * Source: the search for the protocol's rules.
 */
export const conditionCheckedEarly: Bug = {
  name: "condition-checked-early",
  rule: "a condition is judged when the link is applied, never earlier",
  ruleRef: "section 6",
  source: "the search for the protocol's rules",
  subject: { nodeClass: HastyNode },
  kinds: ["linearizability"],
};
