// Proposal IDs and messages as short as in the titles of the tests.
import type {
  AcceptedMessage,
  AcceptMessage,
  NackMessage,
  PrepareMessage,
  PromiseMessage,
} from "../../src/paxos/messages.ts";
import type { ProposalId } from "../../src/paxos/proposal_id.ts";

/** `id("5.B")` is the ID of round 5 of node B. */
export function id(text: string): ProposalId {
  const [number, uid] = text.split(".");
  return { number: Number(number), uid: uid! };
}

export function prepare(proposalId: string): PrepareMessage {
  return { type: "prepare", proposalId: id(proposalId) };
}

/** A promise that reports a value accepted under an earlier ID, or none. */
export function promise(
  proposalId: string,
  acceptedId: string | null = null,
  value: string | null = null,
): PromiseMessage {
  const lastAcceptedId = acceptedId === null ? null : id(acceptedId);
  return { type: "promise", proposalId: id(proposalId), lastAcceptedId, lastAcceptedValue: value };
}

export function nack(proposalId: string, promisedId: string): NackMessage {
  return { type: "nack", proposalId: id(proposalId), promisedId: id(promisedId) };
}

export function accept(proposalId: string, value: string): AcceptMessage {
  return { type: "accept", proposalId: id(proposalId), value };
}

export function accepted(proposalId: string, value: string): AcceptedMessage {
  return { type: "accepted", proposalId: id(proposalId), value };
}

/** What a crash or a wire does to plain data: a copy of the same content. */
export function copy<T>(data: T): T {
  return JSON.parse(JSON.stringify(data));
}
