import { PlainNode } from "../../node.ts";
import type { News } from "../../replica/messages.ts";
import type { Bug, Slip } from "./bug.ts";

/** Goes wherever a snapshot points. */
const obedient: Slip = (Base) =>
  class ObedientNode extends Base {
    protected override carry(fromUid: string, news: News): void {
      if (news.instanceNumber <= this.instanceNumber) this.instanceNumber = news.instanceNumber - 1;
      super.carry(fromUid, news);
    }
  };

/**
 * A snapshot that is not ahead of its receiver never moves it back.
 *
 * A and B are at link 100. A late snapshot of link 65 makes B drop the links between. A dies, and B and C decide link 66 anew.
 *
 * Source: camunda, issue 6092.
 */
export const snapshotGoesBack: Bug = {
  name: "snapshot-goes-back",
  rule: "a snapshot that is not ahead of its receiver never moves it back",
  ruleRef: "section 4",
  source: "camunda#6092",
  slip: obedient,
  subject: { nodeClass: obedient(PlainNode), tolerates: ["chain", "exactly-once"] },
  kinds: ["agreement"],
};
