// Why a value won, in words.
import { formatProposalId } from "../paxos/proposal_id.ts";
import { proposalIdToJson } from "../replica/json.ts";
import { forcingPromise, type LinkRecord, type PromiseRecord } from "../replica/link_record.ts";

/** A decision, and what is needed to see that it is one. */
export interface Explanation {
  /** How it was decided. */
  readonly record: LinkRecord;
  /** All nodes. */
  readonly nodes: readonly string[];
  /** Why the promises are not known, where they are not: a sentence. */
  readonly withoutPromises: string;
}

/** The explanation, a line each; values are escaped by whoever prints it. */
export function explanationLines({ record, nodes, withoutPromises }: Explanation): string[] {
  const { instanceNumber, proposalId, value, acceptedBy, promises, promisedEarlier } = record;
  const id = formatProposalId(proposalId);
  const quorumSize = Math.floor(nodes.length / 2) + 1;
  const quorum = `${quorumSize} of ${nodes.length}`;
  const lines = [`Instance ${instanceNumber} chose ${JSON.stringify(value)} under ${id}.`, ""];
  if (promises === null) {
    lines.push(`1. ${withoutPromises}`);
  } else if (promisedEarlier) {
    const uids = promises.map(({ uid }) => uid).join(", ");
    lines.push(
      `1. Node ${proposalId.uid} had the promises of ${uids} to accept nothing below ${id} from an earlier instance: a quorum, ` +
        `${quorum}, and promises outlive the link.`,
      `2. So none of them has accepted anything below ${id} in this instance: ${proposalId.uid} was free to propose a value in ` +
        `one round trip.`,
    );
  } else {
    lines.push(
      `1. Node ${proposalId.uid} asked for promises to accept nothing below ${id}. A quorum, ${quorum}, gave them:`,
    );
    lines.push(...promises.map((promise) => `     ${promiseLine(promise)}`));
    lines.push(`2. ${choiceLine(promises, id, proposalId.uid)}`);
  }
  lines.push(
    `3. ${
      acceptedBy.join(", ")
    } accepted it under ${id}: ${acceptedBy.length} of ${nodes.length}, a quorum. That is the decision.`,
  );
  lines.push(
    "",
    `No other value can win instance ${instanceNumber}: whoever proposes above ${id} needs ${quorum} promises, and any ` +
      `${quorumSize} nodes hold one of ${acceptedBy.join(", ")}, which reports what it has accepted.`,
  );
  return lines;
}

function promiseLine({ uid, lastAcceptedId }: PromiseRecord): string {
  if (lastAcceptedId === null) return `${uid}, which had accepted nothing in this instance`;
  return `${uid}, which had accepted ${formatProposalId(lastAcceptedId)}`;
}

function choiceLine(promises: readonly PromiseRecord[], id: string, proposer: string): string {
  const forcing = forcingPromise(promises);
  if (forcing === null) {
    return `None of them had accepted anything, so nothing can have been chosen below ${id}: ${proposer} was free to propose its own value.`;
  }
  return `The promise of ${forcing.uid} forced the value: it reports ${
    formatProposalId(forcing.lastAcceptedId)
  }, the highest of ` +
    `all. A quorum may have accepted that one, so ${proposer} had to propose its value again, under ${id}.`;
}

/** The explanation as one JSON object. */
export function explanationJson({ record, nodes }: Explanation): string {
  const { instanceNumber, proposalId, value, acceptedBy, promises, promisedEarlier } = record;
  return JSON.stringify({
    instance_number: instanceNumber,
    proposal_id: proposalIdToJson(proposalId),
    value,
    nodes,
    quorum: Math.floor(nodes.length / 2) + 1,
    promises:
      promises?.map(({ uid, lastAcceptedId }) => ({ uid, last_accepted_id: proposalIdToJson(lastAcceptedId) })) ?? null,
    promised_earlier: promisedEarlier,
    forced_by: promises === null ? null : forcingPromise(promises)?.uid ?? null,
    accepted_by: acceptedBy,
  });
}
