// A peer that never forgets: it drives link after link through the node under test, and holds it to its word.
import type { StatusResult } from "../../src/client/client.ts";
import { compareProposalIds, formatProposalId, type ProposalId } from "../../src/paxos/proposal_id.ts";
import type { PeerMessage } from "../../src/replica/messages.ts";
import { MESSAGE_FORMAT } from "../../src/replica/requests.ts";
import { type DatagramSocket, openSocket, receiveAll } from "../../src/runtime/datagram_socket.ts";
import { decodeDatagram, encodePeerMessage } from "../../src/wire/datagram.ts";

/** So long it waits for an answer before it asks again under a higher ID, in milliseconds: the node may be dead. */
const PAUSE_MS = 20;

/** What the node has answered to, and where. */
interface Word {
  readonly instanceNumber: number;
  readonly promisedId: ProposalId;
}

/** Node B of a cluster of A, B and C, of which C is down: what B drives is chosen if A votes for it. */
export class DrivingPeer {
  /** What is wrong with the node, a sentence each. */
  readonly violations: string[] = [];
  /** How many promises and votes the node gave. */
  answers = 0;
  /** How many links were chosen. */
  links = 0;

  readonly #awaiting = new Set<() => void>();
  readonly #socket: DatagramSocket;
  readonly #node: Deno.NetAddr;
  readonly #timer: ReturnType<typeof setInterval>;
  #instanceNumber = 0;
  #number = 0;
  /** The highest answer of the node. */
  #word: Word | null = null;
  /** The highest vote of the node. */
  #vote: { readonly instanceNumber: number; readonly proposalId: ProposalId } | null = null;

  /** Both are ports on 127.0.0.1. */
  constructor(port: number, nodePort: number) {
    this.#node = { transport: "udp", hostname: "127.0.0.1", port: nodePort };
    this.#socket = openSocket({ hostname: "127.0.0.1", port });
    this.#timer = setInterval(() => this.#prepare(), PAUSE_MS);
    receiveAll(this.#socket, (bytes) => {
      const decoded = decodeDatagram(bytes);
      if (decoded.kind === "peer") this.#receive(decoded.message);
    });
  }

  /** Asks the node how it is, and holds that against what it had said before it was asked. */
  async question(ask: () => Promise<StatusResult | null>): Promise<void> {
    const [word, vote] = [this.#word, this.#vote];
    const status = await ask();
    if (status === null) return void this.violations.push("the node does not answer");
    const { instanceNumber, promisedId, acceptedId, value } = status;
    this.#compare("stands at", instanceNumber, promisedId, word);
    if (vote?.instanceNumber === instanceNumber && compareProposalIds(acceptedId, vote.proposalId) < 0) {
      const [now, then] = [formatProposalId(acceptedId), formatProposalId(vote.proposalId)];
      this.violations.push(
        `the node has forgotten its vote for ${then} at link ${instanceNumber}, and knows of ${now}`,
      );
    }
    if (instanceNumber > 0 && value !== valueOf(instanceNumber - 1)) {
      this.violations.push(`the node's value at link ${instanceNumber} is ${value}`);
    }
  }

  /** Waits until the node votes for something, in whatever life. */
  nextVote(): Promise<void> {
    return new Promise((resolve) => this.#awaiting.add(resolve));
  }

  /** Says no more. */
  close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }

  #receive(message: PeerMessage): void {
    switch (message.type) {
      case "hello":
        if (!message.answer) this.#send({ ...HELLO, answer: true });
        return;
      case "sync_request":
        this.#instanceNumber = message.instanceNumber;
        return;
      case "nack":
        this.#number = Math.max(this.#number, message.promisedId?.number ?? 0);
        return;
      case "promise":
        return this.#promised(message);
      case "accepted":
        return this.#accepted(message);
    }
  }

  #promised({ instanceNumber, proposalId }: Extract<PeerMessage, { type: "promise" }>): void {
    this.answers++;
    this.#compare("promises", instanceNumber, proposalId);
    this.#word = { instanceNumber, promisedId: proposalId };
    if (instanceNumber !== this.#instanceNumber || proposalId.number !== this.#number) return;
    // Every proposal for a link has one value, so none needs to be adopted.
    const accept = { instanceNumber, proposalId, value: valueOf(instanceNumber) };
    this.#send({ type: "accept", ...accept });
    this.#send({ type: "accepted", ...accept });
  }

  #accepted({ instanceNumber, proposalId }: Extract<PeerMessage, { type: "accepted" }>): void {
    this.answers++;
    this.#compare("accepts", instanceNumber, proposalId);
    this.#word = { instanceNumber, promisedId: proposalId };
    this.#vote = { instanceNumber, proposalId };
    for (const resolve of this.#awaiting) resolve();
    this.#awaiting.clear();
    if (instanceNumber !== this.#instanceNumber) return;
    this.links++;
    this.#instanceNumber++;
    this.#prepare();
  }

  #compare(verb: string, instanceNumber: number, id: ProposalId | null, word: Word | null = this.#word): void {
    const isBelow = word !== null &&
      (instanceNumber < word.instanceNumber || compareProposalIds(id, word.promisedId) < 0);
    if (isBelow) {
      const then = `${formatProposalId(word.promisedId)} at link ${word.instanceNumber}`;
      this.violations.push(`the node ${verb} ${formatProposalId(id)} at link ${instanceNumber} after ${then}`);
    }
  }

  #prepare(): void {
    this.#number++;
    const proposalId = { number: this.#number, uid: "B" };
    this.#send({ type: "prepare", instanceNumber: this.#instanceNumber, proposalId });
  }

  #send(message: PeerMessage): void {
    // What cannot be sent is lost, and nothing answers while the node is dead.
    this.#socket.send(encodePeerMessage(message), this.#node).catch(() => {});
  }
}

const HELLO = {
  type: "hello",
  format: MESSAGE_FORMAT,
  nodes: ["A", "B", "C"],
  mode: "plain",
  life: "b",
  fresh: false,
  leaseWindowMs: null,
} as const;

function valueOf(instanceNumber: number): string {
  return `value ${instanceNumber}`;
}
