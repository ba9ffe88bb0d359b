// Messages and states as short lines: for traces that people read, and that golden tests compare.
import { formatProposalId, type ProposalId } from "../../src/paxos/proposal_id.ts";
import type { PeerMessage } from "../../src/replica/messages.ts";
import type { LeaseEvent } from "../../src/replica/ports.ts";
import type { NodeState } from "../../src/replica/node_state.ts";
import type { ClientResult } from "../../src/replica/requests.ts";

/** `promise 2.B @0, accepted 1.A x`: the type, the ID, the instance, and what else it says. */
export function formatMessage(message: PeerMessage): string {
  switch (message.type) {
    case "prepare":
      return `prepare ${formatProposalId(message.proposalId)} @${message.instanceNumber}`;
    case "promise":
      return `promise ${formatProposalId(message.proposalId)} @${message.instanceNumber}, ` +
        formatAccepted(message.lastAcceptedId, message.lastAcceptedValue);
    case "nack":
      return `nack ${formatProposalId(message.proposalId)} @${message.instanceNumber}, ` +
        `promised ${formatProposalId(message.promisedId)}`;
    case "accept":
    case "accepted":
      return `${message.type} ${formatProposalId(message.proposalId)} @${message.instanceNumber}` +
        (message.value === null ? "" : ` ${message.value}`);
    case "sync_request":
      return `sync_request @${message.instanceNumber}`;
    case "catchup":
      return `catchup @${message.instanceNumber} ${message.currentValue}`;
    case "snapshot":
      return `snapshot @${message.instanceNumber} ${message.register.value}`;
    case "hello":
      return message.answer ? "hello, too" : "hello";
    case "propose":
      return `propose ${message.value}`;
    case "read_request":
    case "ping":
    case "pong":
      return message.type;
    case "read_answer":
      return `read_answer @${message.instanceNumber}, ${message.accepted ? "accepted something" : "accepted nothing"}`;
    case "rejoin_request":
      return "rejoin_request";
    case "rejoin_answer":
      return `rejoin_answer @${message.instanceNumber}, promised ${formatProposalId(message.promisedId)}`;
  }
}

/** `@0, promised 2.B, accepted 1.A x`, and the value, if there is one. */
export function formatState({ instanceNumber, acceptor, register }: NodeState): string {
  const value = register.value === null ? "" : `; value ${register.value}`;
  return `@${instanceNumber}, promised ${formatProposalId(acceptor.promisedId)}, ` +
    formatAccepted(acceptor.acceptedId, acceptor.acceptedValue) + value;
}

/** `chosen 0`, `unknown`, `value x`, ... */
export function formatResult(result: ClientResult): string {
  switch (result.result) {
    case "proposed":
      return result.instanceNumber === null ? result.outcome : `${result.outcome} ${result.instanceNumber}`;
    case "value":
      return `value ${result.value}`;
    default:
      return result.result;
  }
}

/** `knows that the lease was granted to B, for 2000 ms`, `has lost the lease`, ... */
export function formatLease({ change, holderUid, forMs }: LeaseEvent): string {
  const time = `${Math.round(forMs)} ms`;
  switch (change) {
    case "granted":
    case "renewed":
      return `knows the lease of ${holderUid}, ${change} for ${time}`;
    case "lost":
      return "is master no more";
    case "expired":
      return `knows that the lease of ${holderUid} has run out`;
    case "waits":
      return `waits ${time}, for a lease may stand`;
  }
}

function formatAccepted(id: ProposalId | null, value: string | null): string {
  return id === null ? "accepted none" : `accepted ${formatProposalId(id)} ${value}`;
}
