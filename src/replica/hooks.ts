// What strategies override: moments in the life of a node at which, by itself, it does nothing, and what it does the simplest way.
import { encodeLink, type Update } from "./link.ts";
import type { ChainMessage } from "./messages.ts";
import type { AnySettled } from "./proposals.ts";
import type { UpdateResult } from "./register.ts";
import type { Trouble } from "./trouble.ts";

/** The moments. An override calls `super`, for the strategies below it. */
export class Hooks {
  /** A life of this node begins. */
  protected start(): void {}

  /** A timer has gone off. */
  protected timerFired(_name: string): void {}

  /** A link was learned, and its updates were applied with these results. */
  protected applied(_instanceNumber: number, _results: readonly UpdateResult[]): void {}

  /** The link that is being applied grants the lease. */
  protected granted(_uid: string): void {}

  /** The outcome of these proposals is known. */
  protected settle(_settled: readonly AnySettled[]): void {}

  /** A proposal of this node was refused: another one has a higher ID. */
  protected proposalRefused(): void {}

  /** A peer has shown that it is deciding a later link than this node. */
  protected peerIsAhead(_uid: string): void {}

  /** A peer has shown that it is deciding an earlier link than this node. */
  protected peerIsBehind(_uid: string, _message: ChainMessage): void {}

  /** What is wrong, as far as this node can see. */
  protected troubles(): readonly Trouble[] {
    return [];
  }

  /** How many updates a link of this node may have. */
  protected maxUpdates(): number {
    return Infinity;
  }

  /** The text of a link that carries these updates. */
  protected encodeLink(updates: readonly Update[]): string {
    return encodeLink(updates);
  }
}
