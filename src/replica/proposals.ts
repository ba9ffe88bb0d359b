// The updates that a node wants to see chosen, from the moment they are asked for until their outcome is known.
import type { ClientAddress } from "./ports.ts";
import type { ProposedResult } from "./requests.ts";
import { encodeLink, type SessionTag, type Update } from "./link.ts";
import type { Register, UpdateResult } from "./register.ts";

/** Where an outcome goes. */
export interface Asker {
  /** The client's address. */
  readonly address: ClientAddress;
  /** Its name for the request. */
  readonly requestId: string;
}

/** An update on its way into the chain. */
export interface Proposal {
  /** The change. */
  readonly update: Update;
  /** Who waits for the outcome; nobody, for the ancestor's proposals. */
  readonly asker: Asker | null;
  /** Until when the node tries, on its clock, in milliseconds; for ever, if `null`. */
  readonly deadlineMs: number | null;
}

/** An outcome for whoever waits for it. */
export interface Settled {
  /** The proposal; its asker is told. */
  readonly proposal: Proposal;
  /** What became of it. */
  readonly result: ProposedResult;
}

const CARRIED = "the node was brought up to date past the link that may hold the value";

const EXPIRED =
  "its session has gone on without it or is not known any more, so nobody can tell whether it was applied before";

const LATE = "no quorum has answered in time; the value may still be chosen";

/** How much of a value a reason shows, in characters. */
const MAX_QUOTED = 60;

/** How many proposals may wait at a node. */
export const MAX_PROPOSALS = 1024;

/**
 * A queue whose head is in flight: offered to the current instance.
 *
 * A head that lost its instance is offered to the next one. It may be, because the chain says for certain that the instance
 * chose something else; where a node was carried over the instance, nobody can say so.
 */
export class Proposals {
  #queue: Proposal[] = [];
  #inFlight: Proposal | null = null;
  #mayBeAccepted = false;

  /** The link that is offered to the current instance. */
  get offeredLink(): string | null {
    return this.#inFlight === null ? null : encodeLink([this.#inFlight.update]);
  }

  /** All that want to be chosen, in order. */
  get all(): readonly Proposal[] {
    return this.#queue;
  }

  /** Whether there is anything that wants to be chosen. */
  get waiting(): boolean {
    return this.#queue.length > 0;
  }

  /** The first moment at which a deadline passes, on the node's clock. */
  get nextDeadlineMs(): number | null {
    const deadlines = this.#queue.map((proposal) => proposal.deadlineMs).filter((deadline) => deadline !== null);
    return deadlines.length === 0 ? null : Math.min(...deadlines);
  }

  /** Puts a proposal at the end of the queue; `false` if the queue is full. */
  add(proposal: Proposal): boolean {
    if (this.#queue.length >= MAX_PROPOSALS) return false;
    this.#queue.push(proposal);
    return true;
  }

  /** The link to offer to the current instance, unless one is offered already. */
  offer(): string | null {
    if (this.#inFlight !== null) return null;
    this.#inFlight = this.#queue[0] ?? null;
    return this.offeredLink;
  }

  /** Takes note that an accept with the offered link leaves the node: from now on others may choose it. */
  acceptLeaves(): void {
    this.#mayBeAccepted = this.#inFlight !== null;
  }

  /** The instance chose this link, and the register has applied it. A head that lost stays in the queue for the next instance. */
  chosen(link: string, instanceNumber: number, register: Register): Settled[] {
    // The same text may be another node's, chosen before this proposal was made: it is the head only if the head ever left.
    const head = this.#mayBeAccepted && link === this.offeredLink ? this.#inFlight : null;
    this.#release();
    const settled = this.#settledBySession(instanceNumber, register);
    if (head === null || !this.#isOver(head, instanceNumber, register) || !this.#take(head)) return settled;
    return [head.update.session ? unknown(head, EXPIRED) : chosen(head, instanceNumber), ...settled];
  }

  /**
   * The node was carried from one instance to a later one, where the register is this. A plain head that may have been chosen on
   * the way must not be proposed again for a client, unless it can be seen that it was not.
   */
  carried(fromInstance: number, toInstance: number, register: Register): Settled[] {
    // Having got the sessions that it lacked, the node is at the same instance still.
    if (toInstance === fromInstance) return this.#settledBySession(toInstance, register);
    const head = this.#mayBeAccepted ? this.#inFlight : null;
    this.#release();
    const isPlain = head !== null && head.update.session === undefined;
    const settled = isPlain ? this.#carriedOver(head, fromInstance, toInstance, register) : [];
    return [...settled, ...this.#settledBySession(toInstance, register)];
  }

  /** Gives up what has passed its deadline; `withdraw` says whether the head can still be taken back from the instance. */
  expire(nowMs: number, withdraw: () => boolean): Settled[] {
    const late = this.#queue.filter((proposal) => proposal.deadlineMs !== null && proposal.deadlineMs <= nowMs);
    return this.giveUp(late, LATE, withdraw);
  }

  /** Gives up these proposals; `withdraw` says whether the head can still be taken back from the instance. */
  giveUp(proposals: readonly Proposal[], reason: string, withdraw: () => boolean): Settled[] {
    this.#queue = this.#queue.filter((proposal) => !proposals.includes(proposal));
    // What an accept carries stays with the instance; only what is still at home makes room for the next in line.
    if (this.#inFlight !== null && proposals.includes(this.#inFlight) && withdraw()) this.#release();
    return proposals.map((proposal) => unknown(proposal, reason));
  }

  /** The proposal with this session and sequence number, if it waits here. */
  find({ openedAt, id, sequence }: SessionTag): Proposal | undefined {
    return this.#queue.find(({ update: { session } }) =>
      session?.id === id && session.openedAt === openedAt && session.sequence === sequence
    );
  }

  /** The asker of a proposal that waits here has asked again, perhaps from elsewhere. */
  askAgain(proposal: Proposal, asker: Asker, deadlineMs: number): void {
    const again = { ...proposal, asker, deadlineMs };
    this.#queue[this.#queue.indexOf(proposal)] = again;
    if (this.#inFlight === proposal) this.#inFlight = again;
  }

  /** What bears a session may be proposed until the register says what became of it: it is applied once at most. */
  #settledBySession(instanceNumber: number, register: Register): Settled[] {
    return this.#queue.flatMap((proposal) => {
      const result = register.resultOf(proposal.update, instanceNumber);
      if (result === null) return [];
      // The value that made a condition fail is known only where the link was applied just now.
      const seen = result.instanceNumber === instanceNumber ? register.value : undefined;
      return [{ proposal, result: toOutcome(result, seen) }];
    }).filter(({ proposal }) => this.#take(proposal));
  }

  /** Whether the proposal, whose link was chosen, has no business in another: it is plain, or its session is of the future. */
  #isOver({ update: { session } }: Proposal, instanceNumber: number, register: Register): boolean {
    return session === undefined || (register.isComplete && session.openedAt > instanceNumber);
  }

  #carriedOver(head: Proposal, fromInstance: number, toInstance: number, register: Register): Settled[] {
    const { value, valueInstanceNumber } = register;
    // A plain update is always applied: over one link alone, the value that stands tells what that link chose.
    const isSeen = toInstance === fromInstance + 1 && valueInstanceNumber !== null;
    if (isSeen && (valueInstanceNumber !== fromInstance || value !== head.update.value)) return [];
    // Where nobody waits for the outcome, twice is better than not at all.
    if ((!isSeen && head.asker === null) || !this.#take(head)) return [];
    return [isSeen ? chosen(head, fromInstance) : unknown(head, CARRIED)];
  }

  /** Removes it from the queue, if it is still there. */
  #take(proposal: Proposal): boolean {
    const index = this.#queue.indexOf(proposal);
    if (index >= 0) this.#queue.splice(index, 1);
    return index >= 0;
  }

  #release(): void {
    this.#inFlight = null;
    this.#mayBeAccepted = false;
  }
}

/** What the client is told of an update that bears a session; `seen` is the value that its condition met, where that is known. */
export function toOutcome({ update, outcome, instanceNumber }: UpdateResult, seen?: string | null): ProposedResult {
  switch (outcome) {
    case "applied":
      return { result: "proposed", outcome: "chosen", instanceNumber, reason: null };
    case "condition_failed":
      return {
        result: "proposed",
        outcome: "not_chosen",
        instanceNumber,
        reason: describeFailure(update, instanceNumber, seen),
      };
    case "expired":
      return { result: "proposed", outcome: "unknown", instanceNumber: null, reason: EXPIRED };
  }
}

function describeFailure({ condition }: Update, instanceNumber: number, seen: string | null | undefined): string {
  const wanted = condition?.kind === "instance"
    ? `that of instance ${condition.instanceNumber}`
    : quote(condition?.value ?? null);
  if (seen !== undefined) return `the value is ${quote(seen)}, not ${wanted}`;
  return `the value was not ${wanted} when link ${instanceNumber} was applied`;
}

function quote(value: string | null): string {
  if (value === null) return "none";
  // The whole of it might not fit the answer's datagram.
  return value.length > MAX_QUOTED ? `${JSON.stringify(value.slice(0, MAX_QUOTED))}...` : JSON.stringify(value);
}

function chosen(proposal: Proposal, instanceNumber: number): Settled {
  return { proposal, result: { result: "proposed", outcome: "chosen", instanceNumber, reason: null } };
}

function unknown(proposal: Proposal, reason: string): Settled {
  return { proposal, result: { result: "proposed", outcome: "unknown", instanceNumber: null, reason } };
}
