import { formatProposalId, type ProposalId } from "../../paxos/proposal_id.ts";
import { describeLink } from "../../replica/link.ts";
import type { PeerMessage } from "../../replica/messages.ts";
import type { NodeState } from "../../replica/node_state.ts";
import type { Effect } from "../../replica/ports.ts";
import type { Violation } from "../events.ts";
import type { Checker, Witness } from "./checker.ts";

/** A decision, as somebody who sees all acceptors at once knows it. */
export interface Decision {
  /** The link. */
  readonly link: string;
  /** The proposal ID under which a quorum has accepted it, in words. */
  readonly proposal: string;
  /** The quorum. */
  readonly acceptors: readonly string[];
}

interface Vote {
  readonly instanceNumber: number;
  readonly proposalId: ProposalId;
  readonly value: string;
}

/**
 * Agreement: no instance ever decides two values.
 *
 * It counts what acceptors say that they have accepted, and so knows a decision before any node does. What nodes announce
 * must be that decision.
 */
export class AgreementChecker implements Checker {
  /** The decisions, by instance. */
  readonly decisions: Map<number, Decision> = new Map();
  #votes = new Map<string, Set<string>>();
  /** What was proposed, by instance and ID: a vote need not repeat it. */
  #proposed = new Map<string, string>();

  /** `quorumSize` is that of the real cluster, whatever its nodes believe. */
  constructor(readonly quorumSize: number) {}

  /** Counts an acceptor's vote. */
  sent(uid: string, message: PeerMessage): Violation | null {
    if (message.type !== "accept" && message.type !== "accepted") return null;
    const key = `${message.instanceNumber} ${formatProposalId(message.proposalId)}`;
    if (message.type === "accept") this.#proposed.set(key, message.value);
    const value = message.value ?? this.#proposed.get(key);
    return message.type === "accept" || value === undefined ? null : this.#count(uid, { ...message, value });
  }

  /** Counts a vote that is durable though nobody was told. */
  survived(uid: string, { instanceNumber, acceptor }: NodeState): Violation | null {
    const { acceptedId: proposalId, acceptedValue: value } = acceptor;
    return proposalId === null || value === null ? null : this.#count(uid, { instanceNumber, proposalId, value });
  }

  /** Compares what a node has learned. */
  announced({ uid }: Witness, effect: Effect): Violation | null {
    if (effect.kind !== "chosen") return null;
    const { instanceNumber, link } = effect;
    const decision = this.decisions.get(instanceNumber);
    if (decision?.link === link) return null;
    const truth = decision === undefined ? "nothing is decided there" : describe(decision);
    const message = `node ${uid} says that instance ${instanceNumber} chose ${
      JSON.stringify(describeLink(link))
    }, but ${truth}`;
    return { kind: "agreement", message };
  }

  #count(uid: string, vote: Vote): Violation | null {
    const { instanceNumber, value: link } = vote;
    const proposal = formatProposalId(vote.proposalId);
    const key = `${instanceNumber} ${proposal} ${link}`;
    const acceptors = this.#votes.get(key) ?? new Set();
    this.#votes.set(key, acceptors.add(uid));
    if (acceptors.size < this.quorumSize) return null;
    const decision = { link, proposal, acceptors: [...acceptors].sort() };
    const before = this.decisions.get(instanceNumber);
    if (before === undefined) this.decisions.set(instanceNumber, decision);
    if (before === undefined || before.link === link) return null;
    const message = `instance ${instanceNumber} is decided twice: ${describe(before)}, and ${describe(decision)}`;
    return { kind: "agreement", message };
  }
}

function describe({ link, proposal, acceptors }: Decision): string {
  return `${acceptors.join(", ")} accepted ${JSON.stringify(describeLink(link))} under ${proposal}`;
}
