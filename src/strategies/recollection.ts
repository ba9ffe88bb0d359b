import { describeLink } from "../replica/link.ts";
import type { LinkRecord } from "../replica/link_record.ts";
import type { Asker } from "../replica/proposals.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import { sameProposalId } from "../paxos/proposal_id.ts";
import type { Answering } from "./clients.ts";
import type { Constructor } from "./constructor.ts";
import { StableProposer } from "./stable_proposer.ts";

/** How many decisions a node remembers. */
export const MAX_RECORDS = 1024;

/** The longest text that is kept of a value, in characters. */
const MAX_TEXT = 200;

/** What `Recollection` adds. */
export interface Recollecting {
  /** How the instance was decided, as this node has seen it; null if it has not, or has forgotten. */
  recall(instanceNumber: number): LinkRecord | null;
}

/** Remembers how the last links were decided, so that `paxos explain` can say why; of what it was not told it knows nothing. */
export function Recollection<B extends Constructor<ReplicatedValue & Answering>>(
  Base: B,
): B & Constructor<Recollecting> {
  return class Recollection extends Base implements Recollecting {
    #records = new Map<number, LinkRecord>();

    recall(instanceNumber: number): LinkRecord | null {
      return this.#records.get(instanceNumber) ?? null;
    }

    override explain(asker: Asker, instanceNumber: number): void {
      const record = this.recall(instanceNumber);
      this.respond(asker, { result: "explained", instanceNumber: this.instanceNumber, record });
    }

    protected override learn(link: string): void {
      this.#record(link);
      super.learn(link);
    }

    /** Has to happen before the next instance begins: then the roles of this one are gone. */
    #record(link: string): void {
      const { instanceNumber, paxos: { learner, proposer } } = this;
      if (learner.chosen === null) return;
      const { proposalId } = learner.chosen;
      const acceptedBy = [...learner.acceptedBy(proposalId)].sort();
      const promises = sameProposalId(proposalId, proposer.proposalId)
        ? [...proposer.promises].map(([uid, { lastAcceptedId }]) => ({ uid, lastAcceptedId }))
          // A promise that reports this very proposal was repeated after the accept: it has forced nothing.
          .filter(({ lastAcceptedId }) => !sameProposalId(lastAcceptedId, proposalId))
        : null;
      const promisedEarlier = promises !== null && proposer instanceof StableProposer && proposer.continued;
      this.#records.set(instanceNumber, {
        instanceNumber,
        proposalId,
        value: shorten(describeLink(link)),
        acceptedBy,
        promises,
        promisedEarlier,
      });
      this.#records.delete(instanceNumber - MAX_RECORDS);
    }
  };
}

function shorten(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).toWellFormed()}...`;
}
