// The datagrams of a run: what each is, when it was sent, and what has become of it.
import type { Datagram } from "../../sim/scheduler.ts";
import { decodeUtf8 } from "../../wire/utf8.ts";
import type { LetterName } from "./act.ts";

/** What has become of a datagram. */
export type Fate =
  | "delivered"
  | "dropped"
  /** It came to a cut link. */
  | "lost on a cut link"
  /** Nobody was there to take it. */
  | "lost, for its receiver is down";

/** One datagram, or one copy of it. */
export interface FlyingLetter extends LetterName {
  /** Its number in the world. */
  readonly number: number;
  /** What is on the wire. */
  readonly text: string;
  /** When it, or the copy, left, in milliseconds. */
  readonly sentMs: number;
  /** The moment at which it, or the copy, left. */
  readonly sentAt: number;
  /** When it is due; `null` while it is held. */
  dueMs: number | null;
  /** The moment at which it was gone; `Infinity` while it is on its way. */
  goneAt: number;
  /** What has become of it; `null` while it is on its way. */
  fate: Fate | null;
}

/** All datagrams of a run. */
export class Letters {
  /** In the order in which they were sent, those that are gone too. */
  readonly all: FlyingLetter[] = [];
  #flying = new Map<number, FlyingLetter>();

  /** Takes note of a datagram that leaves; a copy is what its original is. */
  add({ id, from, to, bytes }: Datagram, sentAt: number, sentMs: number, original: FlyingLetter | null): FlyingLetter {
    const text = original?.text ?? decodeUtf8(bytes) ?? "";
    const letter: FlyingLetter = {
      number: id,
      from,
      to,
      type: text.slice(0, text.indexOf(" ")),
      sentBy: original?.sentBy ?? sentAt,
      text,
      sentMs,
      sentAt,
      dueMs: null,
      goneAt: Infinity,
      fate: null,
    };
    this.all.push(letter);
    this.#flying.set(id, letter);
    return letter;
  }

  /** The datagram on its way that has this number. */
  get(number: number): FlyingLetter | undefined {
    return this.#flying.get(number);
  }

  /** The datagrams on their way. */
  get flying(): Iterable<FlyingLetter> {
    return this.#flying.values();
  }

  /** The one on its way that is meant: the one that the same moment has sent, else the latest of its type on that link. */
  find({ from, to, type, sentBy }: LetterName): FlyingLetter | null {
    let latest: FlyingLetter | null = null;
    for (const letter of this.#flying.values()) {
      if (letter.from !== from || letter.to !== to || letter.type !== type) continue;
      if (letter.sentBy === sentBy) return letter;
      latest = letter;
    }
    return latest;
  }

  /** It is on its way no more. */
  end(letter: FlyingLetter, goneAt: number, fate: Fate): void {
    letter.goneAt = goneAt;
    letter.fate = fate;
    this.#flying.delete(letter.number);
  }
}

/** The name of a datagram. */
export function nameOf({ from, to, type, sentBy }: LetterName): LetterName {
  return { from, to, type, sentBy };
}
