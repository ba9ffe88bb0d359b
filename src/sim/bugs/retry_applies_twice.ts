import { PlainNode } from "../../node.ts";
import type { Update } from "../../replica/link.ts";
import type { NodeOptions } from "../../replica/ports.ts";
import { Register, type UpdateResult } from "../../replica/register.ts";
import type { Bug } from "./bug.ts";

/** Never looks whether it has applied an update before. */
class CarelessRegister extends Register {
  override resultOf(_update: Update, _instanceNumber: number): UpdateResult | null {
    return null;
  }
}

class CarelessNode extends PlainNode {
  protected override createRegister({ maxSessions }: NodeOptions): Register {
    return new CarelessRegister(maxSessions);
  }
}

/**
 * An update that bears a session is applied once, in however many links it stands.
 *
 * A decides the client's write in link 5 and dies before it answers. The client asks B again, and link 6 has the same write.
 *
 * Source: etcd, issue 18424.
 */
export const retryAppliesTwice: Bug = {
  name: "retry-applies-twice",
  rule: "an update that bears a session is applied once, in however many links it stands",
  ruleRef: "section 6",
  source: "etcd#18424",
  subject: { nodeClass: CarelessNode, tolerates: ["chain"] },
  kinds: ["exactly-once", "linearizability"],
};
