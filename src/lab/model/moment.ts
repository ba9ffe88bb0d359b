// One moment of a run, as plain data: what happened, what it changed, and all that is seen afterwards.
import type { Decision } from "../../sim/checkers/agreement.ts";
import type { RecordedOperation } from "../../sim/checkers/history.ts";
import type { Violation } from "../../sim/events.ts";
import type { LabAct } from "./act.ts";
import type { FlyingLetter } from "./letters.ts";
import type { NodeView } from "./node_view.ts";

/** What a node learned of an instance, or accepted in it. */
export interface CellChange {
  /** The node. */
  readonly uid: string;
  /** The instance. */
  readonly instanceNumber: number;
  /** What the node has accepted there. */
  readonly accepted?: { readonly proposal: string; readonly link: string };
  /** How it came to know the decision: by counting, or carried by a peer. */
  readonly known?: "learned" | "carried";
}

/** An instance that was decided at this moment, as somebody who sees all acceptors knows it. */
export interface DecidedInstance extends Decision {
  /** The instance. */
  readonly instanceNumber: number;
}

/** What one moment has brought. */
export interface Moment {
  /** Its number, from 1; 0 is the start. */
  readonly index: number;
  /** When, in milliseconds of virtual time. */
  readonly atMs: number;
  /** What happened; `null` at the start. */
  readonly act: LabAct | null;
  /** Whether the learner did it. */
  readonly byLearner: boolean;
  /** Whether it was possible; what was not has changed nothing. */
  readonly possible: boolean;
  /** The datagram that it concerned. */
  readonly letter: FlyingLetter | null;
  /** What it has changed, in words. */
  readonly notes: readonly string[];
  /** The machines afterwards. */
  readonly nodes: ReadonlyMap<string, NodeView>;
  /** The links that are cut afterwards, as `A>B`. */
  readonly cuts: ReadonlySet<string>;
  /** How many times as long as usual datagrams take, by link; no entry where it is once. */
  readonly slow: ReadonlyMap<string, number>;
  /** What clients have asked and been answered. */
  readonly operations: readonly RecordedOperation[];
  /** What is new in the table of instances. */
  readonly cells: readonly CellChange[];
  /** Instances that were decided now. */
  readonly decided: readonly DecidedInstance[];
  /** What a checker has against the run; a run ends with it. */
  readonly violation: Violation | null;
}
