import type { PaxosInstance } from "../paxos/instance.ts";
import type { AcceptedMessage, AcceptMessage, NackMessage, PaxosMessage } from "../paxos/messages.ts";
import type { PrepareMessage, PromiseMessage } from "../paxos/messages.ts";
import type { AcceptorState } from "../paxos/acceptor.ts";
import { boundedInstance } from "./bounded_instance.ts";
import { Hooks } from "./hooks.ts";
import { decodeLink } from "./link.ts";
import type { ChainMessage, Configuration, News, PeerMessage } from "./messages.ts";
import type { NodeState } from "./node_state.ts";
import type { ClientAddress, ClientInput, Effect, Env, Input, NodeOptions, Settings } from "./ports.ts";
import { type Proposal, Proposals } from "./proposals.ts";
import { Register } from "./register.ts";
import { type ClientResponse, MESSAGE_FORMAT } from "./requests.ts";

/**
 * The replicated value: a chain of instances of Paxos, one for each link. It keeps the **chain**, moving to the next instance when the
 * current one is decided; it is the **bridge** between instance and messenger; it **saves and restores** what must survive a crash.
 *
 * It is passive: it answers, but it does nothing about messages that are lost, proposals that collide or links that it missed;
 * strategies do, by overriding its methods. Inputs come through `step`, effects leave through `takeEffects`.
 */
export class ReplicatedValue extends Hooks {
  /** This node's name. */
  readonly uid: string;
  /** All nodes, this one included, sorted. */
  readonly nodes: readonly string[];
  /** All other nodes. */
  readonly peers: readonly string[];
  /** How many nodes make a quorum: any two quorums share a node. */
  readonly quorumSize: number;
  /** Time and chance. */
  readonly env: Env;
  /** The constants of the strategies. */
  readonly settings: Settings;
  /** The link that is being decided, counted from 0. */
  instanceNumber = 0;
  /** What the links before it amount to. */
  readonly register: Register;
  /** The decision of that link. */
  paxos: PaxosInstance;
  /** What this node wants to see chosen. */
  readonly proposals: Proposals = new Proposals((updates) => this.encodeLink(updates));

  #effects: Effect[] = [];
  #toSelf: PeerMessage[] = [];
  #mayOffer = false;
  #hasVoted = false;

  /** Sets up the parts and does nothing yet: `start` does, after `restore`. */
  constructor(readonly options: NodeOptions) {
    super();
    this.uid = options.uid;
    this.nodes = [...options.nodes].sort();
    this.peers = this.nodes.filter((uid) => uid !== this.uid);
    this.quorumSize = Math.floor(this.nodes.length / 2) + 1;
    this.env = options.env;
    this.settings = options.settings;
    this.register = this.createRegister(options);
    this.paxos = this.createInstance();
  }

  /** What all nodes must agree on. */
  get configuration(): Configuration {
    return { format: MESSAGE_FORMAT, nodes: this.nodes, mode: "plain", leaseWindowMs: null };
  }

  /** Takes one input. Waits for nothing; what is to be done is in `takeEffects` afterwards. */
  step(input: Input): void {
    switch (input.kind) {
      case "start":
        this.start();
        break;
      case "message":
        this.receive(input.fromUid, input.message);
        break;
      case "timer":
        this.timerFired(input.name);
        break;
      case "request":
      case "propose":
        this.receiveFromClient(input);
    }
    this.deliverToSelf();
  }

  /** What the node wants done since the last call. All that came in meanwhile to be proposed goes together into a link first. */
  takeEffects(): Effect[] {
    while (this.#mayOffer) {
      this.#mayOffer = false;
      this.offerProposal();
      this.deliverToSelf();
    }
    this.#hasVoted = false;
    return this.#effects.splice(0);
  }

  // The chain.

  /** Takes an update on its way into the chain; `false` if too many are waiting. */
  proposeUpdate(proposal: Proposal): boolean {
    if (!this.proposals.add(proposal)) return false;
    this.offerSoon();
    return true;
  }

  /** Offers what waits to the current instance, once all inputs at hand were stepped. */
  protected offerSoon(): void {
    this.#mayOffer = true;
  }

  /** Offers what waits to the current instance, as much of it as goes into one link. */
  protected offerProposal(): void {
    const link = this.proposals.offer(this.maxUpdates(), () => this.paxos.proposer.withdraw());
    if (link !== null) this.offerLink(link);
  }

  /** Offers a link to the current instance, which takes the first one that it is offered. */
  protected offerLink(link: string): void {
    const accept = this.paxos.proposeValue(link);
    if (accept !== null) this.sendAccept(accept);
  }

  /** The current instance is decided: applies the link and moves on. */
  protected learn(link: string): void {
    const { instanceNumber } = this;
    const content = this.proposals.read(link) ?? decodeLink(link);
    const results = this.register.apply(content, instanceNumber);
    if (content.grantedTo !== null) this.granted(content.grantedTo);
    this.effect({ kind: "chosen", instanceNumber, link, results });
    this.advance(instanceNumber + 1);
    this.applied(instanceNumber, results);
    this.settle(this.proposals.chosen(link, instanceNumber, this.register));
    this.offerSoon();
  }

  /** A peer has shown where the chain stands: moves there, over links that this node never learned. Never moves back. */
  protected carry(fromUid: string, { instanceNumber, register }: News): void {
    const from = this.instanceNumber;
    // A node that was carried by a bare value stays where it is, and learns what it lacks.
    if (instanceNumber < from || (instanceNumber === from && this.register.isComplete)) return;
    this.register.restore(register);
    this.effect({ kind: "caught_up", instanceNumber, fromUid });
    if (instanceNumber > from) this.advance(instanceNumber);
    this.settle(this.proposals.carried(from, instanceNumber, this.register));
    this.offerSoon();
  }

  /** Begins another instance. What was accepted belongs to the old one; what was promised holds for all that follow. */
  protected advance(instanceNumber: number): void {
    const { acceptor: { promisedId }, proposer: { highestNumber } } = this.paxos;
    this.instanceNumber = instanceNumber;
    this.paxos = this.createInstance({ promisedId, acceptedId: null, acceptedValue: null });
    // Numbers that were seen in use are in use still.
    this.paxos.proposer.highestNumber = highestNumber;
  }

  /** What the chain amounts to before its first link. */
  protected createRegister({ maxSessions }: NodeOptions): Register {
    return new Register(maxSessions);
  }

  /** An instance whose acceptor remembers this much. */
  protected createInstance(acceptor?: AcceptorState): PaxosInstance {
    return boundedInstance(this.uid, this.quorumSize, acceptor);
  }

  // The bridge to the messenger.

  /** Takes a message of a peer, or of this node to itself. Messages of other types belong to strategies, which override this. */
  protected receive(fromUid: string, message: PeerMessage): void {
    if (!("proposalId" in message)) return this.drop(`${message.type} has no strategy here`);
    if (!this.isCurrent(fromUid, message)) return;
    switch (message.type) {
      case "prepare":
        return this.receivePrepare(fromUid, message);
      case "promise":
        return this.receivePromise(fromUid, message);
      case "nack":
        return this.receiveNack(fromUid, message);
      case "accept":
        return this.receiveAccept(fromUid, message);
      case "accepted":
        if (message.value !== null) this.receiveAccepted(fromUid, { ...message, value: message.value });
    }
  }

  /** Whether the message is about the current instance; an acceptor works on no other. */
  protected isCurrent(fromUid: string, message: ChainMessage): boolean {
    const ahead = message.instanceNumber - this.instanceNumber;
    // What this node sent to itself may have been overtaken by the decision; that tells nothing about peers.
    if (fromUid !== this.uid && ahead < 0) this.peerIsBehind(fromUid, message);
    if (fromUid !== this.uid && ahead > 0) this.peerIsAhead(fromUid);
    return ahead === 0;
  }

  /** A peer asks for a promise. */
  protected receivePrepare(fromUid: string, message: PrepareMessage): void {
    if (message.proposalId.uid !== fromUid) return this.drop("a prepare under the ID of another node");
    this.#hasVoted = true;
    this.sendPaxos(fromUid, this.paxos.receivePrepare(message));
  }

  /** A peer promises. */
  protected receivePromise(fromUid: string, message: PromiseMessage): void {
    const accept = this.paxos.receivePromise(fromUid, message);
    if (accept !== null) this.sendAccept(accept);
  }

  /** A peer refuses. */
  protected receiveNack(_fromUid: string, message: NackMessage): void {
    if (this.paxos.receiveNack(message)) this.proposalRefused();
  }

  /** A peer asks for acceptance. */
  protected receiveAccept(fromUid: string, message: AcceptMessage): void {
    if (message.proposalId.uid !== fromUid) return this.drop("an accept under the ID of another node");
    this.#hasVoted = true;
    const answer = this.paxos.receiveAccept(message);
    if (answer.type === "accepted") this.broadcast(answer);
    else this.sendPaxos(fromUid, answer);
  }

  /** A peer has accepted. */
  protected receiveAccepted(fromUid: string, message: AcceptedMessage): void {
    const chosen = this.paxos.receiveAccepted(fromUid, message);
    if (chosen !== null) this.learn(chosen.value);
  }

  /** Asks all nodes to accept. */
  protected sendAccept(message: AcceptMessage): void {
    if (this.paxos.proposer.free) this.proposals.acceptLeaves();
    // The ID was durable before the prepare left and gets no other value: others may accept while this node saves that it does.
    this.broadcast(message, true);
  }

  /** Sends a message about the current instance to every node, this one included. */
  protected broadcast(message: PaxosMessage, beforeSave = false): void {
    const addressed = { ...message, instanceNumber: this.instanceNumber };
    for (const uid of this.nodes) this.send(uid, addressed, beforeSave);
  }

  /** Sends a message about the current instance. */
  protected sendPaxos(toUid: string, message: PaxosMessage): void {
    this.send(toUid, { ...message, instanceNumber: this.instanceNumber });
  }

  /** Sends a message; one to this node itself needs no network, and is delivered within the same step. */
  protected send(toUid: string, message: PeerMessage, beforeSave = false): void {
    if (toUid === this.uid) this.#toSelf.push(message);
    else this.effect({ kind: "send", toUid, message, ...(beforeSave && { beforeSave }) });
  }

  /** Delivers what this node has sent to itself. */
  protected deliverToSelf(): void {
    for (let message = this.#toSelf.shift(); message !== undefined; message = this.#toSelf.shift()) {
      this.receive(this.uid, message);
    }
  }

  /** Asks for something to be done, once the state is saved. */
  protected effect(effect: Effect): void {
    this.#effects.push(effect);
  }

  /**
   * Answers a client. What is chosen stays so though this node forgets that it knows, for a quorum keeps it: `beforeSave` lets the
   * answer leave at once, unless a vote that this node has given since the last save may be one of that quorum.
   */
  protected answer(to: ClientAddress, response: ClientResponse, beforeSave: boolean): void {
    this.effect({ kind: "respond", to, response, ...(beforeSave && !this.#hasVoted && { beforeSave }) });
  }

  /** Counts a message that must be ignored. */
  protected drop(reason: string): void {
    this.effect({ kind: "dropped", reason });
  }

  /** A client asks, or one of the ancestor's proposes. */
  protected receiveFromClient(input: ClientInput): void {
    this.drop(`${input.kind} has no strategy here`);
  }

  /** All that must survive a crash: derived from the parts, never a second copy. */
  save(): NodeState {
    return {
      instanceNumber: this.instanceNumber,
      register: this.register.save(),
      acceptor: this.paxos.acceptor.save(),
      leaseWindowMs: null,
    };
  }

  /** Takes over what `save` gave, in an earlier life. */
  restore(state: NodeState): void {
    this.instanceNumber = state.instanceNumber;
    this.register.restore(state.register);
    this.paxos = this.createInstance(state.acceptor);
  }
}
