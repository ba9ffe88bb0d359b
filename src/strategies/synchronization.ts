import type {
  CatchupMessage,
  ChainMessage,
  PeerMessage,
  SnapshotMessage,
  SyncRequestMessage,
} from "../replica/messages.ts";
import type { LeaseView } from "../replica/lease.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type { Constructor } from "./constructor.ts";
import { configurationDigest, type Introducing } from "./introduction.ts";

/** What `Synchronization` adds. */
export interface Synchronizing {
  /** Whether this node knows all that the chain amounts to; one that was told the value alone answers no client. */
  readonly isInformed: boolean;
  /** Tells the peer where this node stands, so that it brings this node up to date if that is behind. */
  askForNews(uid: string): void;
  /** The same, of a node of the ancestor: unlike ours it passes over messages about old links in silence. */
  askAncestor(uid: string): void;
  /** Whether a peer that is not ahead could still tell this node something. */
  lacksNews(): boolean;
  /** What this node says of the lease; `null` where there are none. */
  leaseView(): LeaseView | null;
}

/** At most one question and one answer a peer in this time, in milliseconds. */
export const SYNC_PAUSE_MS = 50;

/**
 * Keeps the chain up to date: asks a random peer now and then, and at once where a message shows that a peer is ahead.
 *
 * A node that is behind can neither promise nor accept, so it helps nobody until it is brought up to date.
 */
export function Synchronization<B extends Constructor<ReplicatedValue & Introducing>>(
  Base: B,
): B & Constructor<Synchronizing> {
  return class Synchronization extends Base implements Synchronizing {
    #askedAtMs = new Map<string, number>();
    #toldAtMs = new Map<string, number>();
    /** The nodes of the ancestor that were doubted when they first told news. */
    #doubted = new Set<string>();

    protected override start(): void {
      super.start();
      for (const uid of this.peers) this.askForNews(uid);
      this.#setTimer();
    }

    get isInformed(): boolean {
      return this.register.isComplete || this.#isAlone();
    }

    lacksNews(): boolean {
      return !this.register.isComplete;
    }

    leaseView(): LeaseView | null {
      return null;
    }

    askAncestor(uid: string): void {
      if (this.acquaintance(uid) === "ancestor") this.askForNews(uid);
    }

    override ancestorFound(uid: string): void {
      super.ancestorFound(uid);
      // What it has asked or told before was passed over, for it might have been of our kind.
      this.askForNews(uid);
      this.tellNews(uid);
    }

    askForNews(uid: string): void {
      if (this.#mayAgain(this.#askedAtMs, uid)) {
        // Then it lacks as much as if it were one link behind.
        const instanceNumber = Math.max(this.instanceNumber - (this.lacksNews() ? 1 : 0), 0);
        this.send(uid, { type: "sync_request", instanceNumber });
      }
    }

    protected override timerFired(name: string): void {
      if (name === "sync") {
        const uid = this.peers[Math.floor(this.env.random() * this.peers.length)];
        if (uid !== undefined) this.askForNews(uid);
        this.#setTimer();
      }
      super.timerFired(name);
    }

    protected override receive(fromUid: string, message: PeerMessage): void {
      switch (message.type) {
        case "sync_request":
          return this.receiveSyncRequest(fromUid, message);
        case "catchup":
          return this.receiveCatchup(fromUid, message);
        case "snapshot":
          return this.receiveSnapshot(fromUid, message);
        default:
          return super.receive(fromUid, message);
      }
    }

    protected receiveSyncRequest(fromUid: string, message: SyncRequestMessage): void {
      if (message.instanceNumber < this.instanceNumber) this.tellNews(fromUid);
      if (message.instanceNumber > this.instanceNumber) this.askForNews(fromUid);
    }

    /** Only a snapshot moves a node among its own kind: it carries all that the chain amounts to, not the value alone. */
    protected receiveCatchup(fromUid: string, { instanceNumber, currentValue }: CatchupMessage): void {
      if (this.acquaintance(fromUid) !== "ancestor") return this.drop("a catchup from a node that may know snapshots");
      if (instanceNumber <= this.instanceNumber) return;
      if (!this.#doubted.has(fromUid)) {
        // While the link between two of our kind was down, hellos were lost and each may have taken the other for an ancestor.
        // What this would lose, the sessions, may be nowhere else.
        this.#doubted.add(fromUid);
        this.doubt(fromUid);
        return this.drop("the first catchup of a node that may know snapshots after all");
      }
      // Without leases every link of the ancestor carries a value, so the last one decided it.
      const decidedByLast = currentValue !== null && this.configuration.mode === "plain";
      const valueInstanceNumber = decidedByLast ? instanceNumber - 1 : null;
      const told = { value: currentValue, valueInstanceNumber };
      // Where all others are of the ancestor, no link bears a session, so those of old stand. Otherwise one of our kind must tell.
      const sessions = this.#isAlone() ? {} : { sessions: null, watermark: -1 };
      const register = { ...this.register.save(), ...told, ...sessions };
      this.carry(fromUid, { instanceNumber, register, lease: null });
      if (!this.isInformed) { for (const uid of this.peers) this.askForNews(uid); }
    }

    protected receiveSnapshot(fromUid: string, message: SnapshotMessage): void {
      if (message.configurationDigest !== configurationDigest(this.configuration)) {
        return this.drop("a snapshot under another configuration");
      }
      this.carry(fromUid, message);
    }

    protected override peerIsAhead(uid: string): void {
      super.peerIsAhead(uid);
      this.askForNews(uid);
    }

    /** Whoever still drives an old link is told where the chain stands; a late vote for it needs no answer. */
    protected override peerIsBehind(uid: string, message: ChainMessage): void {
      super.peerIsBehind(uid, message);
      if (message.type === "prepare" || message.type === "accept") this.tellNews(uid);
    }

    protected tellNews(uid: string): void {
      if (this.acquaintance(uid) === "unknown" || !this.#mayAgain(this.#toldAtMs, uid)) return;
      const { instanceNumber, register } = this;
      const acquaintance = this.acquaintance(uid);
      // One that is not known yet may be of our kind, and a value without the sessions would harm it.
      if (acquaintance === "ancestor" && this.isInformed) {
        this.send(uid, { type: "catchup", instanceNumber, currentValue: register.value });
      } else if (acquaintance === "same" && register.isComplete) {
        this.send(uid, {
          type: "snapshot",
          instanceNumber,
          register: register.save(),
          lease: this.leaseView(),
          configurationDigest: configurationDigest(this.configuration),
        });
      }
    }

    #isAlone(): boolean {
      return this.peers.every((uid) => this.acquaintance(uid) === "ancestor");
    }

    #mayAgain(times: Map<string, number>, uid: string): boolean {
      const nowMs = this.env.now();
      if (nowMs - (times.get(uid) ?? -Infinity) < SYNC_PAUSE_MS) return false;
      times.set(uid, nowMs);
      return true;
    }

    #setTimer(): void {
      // Jitter, so that nodes that were started together do not ask together for ever.
      const delayMs = this.settings.syncIntervalMs * (0.75 + this.env.random() / 2);
      this.effect({ kind: "set_timer", name: "sync", delayMs });
    }
  };
}
