import { sameProposalId } from "../../paxos/proposal_id.ts";
import type { NodeState } from "../../replica/node_state.ts";
import { Host } from "../host.ts";
import type { Bug } from "./bug.ts";

/** Finds no promise on its disk where it was an accept that raised it. */
class LossyHost extends Host {
  protected override load(text: string | null): NodeState {
    const state = super.load(text);
    const { promisedId, acceptedId } = state.acceptor;
    if (acceptedId === null || !sameProposalId(promisedId, acceptedId)) return state;
    return { ...state, acceptor: { ...state.acceptor, promisedId: null } };
  }
}

/**
 * The promise that an accept raises is durable, as any other.
 *
 * C accepts y under 2.B without having promised it, and y is chosen at B and C. C restarts and has no promise; it takes A's late accept of
 * x under 1.A. Whoever prepares at A and C next finds x alone.
 *
 * Source: the ancestor.
 */
export const acceptPromiseNotSaved: Bug = {
  name: "accept-promise-not-saved",
  rule: "the promise that an accept raises is durable, as any other",
  ruleRef: "S2",
  source: "the ancestor",
  subject: { hostClass: LossyHost, tolerates: ["error"] },
  kinds: ["promises", "agreement"],
};
