// What a client learns. "Not chosen" is final: it is never said of a value that may be chosen later.
import { ReportedError } from "../runtime/errors.ts";

/** What became of a proposal. */
export type ProposeOutcome =
  /** The value was chosen. */
  | {
    readonly outcome: "chosen";
    /** The instance that chose it. */
    readonly instanceNumber: number;
    /** The node that answered. */
    readonly node: string;
  }
  /** The value was not chosen, and never will be on behalf of this proposal. */
  | {
    readonly outcome: "not_chosen";
    /** Why. */
    readonly reason: string;
    /** The node that answered; `null` if none was asked. */
    readonly node: string | null;
  }
  /** Nobody can say: the value may be chosen, now or later. */
  | {
    readonly outcome: "unknown";
    /** Why it is not known. */
    readonly reason: string;
    /** The node that was asked; `null` if several were. */
    readonly node: string | null;
  };

/** What a read has found. */
export type GetOutcome =
  /** An answer. */
  | {
    readonly outcome: "value";
    /** The replicated value; `null` if none was ever chosen. */
    readonly value: string | null;
    /** The instance that decided it, where that is known. */
    readonly instanceNumber: number | null;
    /** The instance that the node is deciding. */
    readonly nodeInstanceNumber: number;
    /** The node that answered. */
    readonly node: string;
    /** How it was read. */
    readonly read: "linearizable" | "local";
  }
  /** Whoever was asked will not read. */
  | {
    readonly outcome: "refused";
    /** Why. */
    readonly reason: string;
  }
  /** No answer came in time. */
  | {
    readonly outcome: "unknown";
    /** Who has not answered. */
    readonly reason: string;
  };

/** What a watcher is told. */
export type WatchEvent =
  /** An update was applied. */
  | {
    readonly kind: "update";
    /** By this instance. */
    readonly instanceNumber: number;
    /** The new value. */
    readonly value: string;
  }
  /** Updates were missed: the node has these instances no more, or never learned them. */
  | {
    readonly kind: "gap";
    /** The first of them. */
    readonly from: number;
    /** The last of them. */
    readonly to: number;
  };

/** No node that may be asked lets itself be watched. */
export class WatchRefusedError extends ReportedError {
  /** The class, for whoever prints the error. */
  override readonly name: string = "WatchRefusedError";
  /** A definite no. */
  override readonly exitCode: number = 1;
}
