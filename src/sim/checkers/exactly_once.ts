import { decodeLink } from "../../replica/link.ts";
import type { Effect } from "../../replica/ports.ts";
import type { Violation } from "../events.ts";
import type { Checker, Witness } from "./checker.ts";

/** Exactly once: no value is applied by two links. Every simulated write has a value of its own, so twice means one write. */
export class ExactlyOnceChecker implements Checker {
  #instances = new Map<string, number>();

  /** Compares the values of a chosen link with those of earlier ones. */
  announced(_witness: Witness, effect: Effect): Violation | null {
    if (effect.kind !== "chosen") return null;
    for (const { value } of decodeLink(effect.link).updates) {
      const before = this.#instances.get(value) ?? effect.instanceNumber;
      this.#instances.set(value, before);
      if (before === effect.instanceNumber) continue;
      const message = `${
        JSON.stringify(value)
      } was written once, but instances ${before} and ${effect.instanceNumber} both apply it`;
      return { kind: "exactly-once", message };
    }
    return null;
  }
}
