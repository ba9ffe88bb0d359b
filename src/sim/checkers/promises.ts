import { compareProposalIds, formatProposalId, type ProposalId } from "../../paxos/proposal_id.ts";
import type { PeerMessage } from "../../replica/messages.ts";
import type { Violation } from "../events.ts";
import type { Checker } from "./checker.ts";

/** Promises are kept, over crashes and over links: an acceptor never answers below an ID that it has promised or accepted. */
export class PromiseChecker implements Checker {
  #promised = new Map<string, ProposalId>();

  /** Compares an acceptor's answer with its earlier ones. */
  sent(uid: string, message: PeerMessage): Violation | null {
    if (message.type !== "promise" && message.type !== "accepted") return null;
    const { proposalId } = message;
    const before = this.#promised.get(uid) ?? null;
    if (compareProposalIds(proposalId, before) >= 0) {
      this.#promised.set(uid, proposalId);
      return null;
    }
    const verb = message.type === "promise" ? "promises" : "accepts";
    const [now, then] = [formatProposalId(proposalId), formatProposalId(before)];
    return {
      kind: "promises",
      message: `acceptor ${uid} has answered to ${then} and now ${verb} ${now}, which is lower`,
    };
  }
}
