import { PlainNodeBase } from "../../node.ts";
import type { News } from "../../replica/messages.ts";
import { SingleRoundTrip } from "../../strategies/single_round_trip.ts";
import type { Bug } from "./bug.ts";

/** Prepares once for all links that follow, with no lease at all: the rule has nothing to do with leases. */
const OneTripNode = SingleRoundTrip(PlainNodeBase);

/** Takes for granted, when it is carried over links, that all have promised what it has asked for before. */
class PresumingNode extends OneTripNode {
  protected override carry(fromUid: string, news: News): void {
    const { instanceNumber, paxos: { proposer: { proposalId } } } = this;
    super.carry(fromUid, news);
    const { proposer } = this.paxos;
    if (proposalId === null || proposer.proposalId !== null || this.instanceNumber === instanceNumber) return;
    proposer.proposalId = proposalId;
    for (const uid of this.nodes) {
      proposer.promises.set(uid, { type: "promise", proposalId, lastAcceptedId: null, lastAcceptedValue: null });
    }
  }
}

/**
 * A node that is carried over links goes on under its ID only if a quorum has promised it.
 *
 * C prepares 1.C, and nobody hears of it. A gets x chosen with B under 1.A, and then y. Carried to the link of y, C sends an accept
 * under 1.C, which B may accept: it is above 1.A. So two values are chosen.
 *
 * Source: the ancestor.
 */
export const catchupThenLeads: Bug = {
  name: "catchup-then-leads",
  rule: "a node that is carried over links goes on under its ID only if a quorum has promised it",
  ruleRef: "S4",
  source: "the ancestor",
  subject: { nodeClass: PresumingNode },
  control: { nodeClass: OneTripNode },
  kinds: ["agreement"],
};
