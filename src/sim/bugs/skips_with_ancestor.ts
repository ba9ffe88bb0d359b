import { PlainNodeBase } from "../../node.ts";
import { SingleRoundTrip } from "../../strategies/single_round_trip.ts";
import type { Bug } from "./bug.ts";

/** This node forgets its promises with each link, as a node of the ancestor does. */
const FICKLE = "B";

/** Knows which one forgets, and prepares each link anew that it would skip over that one. */
class MixedNode extends SingleRoundTrip(PlainNodeBase) {
  protected override advance(instanceNumber: number): void {
    super.advance(instanceNumber);
    if (this.uid === FICKLE) this.paxos.acceptor.promisedId = null;
  }

  override keepsPromises(uid: string): boolean {
    return uid !== FICKLE && super.keepsPromises(uid);
  }
}

/** Trusts that all keep their promises. */
class TrustingNode extends MixedNode {
  override keepsPromises(_uid: string): boolean {
    return true;
  }
}

/**
 * No prepare is skipped over the promise of a node that does not keep its promises over links.
 *
 * A prepares 2.A with B, which is of the ancestor, and link 0 is chosen. B forgets 2.A. C prepares 1.C for link 1 with B and gets y
 * chosen. A's accept under 2.A reaches B, and x is chosen as well.
 */
export const skipsWithAncestor: Bug = {
  name: "skips-with-ancestor",
  rule: "no prepare is skipped over the promise of a node that does not keep its promises over links",
  ruleRef: "S4",
  source: "found by a search of the protocol's states",
  subject: { nodeClass: TrustingNode, tolerates: ["promises"] },
  control: { nodeClass: MixedNode, tolerates: ["promises"] },
  kinds: ["agreement"],
};
