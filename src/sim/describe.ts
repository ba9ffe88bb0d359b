// What is seen of a run, in words: a datagram, an act, where a node stands. Values are written as JSON writes them.
import { describeLink } from "../replica/link.ts";
import type { ClientOperation } from "./events.ts";
import { formatProposalId, type ProposalId, sameProposalId } from "../paxos/proposal_id.ts";
import type { LeaseView } from "../replica/lease.ts";
import type { PeerMessage } from "../replica/messages.ts";
import type { NodeState } from "../replica/node_state.ts";
import type { ClientRequest, ClientResult } from "../replica/requests.ts";
import { decodeDatagram } from "../wire/datagram.ts";
import { encodeUtf8 } from "../wire/utf8.ts";
import type { Act } from "./schedule.ts";
import type { Host } from "./host.ts";

/** The longest value that is shown whole, in characters. */
const VALUE_LENGTH = 24;

/** What a datagram says: `promise 2.C @0, accepted 1.A "x"`; `@0` is instance 0. */
export function describeDatagram(text: string): string {
  const decoded = decodeDatagram(encodeUtf8(text));
  switch (decoded.kind) {
    case "peer":
      return describeMessage(decoded.message);
    case "requests":
      return decoded.requests.map(describeRequest).join("; ");
    case "responses":
      return decoded.responses.map(describeResult).join("; ");
    case "propose":
      return `propose ${describeValue(decoded.value)}`;
    case "bad":
      return `a bad datagram: ${decoded.reason}`;
  }
}

/** What happens: `B crashes`. */
export function describeAct(act: Act): string {
  switch (act.kind) {
    case "deliver":
      return describeDatagram(act.letter.text);
    case "timer":
      return `${act.uid}'s timer "${act.name}" goes off`;
    case "saved":
      return `${act.uid}'s save is durable`;
    case "crash":
      return `${act.uid} crashes`;
    case "restart":
      return `${act.uid} starts again`;
    case "pause":
      return `${act.uid} is paused`;
    case "resume":
      return `${act.uid} goes on`;
    case "cut":
      return `${act.from} cannot reach ${act.to} any more`;
    case "mend":
      return `${act.from} reaches ${act.to} again`;
    case "hang_disk":
      return `${act.uid}'s disk hangs`;
    case "mend_disk":
      return `${act.uid}'s disk works again`;
    case "lose_disk":
      return `${act.uid} fails, and its disk is lost`;
    case "rejoin":
      return `${act.uid} rejoins with an empty disk`;
    case "rot":
      return `one bit of ${act.uid}'s state file turns around`;
    case "wipe":
      return `${act.uid} crashes and its disk is lost`;
    case "skew":
      return `${act.uid}'s clock runs at ${act.rate} times the true rate`;
    case "call":
      return `client ${act.client} asks ${act.uid} ${describeOperation(act.operation)}`;
    case "retry":
      return `client ${act.client} asks again, now ${act.uid}`;
    case "give_up":
      return `client ${act.client} waits no longer`;
  }
}

function describeOperation(operation: ClientOperation): string {
  switch (operation.type) {
    case "read":
      return "for the value";
    case "write":
      return `to set ${describeValue(operation.value)}`;
    case "compareAndSet":
      return `to set ${describeValue(operation.value)} if it is ${describeValue(operation.expected)}`;
  }
}

/** Where a machine stands: `@0, promised 2.C, accepted 1.A "x"`. */
export function describeHost({ node, refusal, paused }: Host): string {
  if (node === null) return refusal === null ? "down" : `refuses to start: ${refusal}`;
  const { instanceNumber, register, acceptor: { promisedId, acceptedId, acceptedValue } } = node.save();
  const value = instanceNumber === 0 ? "" : `, value ${describeValue(register.value)}`;
  const promised = `promised ${formatProposalId(promisedId)}`;
  return `@${instanceNumber}${value}, ${promised}, ${accepted(acceptedId, acceptedValue)}${paused ? ", paused" : ""}`;
}

/** What an event has changed in a node: `A accepts 1.A "x"`. */
export function describeChange(uid: string, before: NodeState, after: NodeState): string[] {
  const changes: string[] = [];
  const { instanceNumber, register, acceptor: { promisedId, acceptedId, acceptedValue } } = after;
  if (instanceNumber !== before.instanceNumber) {
    const verb = instanceNumber > before.instanceNumber ? "moves" : "goes back";
    changes.push(`${uid} ${verb} to @${instanceNumber}, value ${describeValue(register.value)}`);
  }
  const accepts = acceptedId !== null && !sameProposalId(acceptedId, before.acceptor.acceptedId);
  if (accepts) changes.push(`${uid} accepts ${formatProposalId(acceptedId)} ${describeProposed(acceptedValue)}`);
  if (!accepts && !sameProposalId(promisedId, before.acceptor.promisedId)) {
    changes.push(`${uid} promises ${formatProposalId(promisedId)}`);
  }
  return changes;
}

function describeMessage(message: PeerMessage): string {
  switch (message.type) {
    case "prepare":
      return `prepare ${formatProposalId(message.proposalId)} @${message.instanceNumber}`;
    case "promise":
      return `promise ${formatProposalId(message.proposalId)} @${message.instanceNumber}, ` +
        accepted(message.lastAcceptedId, message.lastAcceptedValue);
    case "nack":
      return `nack ${formatProposalId(message.proposalId)} @${message.instanceNumber}, ` +
        `promised ${formatProposalId(message.promisedId)}`;
    case "accept":
    case "accepted":
      return `${message.type} ${formatProposalId(message.proposalId)} @${message.instanceNumber}` +
        (message.value === null ? "" : ` ${describeProposed(message.value)}`);
    case "catchup":
      return `catchup to @${message.instanceNumber}, value ${describeValue(message.currentValue)}`;
    case "snapshot":
      return `snapshot of @${message.instanceNumber}, value ${describeValue(message.register.value)}` +
        describeLease(message.lease);
    case "propose":
      return `propose ${describeValue(message.value)}`;
    case "sync_request":
      return `sync request, is at @${message.instanceNumber}`;
    case "hello":
      return `hello, nodes ${message.nodes.join(", ")}`;
    case "read_request":
      return "read request";
    case "ping":
    case "pong":
      return message.type;
    case "read_answer":
      return `read answer, is at @${message.instanceNumber} and has accepted ${
        message.accepted ? "something" : "nothing"
      }`;
    case "rejoin_request":
      return "rejoin request";
    case "rejoin_answer":
      return `rejoin answer, is at @${message.instanceNumber}, promised ${formatProposalId(message.promisedId)}`;
  }
}

function describeLease(view: LeaseView | null): string {
  if (view === null) return "";
  return view.kind === "master" ? `, master ${view.uid}` : `, master ${view.kind}`;
}

function describeRequest(request: ClientRequest): string {
  return request.operation === "propose" ? `request to set ${describeValue(request.update.value)}` : request.operation;
}

function describeResult(result: ClientResult): string {
  switch (result.result) {
    case "proposed":
      return result.outcome.replace("_", " ") + (result.instanceNumber === null ? "" : ` @${result.instanceNumber}`);
    case "value":
      return `value ${describeValue(result.value)}`;
    case "redirected":
      return `redirected to ${result.masterUid}`;
    default:
      return result.result;
  }
}

function accepted(id: ProposalId | null, value: string | null): string {
  return id === null ? "accepted none" : `accepted ${formatProposalId(id)} ${describeProposed(value)}`;
}

/** What a link sets. */
function describeProposed(link: string | null): string {
  return describeValue(link === null ? null : describeLink(link));
}

/** A value as JSON writes it, cut off where it is long. */
export function describeValue(value: string | null): string {
  if (value === null) return "none";
  return value.length <= VALUE_LENGTH ? JSON.stringify(value) : `${JSON.stringify(value.slice(0, VALUE_LENGTH))}...`;
}
