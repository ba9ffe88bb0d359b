// A run as it is looked at: moments, datagrams, and the table of instances. Whether it is simulated or real makes no difference here.
import type { FlyingLetter } from "./letters.ts";
import type { CellChange, DecidedInstance, Moment } from "./moment.ts";
import type { Script } from "./script.ts";
import type { Setup } from "./setup.ts";

/** One cell of the table of instances. */
export interface Cell {
  /** What the node has accepted there last. */
  readonly accepted: { readonly proposal: string; readonly link: string } | null;
  /** How it knows the decision, if it does. */
  readonly known: "learned" | "carried" | null;
}

/** A run, as far as it has happened. */
export abstract class Run {
  /** The moments, the start included. */
  abstract readonly moments: Moment[];
  /** What it is a function of. */
  abstract readonly script: Script;
  /** What it began with. */
  abstract readonly setup: Setup;
  /** All datagrams. */
  abstract readonly letters: readonly FlyingLetter[];
  /** When the next moment comes; `null` if there is none yet. */
  abstract readonly nextMs: number | null;

  /** Lets the next moment come; `null` if there is none. */
  abstract extend(): Moment | null;

  /** The last moment that has been. */
  get last(): Moment {
    return this.moments.at(-1)!;
  }

  /** Lets moments come until there are so many, or no more. */
  extendTo(index: number): void {
    while (this.last.index < index && this.extend() !== null);
  }

  /** The datagrams that were on their way after that moment. */
  flying(index: number): FlyingLetter[] {
    return this.letters.filter(({ sentAt, goneAt }) => sentAt <= index && goneAt > index);
  }

  /** The table of instances after that moment: by instance, then by node. */
  cells(index: number): Map<number, Map<string, Cell>> {
    const table = new Map<number, Map<string, Cell>>();
    for (const { cells } of this.moments.slice(0, index + 1)) {
      for (const change of cells) put(table, change);
    }
    return table;
  }

  /** The instances that were decided up to that moment. */
  decided(index: number): DecidedInstance[] {
    return this.moments.slice(0, index + 1).flatMap(({ decided }) => decided);
  }
}

function put(table: Map<number, Map<string, Cell>>, { uid, instanceNumber, accepted, known }: CellChange): void {
  let row = table.get(instanceNumber);
  if (row === undefined) table.set(instanceNumber, row = new Map());
  const before = row.get(uid) ?? { accepted: null, known: null };
  row.set(uid, { accepted: accepted ?? before.accepted, known: known ?? before.known });
}
