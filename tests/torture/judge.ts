// What must hold after any amount of crashes, judged from the outside: by what nodes printed and clients were told.
import type { ProposeOutcome } from "../../src/client/client.ts";

/** A value that was proposed, no other one being equal to it, and what its client was told. */
export interface Told {
  /** The value. */
  readonly value: string;
  /** What its client was told. */
  readonly outcome: ProposeOutcome;
}

/** Judges a run. */
export class Judge {
  /** The links that were printed, by instance: one text each, if all is well. */
  readonly links: Map<number, Set<string>> = new Map();
  /** What clients were told. */
  readonly told: Told[] = [];

  /** Takes a line that a node has printed. */
  printed(line: string): void {
    const chosen = /^chosen (\d+) (.*)$/.exec(line);
    if (chosen === null) return;
    const [, instance, link = ""] = chosen;
    const texts = this.links.get(Number(instance)) ?? new Set();
    this.links.set(Number(instance), texts.add(link));
  }

  /** What is wrong, a sentence each. */
  violations(): string[] {
    const found: string[] = [];
    const places = new Map<string, number[]>();
    for (const [instance, texts] of this.links) {
      if (texts.size > 1) found.push(`instance ${instance} was printed with ${[...texts].join(" and ")}`);
      for (const text of texts) places.set(text, [...places.get(text) ?? [], instance]);
    }
    for (const { value, outcome } of this.told) {
      const at = places.get(value) ?? [];
      if (outcome.outcome === "chosen" && !at.includes(outcome.instanceNumber)) {
        found.push(
          `${value} was reported chosen by instance ${outcome.instanceNumber}, and is not what was printed there`,
        );
      }
      if (outcome.outcome === "not_chosen" && at.length > 0) {
        found.push(`${value} was reported as not chosen, and instance ${at.join(" and ")} chose it`);
      }
      if (at.length > 1) found.push(`${value} was proposed once and chosen by instances ${at.join(" and ")}`);
    }
    return found;
  }
}
