// What must hold after any amount of crashes, judged from the outside: by what nodes printed and clients were told.
import type { ProposeOutcome } from "../../src/client/client.ts";
import { decodeLink } from "../../src/replica/link.ts";

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

  /** Takes a line that a node has printed with `--log json`. */
  printed(line: string): void {
    if (!line.startsWith('{"')) return;
    const { event, instance_number: instance, link } = JSON.parse(line);
    if (event === "chosen") this.links.set(instance, (this.links.get(instance) ?? new Set()).add(link));
  }

  /** What is wrong, a sentence each. */
  violations(): string[] {
    const found: string[] = [];
    for (const [instance, texts] of this.links) {
      if (texts.size > 1) found.push(`instance ${instance} was printed with ${[...texts].join(" and ")}`);
    }
    const places = this.#places();
    for (const { value, outcome } of this.told) {
      const { instances, updates } = places.get(value) ?? { instances: [], updates: new Set() };
      const at = instances.join(" and ");
      if (outcome.outcome === "chosen" && outcome.instanceNumber !== instances[0]) {
        found.push(
          `${value} was reported chosen by instance ${outcome.instanceNumber}, and the first that printed it is ` +
            `${instances[0] ?? "none"}`,
        );
      }
      if (outcome.outcome === "not_chosen" && instances.length > 0) {
        found.push(`${value} was reported as not chosen, and instance ${at} chose it`);
      }
      if (updates.size > 1) found.push(`${value} was proposed once and applied by instances ${at}`);
    }
    return found;
  }

  /** By value: the instances of the links that hold it, ascending, and the updates that are not copies of each other. */
  #places(): Map<string, { readonly instances: number[]; readonly updates: Set<string> }> {
    const places = new Map<string, { readonly instances: number[]; readonly updates: Set<string> }>();
    for (const [instance, texts] of [...this.links].sort(([a], [b]) => a - b)) {
      for (const { value, session } of [...texts].flatMap((text) => decodeLink(text).updates)) {
        const place = places.get(value) ?? { instances: [], updates: new Set() };
        place.instances.push(instance);
        // A copy of an update bears the same session and number, and has no effect.
        place.updates.add(JSON.stringify(session ?? instance));
        places.set(value, place);
      }
    }
    return places;
  }
}
