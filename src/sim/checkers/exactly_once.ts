import type { Effect } from "../../replica/ports.ts";
import type { Violation } from "../events.ts";
import type { Checker, Witness } from "./checker.ts";

/** Exactly once: no value is applied by two links. Every simulated write has a value of its own, so twice means one write. */
export class ExactlyOnceChecker implements Checker {
  #instances = new Map<string, number>();

  /** Compares the values that a link has set with those of earlier ones; the same update in a second link must set nothing. */
  announced(_witness: Witness, effect: Effect): Violation | null {
    if (effect.kind !== "chosen") return null;
    const { instanceNumber, results } = effect;
    for (const { update: { value }, outcome, isNew } of results) {
      if (outcome !== "applied" || !isNew) continue;
      const before = this.#instances.get(value) ?? instanceNumber;
      this.#instances.set(value, before);
      if (before === instanceNumber) continue;
      const message = `${
        JSON.stringify(value)
      } was written once, but instances ${before} and ${instanceNumber} both apply it`;
      return { kind: "exactly-once", message };
    }
    return null;
  }
}
