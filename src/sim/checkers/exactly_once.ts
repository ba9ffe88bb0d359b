import type { Effect } from "../../replica/ports.ts";
import type { Violation } from "../events.ts";
import type { Checker, Witness } from "./checker.ts";

/** Exactly once: no value is applied by two links. Every simulated write has a value of its own, so twice means one write. */
export class ExactlyOnceChecker implements Checker {
  #instances = new Map<string, number>();

  /** Compares the value that a link has set with those of earlier ones; the same update in a second link must set nothing. */
  announced({ register, instanceNumber }: Witness, effect: Effect): Violation | null {
    if (effect.kind !== "chosen" || instanceNumber !== effect.instanceNumber + 1) return null;
    const { value, valueInstanceNumber } = register;
    if (value === null || valueInstanceNumber !== effect.instanceNumber) return null;
    const before = this.#instances.get(value) ?? valueInstanceNumber;
    this.#instances.set(value, before);
    if (before === valueInstanceNumber) return null;
    const message = `${
      JSON.stringify(value)
    } was written once, but instances ${before} and ${valueInstanceNumber} both apply it`;
    return { kind: "exactly-once", message };
  }
}
