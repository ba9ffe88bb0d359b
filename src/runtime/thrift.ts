import { sameProposalId } from "../paxos/proposal_id.ts";
import type { ChainMessage, PeerMessage } from "../replica/messages.ts";
import type { Quickest } from "./quickest.ts";
import type { Timers } from "./timers.ts";
import type { Vote } from "./whole_votes.ts";

type Accept = ChainMessage & { readonly type: "accept" };

/** So long a quorum has for its votes before the others are asked too, in milliseconds. */
export const WITHHOLD_MS = 5;
/** One link in so many asks everybody, so that it shows who is quick by now; and so many do when a quorum did not vote in time. */
export const ASK_ALL_EVERY = 32;

/**
 * Asks no more peers to accept a link than it needs. Whoever accepts writes to its disk and votes, and who does not count competes with
 * those that do; so the others are told instead, by this node's vote with the value in it, when the link is decided. Where the quorum
 * does not vote in time they are asked after all. To the protocol it is as if the network was late, or had lost an accept.
 *
 * Source: Moraru, Andersen, Kaminsky, *There Is More Consensus in Egalitarian Parliaments*, SOSP 2013, where it is called thrifty.
 */
export class Thrift {
  readonly #withheld = new Map<string, { readonly accept: Accept; vote: Vote | null }>();
  /** Links before this one ask everybody. */
  #thriftyFrom = 0;

  /** `quickest` knows whom to ask; `pass` sends. */
  constructor(
    readonly quickest: Quickest,
    readonly timers: Pick<Timers, "set" | "cancel">,
    readonly pass: (toUid: string, message: PeerMessage) => void,
  ) {}

  /** Sends a message now, or later, or another one in its place. */
  send(toUid: string, message: PeerMessage): void {
    if (message.type === "accept") return this.#ask(toUid, message);
    if (message.type === "accepted" || message.type === "promise" || message.type === "nack") this.#keepOrder(message);
    const withheld = this.#withheld.get(toUid);
    const isHeld = withheld !== undefined && message.type === "accepted" && belongs(message, withheld.accept);
    if (isHeld) withheld.vote = message;
    else this.pass(toUid, message);
  }

  /** All links up to this one are decided: tells them to whom was not asked. */
  decided(instanceNumber: number): void {
    for (const [uid, { accept, vote }] of this.#withheld) {
      if (accept.instanceNumber > instanceNumber) continue;
      this.#forget(uid);
      this.pass(uid, vote === null ? accept : { ...vote, value: accept.value });
    }
  }

  /** What an acceptor says leaves in the order in which it was true: a vote that is withheld, before anything about another proposal. */
  #keepOrder(message: ChainMessage): void {
    for (const [uid, { accept }] of this.#withheld) if (!belongs(message, accept)) this.#release(uid);
  }

  #ask(toUid: string, accept: Accept): void {
    // Whoever is at a later link knows the ones before.
    this.decided(accept.instanceNumber - 1);
    const { instanceNumber } = accept;
    const isFirst = this.quickest.asks(accept);
    const isThrifty = instanceNumber >= this.#thriftyFrom && instanceNumber % ASK_ALL_EVERY !== 0;
    if (isFirst && isThrifty && !this.quickest.includes(toUid)) {
      this.#withheld.set(toUid, { accept, vote: null });
      this.timers.set(timerOf(toUid), WITHHOLD_MS, () => {
        // Somebody is slow, or datagrams are lost: then it is good to have asked more nodes than one needs.
        this.#thriftyFrom = instanceNumber + ASK_ALL_EVERY;
        this.#release(toUid);
      });
    } else {
      this.#release(toUid);
      this.pass(toUid, accept);
    }
  }

  /** Asks a peer after all. */
  #release(uid: string): void {
    const withheld = this.#withheld.get(uid);
    if (withheld === undefined) return;
    this.#forget(uid);
    this.pass(uid, withheld.accept);
    if (withheld.vote !== null) this.pass(uid, withheld.vote);
  }

  #forget(uid: string): void {
    this.#withheld.delete(uid);
    this.timers.cancel(timerOf(uid));
  }
}

function belongs(message: ChainMessage, accept: Accept): boolean {
  return message.instanceNumber === accept.instanceNumber && sameProposalId(message.proposalId, accept.proposalId);
}

function timerOf(uid: string): string {
  return `accept for ${uid}`;
}
