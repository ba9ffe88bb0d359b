import type { AcceptMessage, PrepareMessage } from "../paxos/messages.ts";
import { compareProposalIds, type ProposalId } from "../paxos/proposal_id.ts";
import type { PeerMessage, RejoinAnswerMessage, RejoinRequestMessage } from "../replica/messages.ts";
import { ALL_LINKS, type NodeState } from "../replica/node_state.ts";
import type { ClientInput } from "../replica/ports.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type { Trouble } from "../replica/trouble.ts";
import type { Answering } from "./clients.ts";
import type { Constructor } from "./constructor.ts";
import type { Introducing } from "./introduction.ts";
import type { Resolving } from "./resolution.ts";

/** What `Rejoin` adds. */
export interface Rejoining {
  /** The last link for which this node votes for nothing, since it has lost its state; `null` if it votes. */
  readonly abstainsThrough: number | null;
}

/**
 * Lets a node that has lost its state come back without breaking a promise that it does not remember.
 *
 * It asks all other nodes where they stand, under a number that no earlier life has used, and votes for nothing before all have
 * answered. Whoever was given one of its promises had promised that ID itself before, so the highest promise among the answers is
 * at least as high as any that was lost. And no vote that was lost was for a link above M + 1, where M is the highest link that
 * anybody is deciding: the link before it was chosen by a quorum in which somebody else has voted. (It is one more than M since an
 * accept may leave before its sender has saved that it is at that link.) So it takes the highest promise and abstains through link
 * M + 1. Until then it only learns: it neither promises nor accepts nor proposes, and answers no reads, for the read might rest on
 * what it has forgotten.
 */
export function Rejoin<B extends Constructor<ReplicatedValue & Introducing & Resolving & Answering>>(
  Base: B,
): B & Constructor<Rejoining> {
  return class Rejoin extends Base implements Rejoining {
    #abstainsThrough: number | null = null;
    #nonce = 0;
    #answers = new Map<string, RejoinAnswerMessage>();

    get abstainsThrough(): number | null {
      return this.#abstainsThrough;
    }

    override save(): NodeState {
      const state = super.save();
      return this.#abstainsThrough === null ? state : { ...state, abstainsThrough: this.#abstainsThrough };
    }

    override restore(state: NodeState): void {
      super.restore(state);
      this.#abstainsThrough = state.abstainsThrough ?? null;
    }

    protected override start(): void {
      super.start();
      if (this.#abstainsThrough === null) return;
      this.effect({ kind: "trouble", text: this.#trouble() });
      this.#nonce = Math.floor(this.env.random() * 2 ** 52);
      this.#ask();
    }

    protected override receive(fromUid: string, message: PeerMessage): void {
      switch (message.type) {
        case "rejoin_request":
          return this.receiveRejoinRequest(fromUid, message);
        case "rejoin_answer":
          return this.receiveRejoinAnswer(fromUid, message);
        case "read_request":
          if (this.#abstainsThrough !== null) return this.drop("a read while this node abstains");
          return super.receive(fromUid, message);
        default:
          return super.receive(fromUid, message);
      }
    }

    /** What this node says is durable before it leaves, as all that it says. */
    protected receiveRejoinRequest(fromUid: string, { nonce }: RejoinRequestMessage): void {
      this.repents(fromUid);
      if (this.#abstainsThrough !== null) {
        return this.drop("a question of a node that rejoins, while this one does too");
      }
      const { instanceNumber, paxos: { acceptor: { promisedId } } } = this;
      this.send(fromUid, { type: "rejoin_answer", nonce, instanceNumber, promisedId });
    }

    protected receiveRejoinAnswer(fromUid: string, message: RejoinAnswerMessage): void {
      if (!this.#isAsking || message.nonce !== this.#nonce || this.acquaintance(fromUid) !== "same") return;
      this.#answers.set(fromUid, message);
      if (this.peers.some((uid) => !this.#answers.has(uid))) return;
      let promisedId: ProposalId | null = null;
      for (const answer of this.#answers.values()) {
        if (compareProposalIds(answer.promisedId, promisedId) > 0) promisedId = answer.promisedId;
      }
      this.paxos.restoreAcceptor({ promisedId, acceptedId: null, acceptedValue: null });
      const highest = Math.max(...[...this.#answers.values()].map(({ instanceNumber }) => instanceNumber));
      this.abstainThrough(highest + 1);
      if (this.#abstainsThrough !== null) this.effect({ kind: "trouble", text: this.#trouble() });
    }

    /** Votes for nothing before a later link than this. */
    protected abstainThrough(instanceNumber: number): void {
      this.#abstainsThrough = this.instanceNumber > instanceNumber ? null : instanceNumber;
    }

    protected override advance(instanceNumber: number): void {
      super.advance(instanceNumber);
      if (this.#abstainsThrough !== null) this.abstainThrough(this.#abstainsThrough);
    }

    protected override receivePrepare(fromUid: string, message: PrepareMessage): void {
      if (this.#abstainsThrough === null) return super.receivePrepare(fromUid, message);
      this.paxos.proposer.observe(message.proposalId);
      this.drop("a prepare while this node abstains");
    }

    protected override receiveAccept(fromUid: string, message: AcceptMessage): void {
      if (this.#abstainsThrough === null) return super.receiveAccept(fromUid, message);
      this.paxos.proposer.observe(message.proposalId);
      this.drop("an accept while this node abstains");
    }

    /** It could not promise its ID to itself, so a later life might use that once more. */
    override drive(): void {
      if (this.#abstainsThrough === null) return super.drive();
      this.drop("an instance to drive, while this node abstains");
    }

    protected override receiveFromClient(input: ClientInput): void {
      const isForOthers = input.kind === "propose" || input.request.operation !== "status";
      if (this.#abstainsThrough === null || !isForOthers) return super.receiveFromClient(input);
      if (input.kind === "propose") return this.drop("a proposal while this node abstains");
      const asker = { address: input.from, requestId: input.request.requestId };
      this.respond(asker, { result: "refused", reason: `${this.#trouble()}: ask another node` });
    }

    protected override timerFired(name: string): void {
      if (name === "rejoin") this.#ask();
      super.timerFired(name);
    }

    protected override troubles(): readonly Trouble[] {
      if (this.#abstainsThrough === null) return super.troubles();
      return [...super.troubles(), { kind: "rejoining", about: this.uid, text: this.#trouble() }];
    }

    get #isAsking(): boolean {
      return this.#abstainsThrough === ALL_LINKS;
    }

    #ask(): void {
      const silent = this.peers.filter((uid) => !this.#answers.has(uid));
      if (!this.#isAsking || silent.length === 0) return;
      for (const uid of silent) this.send(uid, { type: "rejoin_request", nonce: this.#nonce });
      this.effect({ kind: "set_timer", name: "rejoin", delayMs: this.settings.helloIntervalMs });
    }

    #trouble(): string {
      const start = `node ${this.uid} has lost its state and rejoins: it votes for nothing until`;
      if (!this.#isAsking) return `${start} link ${this.#abstainsThrough} is chosen`;
      return `${start} all other nodes have answered, ${
        this.peers.filter((uid) => !this.#answers.has(uid)).join(", ")
      } among them`;
    }
  };
}
