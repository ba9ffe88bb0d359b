// What one machine has shown of itself so far: the properties are judged by this alone.
import { compareProposalIds, formatProposalId, type ProposalId } from "../paxos/proposal_id.ts";
import type { PeerMessage } from "../replica/messages.ts";
import type { MachineState } from "./machine.ts";

/** A proposal that was sent, or a vote for it. */
export interface Ballot {
  /** The link. */
  readonly instanceNumber: number;
  /** The proposal ID, in words. */
  readonly id: string;
  /** Who made the proposal. */
  readonly proposer: string;
  /** The value. */
  readonly value: string;
}

/** A link that a quorum has accepted under one ID. */
export interface Decision extends Ballot {
  /** The quorum. */
  readonly acceptors: readonly string[];
}

/** What one machine has shown. */
export interface Facts {
  /** Its node. */
  readonly uid: string;
  /** The link that it is deciding. */
  readonly instanceNumber: number;
  /** The value of the links before, as it has it. */
  readonly value: string | null;
  /** The highest link that it has spoken of, accepts apart. */
  readonly said: number;
  /** How often it has crashed. */
  readonly crashes: number;
  /** Whether it believes itself master. */
  readonly isMaster: boolean;
  /** The proposals that it has prepared: an instance and an ID each, in words. */
  readonly prepared: readonly string[];
  /** What it has voted for. */
  readonly votes: readonly Ballot[];
  /** What it has proposed. */
  readonly accepts: readonly Ballot[];
}

/** What a machine in this state, that has sent these messages, has shown. */
export function factsOf(
  uid: string,
  { node, lease }: MachineState,
  messages: readonly PeerMessage[],
  crashes: number,
): Facts {
  // An accept may leave before the save, and shows no more than that the links before it are decided.
  const said = messages.map((one) => "instanceNumber" in one && one.type !== "accept" ? one.instanceNumber : 0);
  return {
    uid,
    instanceNumber: node.instanceNumber,
    value: node.register.value,
    said: Math.max(0, ...said),
    crashes,
    isMaster: lease !== null && lease.masterUntilMs > 0,
    prepared: preparedIn(messages),
    votes: ballots(messages, "accepted"),
    accepts: ballots(messages, "accept"),
  };
}

/** The highest ID to which these messages answer as an acceptor; `null` if to none. */
export function highestAnswered(messages: readonly PeerMessage[]): ProposalId | null {
  let highest: ProposalId | null = null;
  for (const message of messages) {
    const answers = message.type === "promise" || message.type === "accepted";
    if (answers && compareProposalIds(message.proposalId, highest) > 0) highest = message.proposalId;
  }
  return highest;
}

function ballots(messages: readonly PeerMessage[], type: "accept" | "accepted"): Ballot[] {
  const found = new Map<string, Ballot>();
  for (const message of messages) {
    if (message.type !== type || message.value === null) continue;
    const { instanceNumber, proposalId, value } = message;
    const id = formatProposalId(proposalId);
    // To every node the same.
    found.set(`${instanceNumber} ${id} ${value}`, { instanceNumber, id, proposer: proposalId.uid, value });
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, ballot]) => ballot);
}

function preparedIn(messages: readonly PeerMessage[]): string[] {
  const all = messages.flatMap((message) =>
    message.type === "prepare" ? [`${message.instanceNumber} ${formatProposalId(message.proposalId)}`] : []
  );
  return [...new Set(all)].sort();
}
