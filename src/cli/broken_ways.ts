import type { StatusResult } from "../client/client.ts";
import { REACH_MS } from "../strategies/reachability.ts";

/** What one node has said about itself; `null` if it did not answer. */
export interface NodeReport {
  /** The node. */
  readonly uid: string;
  /** Its answer. */
  readonly status: StatusResult | null;
}

/** A way between two nodes on which nothing arrives. */
export interface BrokenWay {
  /** Who sends. */
  readonly from: string;
  /** Who does not hear it. */
  readonly to: string;
}

/** Whoever was heard within this time was heard while the nodes asked each other, in milliseconds. */
const FRESH_MS = REACH_MS + 100;

/** The ways on which nothing arrives, out of what nodes say that have asked their peers, all at the same time. */
export function brokenWays(reports: readonly NodeReport[]): BrokenWay[] {
  const statuses = new Map(reports.map(({ uid, status }) => [uid, status]));
  const found: BrokenWay[] = [];
  for (const { uid: to, status } of reports) {
    for (const { uid: from, answers } of status?.peers ?? []) {
      const other = statuses.get(from) ?? null;
      // Who answers nobody is another matter; and one answer that came shows that both ways are open.
      if (other === null || (answers ?? true) || answersTo(other, to)) continue;
      if (!hears(status, from)) found.push({ from, to });
      if (!hears(other, to) && !other.peers.some((peer) => peer.uid === to && peer.answers === false)) {
        found.push({ from: to, to: from });
      }
    }
  }
  return found;
}

/** The nodes that have got an answer from this one. */
export function reachedBy(reports: readonly NodeReport[], uid: string): string[] {
  return reports.filter(({ status }) => status !== null && answersTo(status, uid)).map((report) => report.uid);
}

/** Whether the peer has answered the node that says this. */
function answersTo(status: StatusResult, peer: string): boolean {
  return status.peers.some(({ uid, answers }) => uid === peer && answers === true);
}

function hears(status: StatusResult | null, peer: string): boolean {
  const heardMs = status?.peers.find(({ uid }) => uid === peer)?.heardMs ?? null;
  return heardMs !== null && heardMs <= FRESH_MS;
}
