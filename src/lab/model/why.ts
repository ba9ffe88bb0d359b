// Why things are as they are, in sentences that follow from what is seen.
import { compareProposalIds, formatProposalId, sameProposalId } from "../../paxos/proposal_id.ts";
import { describeLink } from "../../replica/link.ts";
import { describeValue } from "../../sim/describe.ts";
import type { ChainMessage, PeerMessage } from "../../replica/messages.ts";
import { decodeDatagram } from "../../wire/datagram.ts";
import { encodeUtf8 } from "../../wire/utf8.ts";
import type { FlyingLetter } from "./letters.ts";
import type { DecidedInstance, Moment } from "./moment.ts";
import type { LeaseSeen, NodeView } from "./node_view.ts";

/** What a machine is at. */
export function whyNode(view: NodeView, quorum: number): string[] {
  const { uid, memory, disk, drive, paused, refusal } = view;
  if (memory === null) {
    if (refusal !== null) return [`${uid} refuses to start: ${refusal}`];
    const left = disk.durable === null
      ? "Its disk is empty: when it starts again it knows nothing, not even what it has promised."
      : "When it starts again it begins with what is on its disk.";
    return [`${uid} is down: all that was in its memory is gone. ${left}`];
  }
  const { instanceNumber, acceptor: { promisedId, acceptedId, acceptedValue } } = memory;
  const sentences = [`${uid} is deciding instance ${instanceNumber}, the link after the ${instanceNumber} it knows.`];
  if (paused) sentences.push("It is paused, with all that it has in memory: what arrives waits.");
  if (promisedId !== null) {
    sentences.push(
      `It has promised ${
        formatProposalId(promisedId)
      }: it refuses every proposal below that, in this instance and in all that follow.`,
    );
  }
  if (acceptedId !== null) {
    sentences.push(
      `It has accepted ${describeValue(describeLink(acceptedValue ?? ""))} under ${
        formatProposalId(acceptedId)
      }, and tells so whoever asks it for a promise.`,
    );
  }
  if (view.lease !== null) sentences.push(leasing(uid, view.lease));
  if (drive !== null) sentences.push(driving(view, quorum));
  if (disk.writing !== null) sentences.push("A save is under way: what it has to say waits until that is on the disk.");
  if (disk.hung) sentences.push("Its disk hangs: nothing that it says can leave until a save ends.");
  return sentences;
}

function leasing(uid: string, { holder, isMaster, waitsUntilMs, untilMs }: LeaseSeen): string {
  if (isMaster) {
    return `${uid} is master until ${
      Math.round(untilMs)
    } ms: it adds links in one round trip, and answers reads without asking anybody.`;
  }
  if (holder !== null) {
    return `It takes ${holder} for the master, and votes for nobody else until ${Math.round(untilMs)} ms.`;
  }
  return waitsUntilMs > untilMs
    ? `A lease may stand of which it was not told: it votes for nobody until ${Math.round(waitsUntilMs)} ms.`
    : "It knows of no lease that stands: it may vote for any node, and stand itself.";
}

function driving({ drive }: NodeView, quorum: number): string {
  const { proposalId, promises, accept, acceptedBy } = drive!;
  const id = formatProposalId(proposalId);
  if (accept === null) {
    return `It asks for promises for ${id}: ${list(promises)} of ${quorum} needed.`;
  }
  const value = describeValue(describeLink(accept));
  return `A quorum has promised ${id}, and it asks all to accept ${value}: accepted by ${
    list(acceptedBy)
  }, ${quorum} are needed.`;
}

function list(uids: readonly string[]): string {
  return uids.length === 0 ? "nobody yet" : uids.join(", ");
}

/** What would come of a datagram if it arrived now. */
export function whyLetter(letter: FlyingLetter, { nodes, cuts }: Moment): string[] {
  const { from, to, text } = letter;
  if (cuts.has(`${from}>${to}`)) return [`The link from ${from} to ${to} is cut: it will be lost there.`];
  const receiver = nodes.get(to);
  if (receiver === undefined) return [`It is for ${to}.`];
  if (receiver.memory === null) return [`${to} is down: if it arrives now it is lost.`];
  if (receiver.paused) return [`${to} is paused: it will wait there.`];
  const decoded = decodeDatagram(encodeUtf8(text));
  return decoded.kind === "peer" ? [arrival(to, decoded.message, receiver)] : [`${to} will answer its client.`];
}

function arrival(to: string, message: PeerMessage, { memory, drive }: NodeView): string {
  if (!("proposalId" in message)) return OTHERS[message.type](to);
  const { instanceNumber, acceptor } = memory!;
  if (message.instanceNumber < instanceNumber) {
    return `It is about instance ${message.instanceNumber}, and ${to} is at ${instanceNumber} already: ${to} will not act on it, but bring the sender up to date.`;
  }
  if (message.instanceNumber > instanceNumber) {
    return `It is about instance ${message.instanceNumber}, and ${to} is only at ${instanceNumber}: ${to} will not act on it, but ask to be brought up to date.`;
  }
  return inInstance(to, message, acceptor, drive);
}

function inInstance(
  to: string,
  message: ChainMessage,
  { promisedId, acceptedId, acceptedValue }: NonNullable<NodeView["memory"]>["acceptor"],
  drive: NodeView["drive"],
): string {
  const id = formatProposalId(message.proposalId);
  const refused = compareProposalIds(message.proposalId, promisedId) < 0;
  const promised = formatProposalId(promisedId);
  switch (message.type) {
    case "prepare":
      if (refused) return `${to} has promised ${promised}, which is above ${id}: it will refuse.`;
      return acceptedId === null
        ? `${to} will promise ${id}, and say that it has accepted nothing.`
        : `${to} will promise ${id}, and say that it has accepted ${
          describeValue(describeLink(acceptedValue ?? ""))
        } under ${formatProposalId(acceptedId)}.`;
    case "accept":
      return refused
        ? `${to} has promised ${promised}, which is above ${id}: it will refuse.`
        : `Nothing that ${to} has promised is above ${id}: it will save the value and accept it.`;
    case "promise":
      return sameProposalId(message.proposalId, drive?.proposalId ?? null)
        ? `${to} will count it for ${id}, which it is preparing.`
        : `${to} is not preparing ${id} any more: it will not count it.`;
    case "accepted":
      return `${to} will count it: when a quorum has accepted under ${id}, the value is chosen.`;
    case "nack":
      return `${to} will learn that ${id} is refused, and try again later under a higher ID.`;
  }
}

const OTHERS: Readonly<Record<Exclude<PeerMessage["type"], ChainMessage["type"]>, (to: string) => string>> = {
  sync_request: (to) => `${to} will bring the sender up to date, if the sender is behind.`,
  catchup: (to) => `${to} will move on to where the sender is, if it is behind.`,
  snapshot: (to) => `${to} will move on to where the sender is, if it is behind.`,
  hello: (to) => `${to} will know that the sender has the same configuration, and count its votes.`,
  propose: (to) => `${to} will propose the value, if it is master.`,
  read_request: (to) => `${to} will say where it stands, so that the sender can answer a read.`,
  read_answer: (to) => `${to} will know whether its value is fresh enough to answer a read.`,
  ping: (to) => `${to} will answer, so that the sender can say who is there.`,
  rejoin_request: (to) =>
    `${to} will say where it stands and what it has promised, since the sender has lost its state.`,
  rejoin_answer: (to) => `${to} will take the promise over, and know for which links it must not vote.`,
  pong: (to) => `${to} will know that the sender is there.`,
};

/** Why a link is what it is. */
export function whyDecided({ instanceNumber, link, proposal, acceptors }: DecidedInstance): string {
  return `Instance ${instanceNumber} is ${describeValue(describeLink(link))} for ever: ${
    acceptors.join(" and ")
  } have accepted it under ` +
    `${proposal}, and any quorum that promises a higher ID shares a node with them, which will report it.`;
}
