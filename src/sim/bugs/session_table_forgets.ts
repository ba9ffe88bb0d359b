import { PlainNode } from "../../node.ts";
import type { NodeOptions } from "../../replica/ports.ts";
import { Register, type SessionState } from "../../replica/register.ts";
import type { Bug } from "./bug.ts";

/** Keeps no watermark. */
class DryRegister extends Register {
  protected override raise(watermark: number, _dropped: SessionState): number {
    return watermark;
  }
}

class DryNode extends PlainNode {
  protected override createRegister({ maxSessions }: NodeOptions): Register {
    return new DryRegister(maxSessions);
  }
}

/**
 * A session that was dropped from the table is expired, never new: the watermark tells them apart.
 *
 * A client's write is applied in link 5. Its session is dropped, since others are used. The client, who has heard nothing, asks
 * again: the write is applied once more.
 *
 * Source: tsoracle, issue 224.
 */
export const sessionTableForgets: Bug = {
  name: "session-table-forgets",
  rule: "a session that was dropped from the table is expired, never new: the watermark tells them apart",
  ruleRef: "section 6",
  source: "tsoracle#224",
  subject: { nodeClass: DryNode, tolerates: ["chain"] },
  kinds: ["exactly-once", "linearizability"],
};
