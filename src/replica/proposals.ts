// The updates that a node wants to see chosen, from the moment they are asked for until their outcome is known.
import { batchSize } from "./batch.ts";
import { encodeLink, type Link, type SessionTag, type Update } from "./link.ts";
import { chosenBy, EXPIRED, toOutcome, unknownBecause } from "./outcome.ts";
import type { ClientAddress } from "./ports.ts";
import type { Register } from "./register.ts";
import type { ProposedResult, RedirectedResult } from "./requests.ts";

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
export interface Settled<R = ProposedResult> {
  /** The proposal; its asker is told. */
  readonly proposal: Proposal;
  /** What became of it. */
  readonly result: R;
}

/** What becomes of a proposal, as far as the node is concerned that was asked for it. */
export type AnySettled = Settled<ProposedResult | RedirectedResult>;

const CARRIED = "the node was brought up to date past the link that may hold the value";

const LATE = "no quorum has answered in time; the value may still be chosen";

/** How many proposals may wait at a node. */
export const MAX_PROPOSALS = 1024;

/** What is offered to the current instance. */
interface Batch {
  readonly link: string;
  readonly updates: readonly Update[];
  /** The keys of the proposals in it. */
  readonly keys: readonly string[];
}

/**
 * A queue, of which a batch from its front is in flight: offered to the current instance, in one link.
 *
 * A batch that lost its instance is offered to the next one, perhaps with others. It may be, because the chain says for certain that
 * the instance chose something else; where a node was carried over the instance, nobody can say so.
 */
export class Proposals {
  /** In the order in which they came. */
  #waiting = new Map<string, Proposal>();
  #inFlight: Batch | null = null;
  #mayBeAccepted = false;
  #hasGrown = false;
  #plainCount = 0;

  /** `encode` makes the text of a link out of the updates that it is to carry. */
  constructor(readonly encode: (updates: readonly Update[]) => string = encodeLink) {}

  /** The link that is offered to the current instance. */
  get offeredLink(): string | null {
    return this.#inFlight?.link ?? null;
  }

  /** All that want to be chosen, in order. */
  get all(): readonly Proposal[] {
    return [...this.#waiting.values()];
  }

  /** Whether there is anything that wants to be chosen. */
  get waiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** The first moment at which a deadline passes, on the node's clock. */
  get nextDeadlineMs(): number | null {
    let first: number | null = null;
    for (const { deadlineMs } of this.#waiting.values()) {
      if (deadlineMs !== null && (first === null || deadlineMs < first)) first = deadlineMs;
    }
    return first;
  }

  /** Puts a proposal at the end of the queue; `false` if the queue is full. */
  add(proposal: Proposal): boolean {
    if (this.#waiting.size >= MAX_PROPOSALS) return false;
    const { session } = proposal.update;
    this.#waiting.set(session === undefined ? `plain ${this.#plainCount++}` : keyOf(session), proposal);
    this.#hasGrown = true;
    return true;
  }

  /**
   * The link to offer to the current instance, of at most so many updates; `null` if nothing is new. What is offered already may
   * be offered anew with what has come since, if `withdraw` can take it back from the instance: once an accept carries it, it
   * never changes.
   */
  offer(maxUpdates: number, withdraw: () => boolean): string | null {
    if (this.#hasGrown) this.takeBack(withdraw);
    if (this.#inFlight !== null || !this.waiting) return null;
    this.#hasGrown = false;
    const size = batchSize(updatesOf(this.#waiting.values()), maxUpdates);
    const keys = [...take(this.#waiting.keys(), size)];
    const updates = keys.map((key) => this.#waiting.get(key)!.update);
    const link = this.encode(updates);
    this.#inFlight = { link, updates, keys };
    return link;
  }

  /** What the link holds, if it is the one that is offered: then it need not be read. */
  read(link: string): Link | null {
    return this.#inFlight?.link === link ? { grantedTo: null, updates: this.#inFlight.updates } : null;
  }

  /**
   * Offers nothing any more, if `withdraw` can take it back from the instance; what was offered waits. What has left in an accept
   * stays: under a higher ID the instance may still choose it.
   */
  takeBack(withdraw: () => boolean): void {
    if (this.#inFlight !== null && !this.#mayBeAccepted && withdraw()) this.#release();
  }

  /** Takes note that an accept with the offered link leaves the node: from now on others may choose it. */
  acceptLeaves(): void {
    this.#mayBeAccepted = this.#inFlight !== null;
  }

  /** The instance chose this link, and the register has applied it. What lost stays in the queue for the next instance. */
  chosen(link: string, instanceNumber: number, register: Register): Settled[] {
    // The same text may be another node's, chosen before this batch was made: it is this one only if it ever left.
    const batch = this.#mayBeAccepted && link === this.offeredLink ? this.#inFlight : null;
    this.#release();
    const settled = this.#settledBySession(instanceNumber, register);
    const over = (batch?.keys ?? []).flatMap((key): Settled[] => {
      const proposal = this.#waiting.get(key);
      if (proposal === undefined || !isOver(proposal, instanceNumber, register)) return [];
      this.#waiting.delete(key);
      return [{ proposal, result: proposal.update.session ? unknownBecause(EXPIRED) : chosenBy(instanceNumber) }];
    });
    return [...over, ...settled];
  }

  /**
   * The node was carried from one instance to a later one, where the register is this. What is plain and may have been chosen on the
   * way must not be proposed again for a client, unless it can be seen that it was not.
   */
  carried(fromInstance: number, toInstance: number, register: Register): Settled[] {
    // Having got the sessions that it lacked, the node is at the same instance still.
    if (toInstance === fromInstance) return this.#settledBySession(toInstance, register);
    const batch = this.#mayBeAccepted ? this.#inFlight : null;
    this.#release();
    const settled = batch === null ? [] : this.#carriedOver(batch, fromInstance, toInstance, register);
    return [...settled, ...this.#settledBySession(toInstance, register)];
  }

  /** Gives up what has passed its deadline; `withdraw` says whether the batch can still be taken back from the instance. */
  expire(nowMs: number, withdraw: () => boolean): Settled[] {
    const late = this.all.filter(({ deadlineMs }) => deadlineMs !== null && deadlineMs <= nowMs);
    return this.giveUp(late, LATE, withdraw);
  }

  /** Gives up these proposals; `withdraw` says whether the batch can still be taken back from the instance. */
  giveUp(proposals: readonly Proposal[], reason: string, withdraw: () => boolean): Settled[] {
    const gone = new Set(proposals);
    for (const [key, proposal] of this.#waiting) if (gone.has(proposal)) this.#waiting.delete(key);
    // What an accept carries stays with the instance; only what is still at home makes room for the next in line.
    if (this.#inFlight?.keys.some((key) => !this.#waiting.has(key))) this.takeBack(withdraw);
    return proposals.map((proposal) => ({ proposal, result: unknownBecause(reason) }));
  }

  /** Gives away all that waits here, but for what may have been accepted already: another node is to see to it. */
  handOver(withdraw: () => boolean): Proposal[] {
    this.takeBack(withdraw);
    const handed: Proposal[] = [];
    for (const [key, proposal] of this.#waiting) {
      if (this.#inFlight?.keys.includes(key)) continue;
      this.#waiting.delete(key);
      handed.push(proposal);
    }
    return handed;
  }

  /** The proposal with this session and sequence number, if it waits here. */
  find(session: SessionTag): Proposal | undefined {
    return this.#waiting.get(keyOf(session));
  }

  /** The asker of an update that waits here has asked again, perhaps from elsewhere. */
  askAgain(session: SessionTag, asker: Asker, deadlineMs: number): void {
    const proposal = this.find(session);
    if (proposal !== undefined) this.#waiting.set(keyOf(session), { ...proposal, asker, deadlineMs });
  }

  /** What bears a session may be proposed until the register says what became of it: it is applied once at most. */
  #settledBySession(instanceNumber: number, register: Register): Settled[] {
    const settled: Settled[] = [];
    for (const [key, proposal] of this.#waiting) {
      const result = register.resultOf(proposal.update, instanceNumber);
      if (result === null) continue;
      this.#waiting.delete(key);
      // The value that made a condition fail is known only where the link was applied just now: a condition comes last in it.
      const seen = result.instanceNumber === instanceNumber ? register.value : undefined;
      settled.push({ proposal, result: toOutcome(result, seen) });
    }
    return settled;
  }

  #carriedOver({ keys }: Batch, fromInstance: number, toInstance: number, register: Register): Settled[] {
    const { value, valueInstanceNumber } = register;
    const batch = keys.flatMap((key) => this.#waiting.get(key) ?? []);
    // A plain update is always applied: over one link alone, the value that stands tells what that link chose.
    const isSeen = toInstance === fromInstance + 1 && valueInstanceNumber !== null;
    const isOther = valueInstanceNumber !== fromInstance || batch.every(({ update }) => update.value !== value);
    if (isSeen && isOther) return [];
    // Of several updates the value shows the last one that was applied, and tells nothing of the others.
    const isOurs = isSeen && keys.length === 1;
    return keys.flatMap((key): Settled[] => {
      const proposal = this.#waiting.get(key);
      if (proposal === undefined || proposal.update.session !== undefined) return [];
      // Where nobody waits for the outcome, twice is better than not at all.
      if (!isOurs && proposal.asker === null) return [];
      this.#waiting.delete(key);
      return [{ proposal, result: isOurs ? chosenBy(fromInstance) : unknownBecause(CARRIED) }];
    });
  }

  #release(): void {
    this.#inFlight = null;
    this.#mayBeAccepted = false;
  }
}

/** Whether the proposal, whose link was chosen, has no business in another: it is plain, or its session is of the future. */
function isOver({ update: { session } }: Proposal, instanceNumber: number, register: Register): boolean {
  return session === undefined || (register.isComplete && session.openedAt > instanceNumber);
}

/** What tells the updates that bear sessions apart: numbers first, since an ID may be any text. */
function keyOf({ openedAt, id, sequence }: SessionTag): string {
  return `${openedAt}.${sequence}.${id}`;
}

function* updatesOf(proposals: Iterable<Proposal>): Generator<Update> {
  for (const { update } of proposals) yield update;
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  if (count === 0) return;
  for (const item of items) {
    yield item;
    if (--count === 0) return;
  }
}
