/** Names one attempt at a decision. Ordered by number, then by uid; `null` stands below all of them. */
export interface ProposalId {
  /** The round, an integer from 0 to 2^52; a proposer starts at 1. */
  readonly number: number;
  /** The node that made the proposal: two nodes never share an ID. */
  readonly uid: string;
}

/** The highest proposal number that may appear: it leaves every number exact in a double. */
export const MAX_PROPOSAL_NUMBER: number = 2 ** 52;

/** Negative when `a` is below `b`, 0 when they are the same, positive when `a` is above `b`. */
export function compareProposalIds(a: ProposalId | null, b: ProposalId | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (a.number !== b.number) return a.number - b.number;
  return a.uid < b.uid ? -1 : Number(a.uid > b.uid);
}

/** Whether both are the same proposal (or both are `null`). */
export function sameProposalId(a: ProposalId | null, b: ProposalId | null): boolean {
  return compareProposalIds(a, b) === 0;
}

/** `5.B`, or `none`: for people, and as a key (no two IDs share a text, since a number holds no dot). */
export function formatProposalId(id: ProposalId | null): string {
  return id === null ? "none" : `${id.number}.${id.uid}`;
}
