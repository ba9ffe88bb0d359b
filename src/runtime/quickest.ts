import type { ChainMessage } from "../replica/messages.ts";

/** Knows which peers have voted first of late: their votes and this node's own have chosen the last links. */
export class Quickest {
  #quickest: readonly string[] | null = null;
  #voters: string[] = [];
  #asked: ChainMessage | null = null;

  /** `count` peers and this node are a quorum. */
  constructor(readonly count: number) {}

  /** This node asks for votes at an instance; whether that is the first message in which it does, to whomever it goes. */
  asks(accept: ChainMessage): boolean {
    if (accept.instanceNumber === this.#asked?.instanceNumber) return accept === this.#asked;
    this.#asked = accept;
    this.#voters = [];
    return true;
  }

  /** A peer has voted at an instance. One that comes too late for the link that was asked for tells nothing. */
  voted(uid: string, instanceNumber: number): void {
    const voters = this.#voters;
    if (instanceNumber !== this.#asked?.instanceNumber || voters.length === this.count || voters.includes(uid)) return;
    voters.push(uid);
    if (voters.length === this.count) this.#quickest = voters;
  }

  /** Whether the peer is one of those; all are, until somebody has voted. */
  includes(uid: string): boolean {
    return this.#quickest?.includes(uid) ?? true;
  }
}
