/**
 * Knows which peers have voted first of late. A link is chosen by their votes and this node's own, so they are asked first; the
 * others only learn it, and what they need may leave when this node has saved.
 */
export class Quickest {
  #quickest: readonly string[] | null = null;
  #voters: string[] = [];
  #instanceNumber = -1;

  /** `count` peers and this node are a quorum. */
  constructor(readonly count: number) {}

  /** This node asks for votes at an instance. */
  asks(instanceNumber: number): void {
    if (instanceNumber === this.#instanceNumber) return;
    this.#instanceNumber = instanceNumber;
    this.#voters = [];
  }

  /** A peer has voted at an instance. One that comes too late for the link that was asked for tells nothing. */
  voted(uid: string, instanceNumber: number): void {
    const voters = this.#voters;
    if (instanceNumber !== this.#instanceNumber || voters.length === this.count || voters.includes(uid)) return;
    voters.push(uid);
    if (voters.length === this.count) this.#quickest = voters;
  }

  /** Whether the peer is one of those; all are, until somebody has voted. */
  includes(uid: string): boolean {
    return this.#quickest?.includes(uid) ?? true;
  }
}
