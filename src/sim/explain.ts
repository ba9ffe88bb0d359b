// Why an instance of a traced run was decided as it was.
import { formatProposalId, type ProposalId, sameProposalId } from "../paxos/proposal_id.ts";
import { isUid, isWholeNumber, proposalIdFromJson } from "../replica/json.ts";
import { describeLink } from "../replica/link.ts";
import type { LinkRecord } from "../replica/link_record.ts";
import type { PeerMessage } from "../replica/messages.ts";
import { decodeDatagram } from "../wire/datagram.ts";
import { encodeUtf8 } from "../wire/utf8.ts";
import { TRACE_FORMAT } from "./trace.ts";

/** What a trace says of an instance. */
export type TracedDecision =
  | { readonly kind: "decided"; readonly nodes: readonly string[]; readonly record: LinkRecord }
  /** It was not decided; `reached` is the highest instance that a node came to. */
  | { readonly kind: "undecided"; readonly reached: number }
  /** That is no trace: the line, counted from 1, and what is wrong with it. */
  | { readonly kind: "damaged"; readonly line: number; readonly reason: string };

/** A proposal, and who has accepted it. */
interface Ballot {
  readonly id: ProposalId;
  link: string | null;
  readonly acceptedBy: Set<string>;
  /** What the acceptors that promised the ID had accepted before. */
  readonly promises: Map<string, ProposalId | null>;
  /** Whether its accept has been seen: what is promised later changes nothing. */
  isProposed: boolean;
}

/** Where a node stands, as a trace tells it. */
interface State {
  readonly instanceNumber: number;
  readonly promisedId: ProposalId | null;
  readonly acceptedId: ProposalId | null;
  readonly acceptedValue: string | null;
}

/** Reads the trace, a line of JSON an event, as `traceStorm` writes it. */
export function explainTrace(lines: Iterable<string>, instanceNumber: number): TracedDecision {
  let reader: Reader | null = null;
  let number = 0;
  for (const line of lines) {
    number++;
    if (line === "") continue;
    const json = parse(line);
    if (json === null) return { kind: "damaged", line: number, reason: "it is not a JSON object" };
    if (reader === null) {
      const nodes = nodesOf(json);
      if (nodes === null) {
        return { kind: "damaged", line: number, reason: `it is no head of a trace of version ${TRACE_FORMAT}` };
      }
      reader = new Reader(nodes, instanceNumber);
    } else {
      const record = reader.read(json);
      if (record !== null) return { kind: "decided", nodes: reader.nodes, record };
    }
  }
  return reader === null
    ? { kind: "damaged", line: 1, reason: "the file is empty" }
    : { kind: "undecided", reached: reader.reached };
}

class Reader {
  reached = 0;
  readonly #quorumSize: number;
  #states = new Map<string, State>();
  #ballots = new Map<string, Ballot>();

  constructor(readonly nodes: readonly string[], readonly instanceNumber: number) {
    this.#quorumSize = Math.floor(nodes.length / 2) + 1;
  }

  /** Takes one event; the decision, if it completes a quorum. */
  read(json: Readonly<Record<string, unknown>>): LinkRecord | null {
    const letter = letterOf(json);
    if (letter !== null) this.#delivered(letter.from, letter.to, letter.message);
    for (const [uid, state] of Object.entries((json.nodes ?? {}) as Record<string, unknown>)) {
      this.#changed(uid, state, letter);
    }
    for (const ballot of this.#ballots.values()) {
      if (ballot.acceptedBy.size >= this.#quorumSize) return this.#decision(ballot);
    }
    return null;
  }

  #decision({ id, link, acceptedBy, promises }: Ballot): LinkRecord {
    const { instanceNumber } = this;
    return {
      instanceNumber,
      proposalId: id,
      value: describeLink(link ?? ""),
      acceptedBy: [...acceptedBy].sort(),
      promises: promises.size < this.#quorumSize
        ? null
        : [...promises].map(([uid, lastAcceptedId]) => ({ uid, lastAcceptedId })),
      promisedEarlier: false,
    };
  }

  #delivered(from: string, to: string, message: PeerMessage): void {
    if (!("proposalId" in message) || message.instanceNumber !== this.instanceNumber) return;
    const ballot = this.#ballot(message.proposalId);
    switch (message.type) {
      case "promise":
        if (to === message.proposalId.uid && !ballot.isProposed) ballot.promises.set(from, message.lastAcceptedId);
        break;
      case "accept":
        ballot.isProposed = true;
        ballot.link = message.value;
        break;
      case "accepted":
        ballot.link = message.value ?? ballot.link;
        ballot.acceptedBy.add(from);
    }
  }

  /** What a node does to itself is in no datagram: its own promise and its own acceptance show in its state. */
  #changed(uid: string, json: unknown, letter: ReturnType<typeof letterOf>): void {
    const before = this.#states.get(uid);
    const state = stateOf(json);
    if (state === null) return void this.#states.delete(uid);
    this.#states.set(uid, state);
    this.reached = Math.max(this.reached, state.instanceNumber);
    if (state.instanceNumber === this.instanceNumber) {
      const { promisedId, acceptedId, acceptedValue } = state;
      if (promisedId?.uid === uid && !sameProposalId(promisedId, before?.promisedId ?? null)) {
        const reported = sameProposalId(acceptedId, promisedId) ? before?.acceptedId ?? null : acceptedId;
        this.#ballot(promisedId).promises.set(uid, reported);
      }
      if (acceptedId !== null) {
        const ballot = this.#ballot(acceptedId);
        ballot.link = acceptedValue;
        ballot.acceptedBy.add(uid);
        if (acceptedId.uid === uid) ballot.isProposed = true;
      }
    }
    // It accepted and learned in one step.
    const movedOn = before?.instanceNumber === this.instanceNumber && state.instanceNumber > this.instanceNumber;
    if (movedOn && letter?.to === uid && letter.message.type === "accept") {
      this.#ballot(letter.message.proposalId).acceptedBy.add(uid);
    }
  }

  #ballot(id: ProposalId): Ballot {
    const key = formatProposalId(id);
    const ballot = this.#ballots.get(key) ??
      { id, link: null, acceptedBy: new Set(), promises: new Map(), isProposed: false };
    this.#ballots.set(key, ballot);
    return ballot;
  }
}

function letterOf(json: Readonly<Record<string, unknown>>) {
  if (json.kind !== "deliver" && json.kind !== "duplicate") return null;
  const { from, to, text } = json.datagram as Readonly<Record<string, unknown>>;
  if (typeof from !== "string" || typeof to !== "string" || typeof text !== "string") return null;
  const decoded = decodeDatagram(encodeUtf8(text));
  return decoded.kind === "peer" ? { from, to, message: decoded.message } : null;
}

function stateOf(json: unknown): State | null {
  if (typeof json !== "object" || json === null) return null;
  const { instance_number: instanceNumber, promised_id, accepted_id, accepted_value } = json as Record<string, unknown>;
  const [promisedId, acceptedId] = [proposalIdFromJson(promised_id), proposalIdFromJson(accepted_id)];
  if (!isWholeNumber(instanceNumber) || promisedId === undefined || acceptedId === undefined) return null;
  return {
    instanceNumber,
    promisedId,
    acceptedId,
    acceptedValue: typeof accepted_value === "string" ? accepted_value : null,
  };
}

function nodesOf(json: Readonly<Record<string, unknown>>): string[] | null {
  if (json.trace !== TRACE_FORMAT || !Array.isArray(json.nodes)) return null;
  const uids = json.nodes.map((node: { readonly uid?: unknown } | null) => node?.uid);
  return uids.every(isUid) ? uids : null;
}

function parse(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const json: unknown = JSON.parse(line);
    return typeof json === "object" && json !== null && !Array.isArray(json) ? json as Record<string, unknown> : null;
  } catch {
    return null;
  }
}
