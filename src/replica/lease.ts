// Who is master: what a node knows of the lease, by its own clock. The chain's safety never rests on any of this.

/** What a node can say of the lease to another one. */
export type LeaseView =
  /** This node holds a lease that has not run out. */
  | { readonly kind: "master"; readonly uid: string }
  /** Nobody does: the sender would itself vote for anyone now. */
  | { readonly kind: "none" }
  /** The sender does not know: it is waiting itself. */
  | { readonly kind: "unknown" };

/** All that a node knows of the lease, as plain data; moments are those of its own clock, in milliseconds. */
export interface LeaseState {
  /** Whom a link granted the lease that this node learned last, and until when it votes for nobody else. */
  readonly known: { readonly uid: string; readonly untilMs: number } | null;
  /** Until when a lease may stand of which this node was never told. */
  readonly waitUntilMs: number;
  /** The instance at which it has last proposed a grant to itself of its own free choice, and when that first left. */
  readonly origin: { readonly instanceNumber: number; readonly atMs: number } | null;
  /** Until when this node is master; -Infinity if it is not. */
  readonly masterUntilMs: number;
  /** The lease is renewed from then on. */
  readonly renewFromMs: number;
}

/** A master stops being one so much of the window early: clocks may each be off by up to 2.5 %. */
export const LEASE_MARGIN = 0.05;

/** The part of a window after which its master renews the lease: early enough to send more than once. */
const RENEW_AFTER = 1 / 3;

const NOTHING: LeaseState = {
  known: null,
  waitUntilMs: -Infinity,
  origin: null,
  masterUntilMs: -Infinity,
  renewFromMs: -Infinity,
};

/**
 * What one node knows of the lease.
 *
 * A link grants the lease. Its master counts from the moment when it first proposed the grant, all others from when they learned
 * it, which is later; so the master's window ends first, and no two nodes are master at one moment. Source: Gray and Cheriton,
 * *Leases*, SOSP 1989; Chandra, Griesemer and Redstone, *Paxos Made Live*, section 5.2.
 */
export class Lease {
  #state: LeaseState = NOTHING;

  /** `uid` names the node; `windowMs` is how long a lease lasts. */
  constructor(readonly uid: string, readonly windowMs: number) {}

  /** For so long a node is master, from when it first proposed the grant, in milliseconds. */
  get masterWindowMs(): number {
    return this.windowMs * (1 - LEASE_MARGIN);
  }

  /** Who holds the lease, as far as this node knows; also after a master's own, shorter time is over. */
  holder(nowMs: number): string | null {
    const { known } = this.#state;
    return known !== null && nowMs < known.untilMs ? known.uid : null;
  }

  /** How long a lease may stand of which this node was never told, in milliseconds; 0 if none can. */
  waitMs(nowMs: number): number {
    return Math.max(this.#state.waitUntilMs - nowMs, 0);
  }

  /** How long the known lease still lasts, in milliseconds: for its master until it stops being one. */
  remainingMs(nowMs: number): number {
    const { known, masterUntilMs } = this.#state;
    const untilMs = masterUntilMs > nowMs ? masterUntilMs : known?.untilMs ?? nowMs;
    return Math.max(untilMs - nowMs, 0);
  }

  /** Whether this node may promise to that one, or accept from it. */
  mayVoteFor(uid: string, nowMs: number): boolean {
    if (this.waitMs(nowMs) > 0) return false;
    const holder = this.holder(nowMs);
    return holder === null || holder === uid;
  }

  /** Whether this node is master. `nowMs` is the latest that it may be on its clock. */
  isMaster(nowMs: number): boolean {
    return nowMs < this.#state.masterUntilMs;
  }

  /** Whether it is time to renew the lease. */
  isRenewalDue(nowMs: number): boolean {
    return nowMs >= this.#state.renewFromMs;
  }

  /** The next moment at which something changes by itself; `null` if none is ahead. */
  nextChangeMs(nowMs: number): number | null {
    const { known, waitUntilMs, masterUntilMs, renewFromMs } = this.#state;
    const moments = [known?.untilMs ?? -Infinity, waitUntilMs, masterUntilMs, renewFromMs].filter((ms) => ms > nowMs);
    return moments.length === 0 ? null : Math.min(...moments);
  }

  /** What this node says to one that does not know. */
  view(nowMs: number): LeaseView {
    const uid = this.holder(nowMs);
    if (uid !== null) return { kind: "master", uid };
    return { kind: this.waitMs(nowMs) > 0 ? "unknown" : "none" };
  }

  /** A life begins. Only a node that has never lived may vote at once; others may have known of a lease of so long a window. */
  begin(nowMs: number, isBlank: boolean, savedWindowMs: number): void {
    this.#state = NOTHING;
    if (!isBlank) this.wait(nowMs, Math.max(savedWindowMs, this.windowMs));
  }

  /** A grant to this node is about to leave for the first time at this instance, and it chose it freely. */
  originate(instanceNumber: number, nowMs: number): void {
    if (this.#state.origin?.instanceNumber === instanceNumber) return;
    this.#state = { ...this.#state, origin: { instanceNumber, atMs: nowMs } };
  }

  /** A link that was learned at this instance grants the lease, in the place of any lease before. */
  learn(uid: string, instanceNumber: number, nowMs: number): void {
    const { origin } = this.#state;
    const known = { uid, untilMs: nowMs + this.windowMs };
    this.#state = { ...NOTHING, known, origin };
    if (uid !== this.uid || !this.makesMaster(instanceNumber)) return;
    const sinceMs = this.masterSinceMs(nowMs);
    this.#state = {
      ...this.#state,
      masterUntilMs: sinceMs + this.masterWindowMs,
      renewFromMs: sinceMs + this.windowMs * RENEW_AFTER,
    };
  }

  /** The node was carried over links by a peer, any of which may have granted the lease; the peer says what it knows. */
  carried(view: LeaseView, nowMs: number): void {
    const { origin, masterUntilMs, renewFromMs } = this.#state;
    // No other lease can have begun before this one was over: a master that only missed news stays master.
    const isStill = view.kind === "master" && view.uid === this.uid && this.isMaster(nowMs);
    this.#state = { ...NOTHING, origin, ...(isStill && { masterUntilMs, renewFromMs }) };
    this.wait(nowMs, this.windowMs);
    this.hear(view, nowMs);
  }

  /** What a peer at the same instance says of the lease. It ends a wait; a node that knows by itself learns nothing by it. */
  hear(view: LeaseView, nowMs: number): void {
    if (view.kind === "unknown" || this.waitMs(nowMs) === 0) return;
    const known = view.kind === "master" ? { uid: view.uid, untilMs: nowMs + this.windowMs } : null;
    this.#state = { ...this.#state, known, waitUntilMs: -Infinity };
  }

  /** Votes for nobody for so long, since a lease may stand. */
  protected wait(nowMs: number, forMs: number): void {
    this.#state = { ...this.#state, waitUntilMs: nowMs + forMs };
  }

  /**
   * Whether a grant to this node at this instance makes it master: it chose the grant freely, in this life, at this instance. One
   * that it adopted may have been proposed long ago.
   */
  protected makesMaster(instanceNumber: number): boolean {
    return this.#state.origin?.instanceNumber === instanceNumber;
  }

  /** The moment from which a master counts: not when it learned the grant, but when it first proposed it. */
  protected masterSinceMs(_nowMs: number): number {
    return this.#state.origin!.atMs;
  }

  /** All that it knows, as plain data. */
  save(): LeaseState {
    return this.#state;
  }

  /** Takes over what `save` gave. */
  restore(state: LeaseState): void {
    this.#state = state;
  }
}
