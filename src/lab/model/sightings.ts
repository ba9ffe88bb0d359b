// What is seen while a run happens, beside what the checkers judge: who learned which instance, and what was decided when.
import { AgreementChecker } from "../../sim/checkers/agreement.ts";
import type { Checker, Witness } from "../../sim/checkers/checker.ts";
import type { Effect } from "../../replica/ports.ts";
import type { CellChange, DecidedInstance } from "./moment.ts";

/** Watches a run for the table of instances. */
export class Sightings implements Checker {
  /** Those who judge, and this one. */
  readonly checkers: readonly Checker[];
  #agreement: AgreementChecker | undefined;
  #cells: CellChange[] = [];
  #reached = new Map<string, number>();
  #decided = 0;

  /** `judges` are the checkers of the run. */
  constructor(judges: readonly Checker[]) {
    this.checkers = [...judges, this];
    this.#agreement = judges.find((checker) => checker instanceof AgreementChecker);
  }

  /** A node has learned, or was carried. */
  announced({ uid, instanceNumber }: Witness, effect: Effect): null {
    if (effect.kind === "chosen") this.#cells.push({ uid, instanceNumber: effect.instanceNumber, known: "learned" });
    if (effect.kind === "caught_up") {
      for (let at = this.#reached.get(uid) ?? 0; at < effect.instanceNumber; at++) {
        this.#cells.push({ uid, instanceNumber: at, known: "carried" });
      }
    }
    this.#reached.set(uid, instanceNumber);
    return null;
  }

  /** What is new in the table since the last call. */
  takeCells(): CellChange[] {
    return this.#cells.splice(0);
  }

  /** The instances that were decided since the last call. */
  takeDecided(): DecidedInstance[] {
    const decisions = this.#agreement?.decisions;
    if (decisions === undefined || decisions.size === this.#decided) return [];
    const fresh = [...decisions].slice(this.#decided);
    this.#decided = decisions.size;
    return fresh.map(([instanceNumber, decision]) => ({ instanceNumber, ...decision }));
  }
}
