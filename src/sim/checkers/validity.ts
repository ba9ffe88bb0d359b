import { decodeLink } from "../../replica/link.ts";
import type { Effect } from "../../replica/ports.ts";
import type { Violation } from "../events.ts";
import type { Checker, Witness } from "./checker.ts";

/** Validity: only a value that somebody has proposed is ever chosen. */
export class ValidityChecker implements Checker {
  #proposed = new Set<string>();

  /** Takes note of a value that may be chosen from now on. */
  proposed(value: string): void {
    this.#proposed.add(value);
  }

  /** Looks for the values of a chosen link. */
  announced({ uid }: Witness, effect: Effect): Violation | null {
    if (effect.kind !== "chosen") return null;
    const stranger = decodeLink(effect.link).updates.find((update) => !this.#proposed.has(update.value));
    if (stranger === undefined) return null;
    const value = JSON.stringify(stranger.value);
    const message = `node ${uid} says that instance ${effect.instanceNumber} chose ${value}, which nobody has proposed`;
    return { kind: "validity", message };
  }
}
