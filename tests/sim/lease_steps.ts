// What runs of the lease that are made by hand are made of.
import type { Machines, Step } from "./by_hand.ts";

/** The node crashes and starts again at once. */
export const restarts = (uid: string): Step[] => [{ kind: "crash", uid }, { kind: "restart", uid }];

/** Candidate and voter are a quorum, and both are at the link that is to be decided. */
export const elects = (candidate: string, voter: string): Step[] => [
  `${candidate}:election`,
  `${candidate}>${voter} prepare`,
  `${voter}>${candidate} promise`,
  `${candidate}>${voter} accept`,
  `${voter}>${candidate} accepted`,
];

/** The same with a voter that is a link behind, and is brought up to date by the candidate. */
export const bringsAndElects = (candidate: string, voter: string): Step[] => [
  `${candidate}:election`,
  `${candidate}>${voter} prepare`,
  `${voter}>${candidate} sync_request`,
  `${candidate}>${voter} snapshot`,
  `${candidate}:retransmit`,
  ...elects(candidate, voter).slice(1),
];

/** A's clock is as slow as it may be, those of the others are as fast; chance has B stand for election at once. */
export const SLOW_MASTER: Machines = { rates: [0.975, 1.025, 1.025], seeds: [0, 2, 1] };
