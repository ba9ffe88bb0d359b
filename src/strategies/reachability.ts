import type { PeerMessage, PingMessage, PongMessage } from "../replica/messages.ts";
import type { ClientInput, Input } from "../replica/ports.ts";
import type { Asker } from "../replica/proposals.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type { PeerReport, StatusResult } from "../replica/requests.ts";
import type { Answering } from "./clients.ts";
import type { Constructor } from "./constructor.ts";
import type { Introducing } from "./introduction.ts";

/** So long a node waits for its peers before it says how it is, in milliseconds. */
export const REACH_MS = 400;
/** After so long a peer that has not answered is asked again, in milliseconds. */
export const PING_PAUSE_MS = 50;
/** Questions that come within so many milliseconds share the pings, unless a peer has answered before the question came. */
const SHARED_MS = 20;
/** So many clients may wait for the answers of peers; one more is answered at once, with what is known. */
const MAX_ASKERS = 64;

/** What `Reachability` adds. */
export interface Reaching {
  /** How this node stands with each of its peers; `ping` is the one by which they were asked, `null` if they were not. */
  reportPeers(ping: number | null): readonly PeerReport[];
}

/** A client that waits until the peers have answered. */
interface Waiting {
  readonly asker: Asker;
  /** A pong for this ping or a later one tells that the peer is there. */
  readonly ping: number;
  readonly deadlineMs: number;
}

/**
 * Knows who reaches whom: a node that is asked how it is asks its peers first. So the answer is as old as the question, and a
 * cluster that nobody asks is quiet.
 */
export function Reachability<B extends Constructor<ReplicatedValue & Answering & Introducing>>(
  Base: B,
): B & Constructor<Reaching> {
  return class Reachability extends Base implements Reaching {
    #heardAtMs = new Map<string, number>();
    /** The number of the last ping that each peer has answered. */
    #answered = new Map<string, number>();
    #ping = 0;
    #pingedAtMs = -Infinity;
    /** By request ID. */
    #waiting = new Map<string, Waiting>();

    override status(): StatusResult {
      return { ...super.status(), peers: this.reportPeers(null) };
    }

    reportPeers(ping: number | null): readonly PeerReport[] {
      const nowMs = this.env.now();
      return this.peers.map((uid) => {
        const heardAtMs = this.#heardAtMs.get(uid);
        const heardMs = heardAtMs === undefined ? null : nowMs - heardAtMs;
        // A node of the ancestor knows no ping.
        const isAsked = ping !== null && this.acquaintance(uid) !== "ancestor";
        return { uid, heardMs, answers: isAsked ? this.#hasAnswered(uid, ping) : null };
      });
    }

    override step(input: Input): void {
      if (input.kind === "message") this.#heardAtMs.set(input.fromUid, this.env.now());
      super.step(input);
    }

    protected override receive(fromUid: string, message: PeerMessage): void {
      switch (message.type) {
        case "ping":
          return this.receivePing(fromUid, message);
        case "pong":
          return this.receivePong(fromUid, message);
        default:
          return super.receive(fromUid, message);
      }
    }

    protected receivePing(fromUid: string, { number }: PingMessage): void {
      this.send(fromUid, { type: "pong", number });
    }

    protected receivePong(fromUid: string, { number }: PongMessage): void {
      if (number > this.#ping) return this.drop("a pong that was not asked for");
      this.#answered.set(fromUid, Math.max(number, this.#answered.get(fromUid) ?? 0));
      this.#answerWaiting();
    }

    protected override receiveFromClient(input: ClientInput): void {
      const asks = input.kind === "request" && input.request.operation === "status" && input.request.reach;
      if (!asks || this.#waiting.size >= MAX_ASKERS) return super.receiveFromClient(input);
      const { requestId } = input.request;
      // A copy of a question that waits already.
      if (this.#waiting.has(requestId)) return;
      const nowMs = this.env.now();
      const isOpen = this.peers.every((uid) => !this.#hasAnswered(uid, this.#ping));
      if (nowMs - this.#pingedAtMs >= SHARED_MS || !isOpen) this.#beginPing(nowMs);
      const asker = { address: input.from, requestId };
      this.#waiting.set(requestId, { asker, ping: this.#ping, deadlineMs: nowMs + REACH_MS });
      this.#answerWaiting();
    }

    protected override timerFired(name: string): void {
      if (name === "ping") {
        this.#answerWaiting();
        if (this.#waiting.size > 0) this.#sendPings();
      }
      super.timerFired(name);
    }

    /** The first number of a life is drawn, so that a late answer to an earlier life is not taken for one to this. */
    #beginPing(nowMs: number): void {
      this.#ping = this.#ping === 0 ? 1 + Math.floor(this.env.random() * 2 ** 40) : this.#ping + 1;
      this.#pingedAtMs = nowMs;
      this.#sendPings();
    }

    #sendPings(): void {
      const number = this.#ping;
      for (const uid of this.peers) if (!this.#hasAnswered(uid, number)) this.send(uid, { type: "ping", number });
      this.effect({ kind: "set_timer", name: "ping", delayMs: PING_PAUSE_MS });
    }

    #answerWaiting(): void {
      for (const [requestId, { asker, ping, deadlineMs }] of this.#waiting) {
        const isComplete = this.peers.every((uid) => this.#hasAnswered(uid, ping));
        if (!isComplete && this.env.now() < deadlineMs) continue;
        this.#waiting.delete(requestId);
        this.respond(asker, { ...this.status(), peers: this.reportPeers(ping) });
      }
    }

    #hasAnswered(uid: string, ping: number): boolean {
      return (this.#answered.get(uid) ?? 0) >= ping;
    }
  };
}
