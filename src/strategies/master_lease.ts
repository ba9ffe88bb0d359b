import type { AcceptedMessage, AcceptMessage, PrepareMessage, PromiseMessage } from "../paxos/messages.ts";
import { Lease, type LeaseView } from "../replica/lease.ts";
import { encodeGrant, encodePair, type Update } from "../replica/link.ts";
import type { Configuration } from "../replica/messages.ts";
import type { NodeState } from "../replica/node_state.ts";
import type { LeaseEvent } from "../replica/ports.ts";
import type { News } from "../replica/messages.ts";
import type { Trouble } from "../replica/trouble.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type { Constructor } from "./constructor.ts";
import type { Introducing } from "./introduction.ts";
import type { Resolving } from "./resolution.ts";
import type { Continuing } from "./single_round_trip.ts";
import type { Synchronizing } from "./synchronization.ts";

/** What `MasterLease` adds. */
export interface Leasing {
  /** What this node knows of the lease. */
  readonly lease: Lease;
  /** A lease of which nothing is known. */
  createLease(): Lease;
  /** Whether this node is master at this very moment. */
  readonly isMaster: boolean;
  /** Another node that holds the lease, as far as this one knows; `null` if none does. */
  readonly otherMaster: string | null;
  /** Whether this node has never lived before, as far as its state shows: then there is no lease that it could have forgotten. */
  readonly isNew: boolean;
  /** What this node knows of the lease may have changed: acts on it. */
  tendLease(): void;
}

/** How long the nodes of the ancestor take a lease to last, in milliseconds. */
export const ANCESTOR_WINDOW_MS = 10_000;

/** Candidates draw their wait out of this much of a window, and out of this much time at most, so that they do not duel. */
const ELECTION_SPREAD = 1 / 4;
const MAX_ELECTION_SPREAD_MS = 100;
/** One that has voted for another gives that one so long, at most, to win. */
const MAX_CANDIDACY_MS = 500;

/**
 * One master at a time, and only the master adds links with application values.
 *
 * A link grants the lease. While a lease is known, nodes neither promise to others nor accept from them; when it has run out, any
 * node stands for election by proposing a grant to itself. The chain stays safe whatever clocks do, as `SingleRoundTrip` does not
 * look at them; only reads, and who is master, rest on clocks that are each off by up to 2.5 %.
 */
export function MasterLease<
  B extends Constructor<ReplicatedValue & Introducing & Synchronizing & Resolving & Continuing>,
>(Base: B): B & Constructor<Leasing> {
  return class MasterLease extends Base implements Leasing {
    readonly lease: Lease = this.createLease();
    #grant = encodeGrant(this.uid);
    #savedWindowMs = 0;
    #wasMaster = false;
    #otherMaster: string | null = null;
    #seeks = false;
    #timerAtMs: number | null = null;

    override get configuration(): Configuration {
      return { ...super.configuration, mode: "master", leaseWindowMs: this.settings.leaseWindowMs };
    }

    get isMaster(): boolean {
      const { env } = this;
      return this.lease.isMaster(env.nowAtLatest?.() ?? env.now());
    }

    get otherMaster(): string | null {
      const holder = this.lease.holder(this.env.now());
      return holder === this.uid ? null : holder;
    }

    get isNew(): boolean {
      const { instanceNumber, paxos: { acceptor } } = this;
      // One that has lost its state only looks as if it had never lived.
      return instanceNumber === 0 && acceptor.promisedId === null && acceptor.acceptedId === null &&
        super.save().abstainsThrough === undefined;
    }

    createLease(): Lease {
      return new Lease(this.uid, this.settings.leaseWindowMs);
    }

    // Who may speak.

    protected override receivePrepare(fromUid: string, message: PrepareMessage): void {
      if (!this.#mayVoteFor(fromUid)) return this.drop("a prepare while another node may be master");
      const { promisedId } = this.paxos.acceptor;
      super.receivePrepare(fromUid, message);
      // Only a new proposal is a reason to wait: one that is sent again and again may be of a node that hears nobody.
      if (fromUid !== this.uid && this.paxos.acceptor.promisedId !== promisedId) this.#giveRoom();
    }

    protected override receiveAccept(fromUid: string, message: AcceptMessage): void {
      if (!this.#mayVoteFor(fromUid)) return this.drop("an accept while another node may be master");
      super.receiveAccept(fromUid, message);
    }

    protected override receivePromise(fromUid: string, message: PromiseMessage): void {
      if (this.#sharesWindow(fromUid)) super.receivePromise(fromUid, message);
    }

    protected override receiveAccepted(fromUid: string, message: AcceptedMessage): void {
      if (this.#sharesWindow(fromUid)) super.receiveAccepted(fromUid, message);
    }

    // What is proposed.

    override drive(): void {
      // The lease timer comes back to it.
      if (!this.#mayVoteFor(this.uid)) return;
      // A new proposal may have a new value, and who is not master may propose nothing but to become so.
      if (!this.isMaster) this.paxos.proposer.proposedValue = this.#grant;
      // A master of the ancestor's makes up promises for number 1, so two values might be chosen under numbers so low.
      if (this.lease.windowMs === ANCESTOR_WINDOW_MS) this.paxos.proposer.observe({ number: 1, uid: this.uid });
      super.drive();
    }

    protected override offerProposal(): void {
      if (!this.isMaster) return;
      if (!this.lease.isRenewalDue(this.env.now())) return super.offerProposal();
      // First of all the lease, or a stream of values could starve it.
      this.offerLink(this.#grant);
      this.driveIfIdle();
    }

    protected override encodeLink(updates: readonly Update[]): string {
      return encodePair(super.encodeLink(updates));
    }

    protected override sendAccept(message: AcceptMessage): void {
      if (message.value === this.#grant && this.paxos.proposer.free) {
        this.lease.originate(this.instanceNumber, this.env.now());
      }
      super.sendAccept(message);
    }

    // What is learned.

    protected override granted(uid: string): void {
      super.granted(uid);
      const nowMs = this.env.now();
      const change = this.lease.holder(nowMs) === uid ? "renewed" : "granted";
      this.lease.learn(uid, this.instanceNumber, nowMs);
      this.#tell(change, uid, this.lease.remainingMs(nowMs));
    }

    protected override learn(link: string): void {
      const hasDriven = this.paxos.proposer.accept !== null;
      super.learn(link);
      this.tendLease();
      // Whoever stood for election and had to finish another link first, stands again at once. A grant to this node that it has
      // adopted makes it no master, but now all vote for it alone: nobody else can end that.
      const isHolder = this.lease.holder(this.env.now()) === this.uid;
      if ((hasDriven || isHolder) && !this.isMaster) this.driveIfIdle();
    }

    protected override carry(fromUid: string, news: News): void {
      const nowMs = this.env.now();
      if (news.instanceNumber > this.instanceNumber) this.lease.carried(news.lease ?? { kind: "unknown" }, nowMs);
      else if (news.instanceNumber === this.instanceNumber && news.lease) this.lease.hear(news.lease, nowMs);
      super.carry(fromUid, news);
      this.tendLease();
    }

    // What nobody can be sure of.

    protected override start(): void {
      const nowMs = this.env.now();
      this.lease.begin(nowMs, this.isNew, this.#savedWindowMs);
      super.start();
      const waitMs = this.lease.waitMs(nowMs);
      if (waitMs > 0) this.#tell("waits", null, waitMs);
      this.tendLease();
    }

    override lacksNews(): boolean {
      return super.lacksNews() || this.lease.waitMs(this.env.now()) > 0;
    }

    override leaseView(): LeaseView {
      return this.lease.view(this.env.now());
    }

    override ancestorFound(uid: string): void {
      super.ancestorFound(uid);
      if (!this.#sharesWindow(uid)) this.effect({ kind: "trouble", text: this.#otherWindow(uid) });
    }

    protected override troubles(): readonly Trouble[] {
      const strangers = this.peers.filter((uid) => !this.#sharesWindow(uid));
      const kind = "configuration_drift";
      return [
        ...super.troubles(),
        ...strangers.map((uid) => ({ kind, about: this.uid, text: this.#otherWindow(uid) } as const)),
      ];
    }

    // The passing of time.

    protected override timerFired(name: string): void {
      if (name === "election" && this.#mayVoteFor(this.uid) && !this.isMaster) {
        this.driveIfIdle();
        this.#giveRoom();
      }
      super.timerFired(name);
      if (name !== "lease") return;
      this.#timerAtMs = null;
      this.tendLease();
    }

    tendLease(): void {
      const nowMs = this.env.now();
      const { isMaster } = this;
      if (this.#wasMaster && !isMaster) this.#tell("lost", this.uid, 0);
      this.#wasMaster = isMaster;
      const { otherMaster } = this;
      if (this.#otherMaster !== null && this.lease.holder(nowMs) === null) this.#tell("expired", this.#otherMaster, 0);
      this.#otherMaster = otherMaster;
      if (isMaster && this.lease.isRenewalDue(nowMs)) this.offerSoon();
      this.#stand(!isMaster && this.#mayVoteFor(this.uid));
      const nextMs = this.lease.nextChangeMs(nowMs);
      if (nextMs === null || nextMs === this.#timerAtMs) return;
      this.#timerAtMs = nextMs;
      // A timer that goes off a little early changes nothing yet: so it is set a little late.
      this.effect({ kind: "set_timer", name: "lease", delayMs: nextMs - nowMs + 1 });
    }

    /** Stands for election after a while that is drawn, or does not any more. */
    #stand(seeks: boolean): void {
      if (seeks === this.#seeks) return;
      this.#seeks = seeks;
      if (!seeks) return this.effect({ kind: "cancel_timer", name: "election" });
      const spreadMs = Math.min(this.lease.windowMs * ELECTION_SPREAD, MAX_ELECTION_SPREAD_MS);
      this.effect({ kind: "set_timer", name: "election", delayMs: this.env.random() * spreadMs });
    }

    /** Stands for election anew if none has won by then. */
    #giveRoom(): void {
      if (!this.#seeks) return;
      const roomMs = Math.min(this.lease.windowMs / 2, MAX_CANDIDACY_MS);
      this.effect({ kind: "set_timer", name: "election", delayMs: roomMs * (1 + this.env.random()) });
    }

    #mayVoteFor(uid: string): boolean {
      return this.lease.mayVoteFor(uid, this.env.now());
    }

    /** A node of the ancestor knows one window only, and a quorum must be of one mind about it. */
    #sharesWindow(uid: string): boolean {
      return this.lease.windowMs === ANCESTOR_WINDOW_MS || this.acquaintance(uid) !== "ancestor";
    }

    #otherWindow(uid: string): string {
      return `node ${uid} is of the ancestor, whose leases last ${ANCESTOR_WINDOW_MS} ms: its votes do not count until ` +
        `leaseWindowMs, which is ${this.lease.windowMs}, is the same at all nodes`;
    }

    #tell(change: LeaseEvent["change"], holderUid: string | null, forMs: number): void {
      this.effect({ kind: "lease", change, holderUid, forMs });
    }

    // Save and restore.

    /** The window is durable too: a restarted node waits for as long as any lease may stand that it has learned of. */
    override save(): NodeState {
      const { windowMs } = this.lease;
      const waits = this.lease.waitMs(this.env.now()) > 0;
      return { ...super.save(), leaseWindowMs: waits ? Math.max(windowMs, this.#savedWindowMs) : windowMs };
    }

    override restore(state: NodeState): void {
      super.restore(state);
      this.#savedWindowMs = state.leaseWindowMs ?? 0;
    }
  };
}
