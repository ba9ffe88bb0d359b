import type { PromiseMessage } from "../paxos/messages.ts";
import type { PeerMessage, ReadAnswerMessage } from "../replica/messages.ts";
import type { Asker } from "../replica/proposals.ts";
import type { News } from "../replica/messages.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type { Answering } from "./clients.ts";
import type { Constructor } from "./constructor.ts";
import type { Introducing } from "./introduction.ts";
import type { Resolving } from "./resolution.ts";
import type { Synchronizing } from "./synchronization.ts";

/** What `QuorumRead` adds. */
export interface Reading {
  /** How many reads wait. */
  readonly waitingReads: number;
}

/** How many reads may wait at a node. */
export const MAX_READS = 1024;

interface Answer {
  readonly instanceNumber: number;
  readonly accepted: boolean;
}

interface Read {
  readonly asker: Asker;
  readonly deadlineMs: number;
  readonly answers: Map<string, Answer>;
  /** Only promises for IDs above this one were asked for after the read had begun. */
  readonly begunAfter: number;
  /** Whether those that have not answered were asked again. */
  isLate: boolean;
  /** The first instance that may not have been decided before the read began; known when a quorum has answered. */
  reach: number | null;
  /** Whether somebody has accepted something there: then that link has to be decided first. */
  contested: boolean;
}

/**
 * Linearizable reads without a lease: a quorum says where the chain stands.
 *
 * Let m be the highest instance that a quorum reports. Every link chosen before the read began lies before m, or is link m
 * itself and then somebody in the quorum has accepted it. So the value before m is current if nobody has accepted anything at
 * m; otherwise link m is decided first. A read never proposes a value of its own.
 */
export function QuorumRead<
  B extends Constructor<ReplicatedValue & Introducing & Synchronizing & Resolving & Answering>,
>(Base: B): B & Constructor<Reading> {
  return class QuorumRead extends Base implements Reading {
    #reads = new Map<number, Read>();
    #nextNumber = 0;

    get waitingReads(): number {
      return this.#reads.size;
    }

    protected override start(): void {
      super.start();
      // Answers to a read of an earlier life must not be taken for answers to one of this life.
      this.#nextNumber = Math.floor(this.env.random() * 2 ** 51);
    }

    override readLinearizable(asker: Asker, deadlineMs: number): void {
      if (this.#reads.size >= MAX_READS) {
        const reason = `node ${this.uid} has too many reads waiting: try again later, or another node`;
        return this.respond(asker, { result: "refused", reason });
      }
      for (const read of this.#reads.values()) if (read.asker.requestId === asker.requestId) return;
      const begunAfter = this.paxos.proposer.highestNumber;
      const answers = new Map<string, Answer>();
      const read: Read = { asker, deadlineMs, answers, begunAfter, isLate: false, reach: null, contested: false };
      const readNumber = this.#nextNumber++;
      this.#reads.set(readNumber, read);
      this.#answered(read, this.uid, this.#ownAnswer());
      this.#ask(readNumber, read);
      if (this.#isStuck(read)) this.driveIfIdle();
      this.#setTimer();
    }

    override wantsDecision(): boolean {
      return super.wantsDecision() || [...this.#reads.values()].some((read) => this.#isStuck(read));
    }

    protected override receive(fromUid: string, message: PeerMessage): void {
      switch (message.type) {
        case "read_request":
          return this.send(fromUid, { type: "read_answer", readNumber: message.readNumber, ...this.#ownAnswer() });
        case "read_answer":
          return this.#receiveAnswer(fromUid, message);
        default:
          return super.receive(fromUid, message);
      }
    }

    protected override receivePromise(fromUid: string, message: PromiseMessage): void {
      super.receivePromise(fromUid, message);
      this.#finishReads();
    }

    protected override advance(instanceNumber: number): void {
      super.advance(instanceNumber);
      this.#finishReads();
    }

    /** A node that has got the sessions that it lacked may be current, though it has not moved. */
    protected override carry(fromUid: string, news: News): void {
      super.carry(fromUid, news);
      this.#finishReads();
    }

    protected override timerFired(name: string): void {
      if (name === "read") this.#timePasses();
      super.timerFired(name);
    }

    #receiveAnswer(fromUid: string, message: ReadAnswerMessage): void {
      const read = this.#reads.get(message.readNumber);
      if (read === undefined || this.acquaintance(fromUid) !== "same") return;
      this.#answered(read, fromUid, message);
      if (message.instanceNumber > this.instanceNumber) this.askForNews(fromUid);
      this.#finishReads();
    }

    #answered(read: Read, uid: string, { instanceNumber, accepted }: Answer): void {
      if (read.reach !== null || read.answers.has(uid)) return;
      read.answers.set(uid, { instanceNumber, accepted });
      if (read.answers.size < this.quorumSize) return;
      const answers = [...read.answers.values()];
      const reach = Math.max(...answers.map((answer) => answer.instanceNumber));
      read.reach = reach;
      read.contested = answers.some((answer) => answer.instanceNumber === reach && answer.accepted);
    }

    #finishReads(): void {
      if (!this.isInformed) return;
      for (const [readNumber, read] of this.#reads) {
        if (!this.#isCurrent(read)) continue;
        this.#reads.delete(readNumber);
        this.respond(read.asker, this.value("linearizable"));
      }
    }

    /** Whether the value that stands here is no older than the read. */
    #isCurrent(read: Read): boolean {
      if (this.#quorumIsFree(read)) return true;
      if (read.reach === null || this.instanceNumber < read.reach) return false;
      return this.instanceNumber > read.reach || !read.contested;
    }

    /** Whether a quorum has promised after the read began, in the instance at which this node is, that nothing is accepted there. */
    #quorumIsFree({ begunAfter }: Read): boolean {
      const { proposer } = this.paxos;
      return proposer.free && proposer.proposalId !== null && proposer.proposalId.number > begunAfter;
    }

    /** Whether the read needs the current instance decided, or promises for it. */
    #isStuck(read: Read): boolean {
      if (read.reach === null) return !this.#quorumMayAnswer(read) && !this.#quorumIsFree(read);
      return read.contested && read.reach === this.instanceNumber && !this.#quorumIsFree(read);
    }

    /** Nodes of the ancestor answer no reads; where too many of them are, or one of ours is down besides, promises have to do. */
    #quorumMayAnswer({ isLate }: Read): boolean {
      const acquaintances = this.peers.map((uid) => this.acquaintance(uid));
      if (isLate && acquaintances.includes("ancestor")) return false;
      const mute = acquaintances.filter((acquaintance) => acquaintance === "ancestor" || acquaintance === "silent");
      return this.nodes.length - mute.length >= this.quorumSize;
    }

    #ownAnswer(): Answer {
      return { instanceNumber: this.instanceNumber, accepted: this.paxos.acceptor.acceptedId !== null };
    }

    #ask(readNumber: number, read: Read): void {
      for (const uid of this.peers) if (!read.answers.has(uid)) this.send(uid, { type: "read_request", readNumber });
    }

    #askAgain(readNumber: number, read: Read): void {
      read.isLate = true;
      this.#ask(readNumber, read);
    }

    /** Asks again, drives what is stuck, and gives up what is late. */
    #timePasses(): void {
      const nowMs = this.env.now();
      for (const [readNumber, read] of this.#reads) {
        if (read.deadlineMs <= nowMs) this.#reads.delete(readNumber);
        else if (read.reach === null) this.#askAgain(readNumber, read);
        else if (read.reach > this.instanceNumber) this.peers.forEach((uid) => this.askForNews(uid));
      }
      if ([...this.#reads.values()].some((read) => this.#isStuck(read))) this.driveIfIdle();
      if (this.#reads.size > 0) this.#setTimer();
    }

    #setTimer(): void {
      const delayMs = this.settings.retransmitMinMs * (1 + this.env.random() / 2);
      this.effect({ kind: "set_timer", name: "read", delayMs });
    }
  };
}
