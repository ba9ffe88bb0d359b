// A run as plain data: what happened, in its order, without the chance that drew it. Datagrams are named by what they are, not
// by number, so that the same acts can be played to another cluster: one that lacks an event, a node, or a bug.
import { MAX_SESSIONS } from "../replica/register.ts";
import { decodeUtf8 } from "../wire/utf8.ts";
import type { Violation, WorldEvent } from "./events.ts";
import type { Clock } from "./host.ts";
import type { Datagram } from "./scheduler.ts";
import { type Genes, Storm, type StormResult, type Subject } from "./storm.ts";
import type { World } from "./world.ts";
import type { Shortcut } from "./world_options.ts";

/** Names a datagram by what it is. */
export interface Letter {
  /** The sender. */
  readonly from: string;
  /** The receiver. */
  readonly to: string;
  /** What is on the wire. */
  readonly text: string;
  /** The event at which it was sent, by its ID; 0 is the start of the world. */
  readonly sentBy: number;
}

/** Something that happens in a schedule. */
export type Act =
  | Exclude<WorldEvent, { readonly datagram: number }>
  /** A datagram arrives; `again` if it is to arrive once more later. What is never delivered is lost. */
  | { readonly kind: "deliver"; readonly letter: Letter; readonly again: boolean };

/** An act at its time. */
export interface ScheduledEvent {
  /** Ascending, from 1; it stays when other events are taken out. */
  readonly id: number;
  /** Not before this time, in milliseconds of true time. */
  readonly atMs: number;
  /** What happens. */
  readonly act: Act;
}

/** A run that can be played again: plain data, JSON in and out. */
export interface Schedule {
  /** The machines; all of them are the cluster. */
  readonly hosts: readonly { readonly uid: string; readonly clock: Clock; readonly seed: number }[];
  /** How many sessions the nodes keep. */
  readonly maxSessions: number;
  /** How many clients there are. */
  readonly clients: number;
  /** What needs no event. */
  readonly shortcuts: readonly Shortcut[];
  /** What is looked for; liveness is judged by a calm after the last event. */
  readonly judge: Violation["kind"];
  /** The calm begins no earlier, in milliseconds of true time. */
  readonly calmFromMs: number;
  /** What happens; nothing else does. */
  readonly events: readonly ScheduledEvent[];
}

/** The type of a message, as its datagram names it. */
export function letterType({ text }: Pick<Letter, "text">): string {
  return text.slice(0, text.indexOf(" "));
}

/** Knows the datagrams of a world that somebody else runs by what they are. */
export class LetterBook {
  #letters = new Map<number, Letter>();

  /** The world may have been started already. */
  constructor(readonly world: World) {
    this.update(0);
  }

  /** Takes note of the datagrams that the event has sent; `copied` if it made a copy of that one. */
  update(sentBy: number, copied: number | null = null): void {
    for (const [number, datagram] of this.world.inFlight) {
      if (this.#letters.has(number)) continue;
      const original = copied === null ? undefined : this.#letters.get(copied);
      this.#letters.set(number, original ?? letterOf(datagram, sentBy));
    }
  }

  /** What the datagram is: the same object for all copies of one. */
  get(number: number): Letter {
    return this.#letters.get(number)!;
  }
}

/** What a datagram is. */
export function letterOf({ from, to, bytes }: Datagram, sentBy: number): Letter {
  return { from, to, text: decodeUtf8(bytes) ?? "", sentBy };
}

/** Runs a storm and writes it down. */
export function record(genes: Genes, subject: Subject): { readonly result: StormResult; readonly schedule: Schedule } {
  const events: ScheduledEvent[] = [];
  let stormy = 0;
  const storm: Storm = new Storm(genes, subject, (event, atMs) => {
    const id = events.length + 1;
    const act = actOf(event, book);
    if (act !== null) events.push({ id, atMs, act });
    if (storm.raging) stormy = events.length;
    book.update(act === null ? id - 1 : id, event.kind === "duplicate" ? event.datagram : null);
  });
  const book = new LetterBook(storm.world);
  const result = storm.run();
  const { hosts, clients } = storm.world.options;
  const judge = result.violation?.kind ?? "agreement";
  return {
    result,
    schedule: {
      hosts: hosts.map(({ uid, clock, seed }) => ({ uid, clock, seed })),
      maxSessions: hosts[0]?.maxSessions ?? MAX_SESSIONS,
      clients,
      shortcuts: [],
      judge,
      calmFromMs: storm.stormMs,
      // A replay has a calm of its own where one is needed.
      events: markRepeated(judge === "liveness" ? events.slice(0, stormy) : events),
    },
  };
}

function actOf(event: WorldEvent, book: LetterBook): Act | null {
  switch (event.kind) {
    case "drop":
    case "duplicate":
      return null;
    case "deliver":
      return { kind: "deliver", letter: book.get(event.datagram), again: false };
    case "crash":
      return { ...event, saved: book.world.hosts.get(event.uid)!.disk.torn === null };
    default:
      return event;
  }
}

function markRepeated(events: readonly ScheduledEvent[]): ScheduledEvent[] {
  const later = new Set<Letter>();
  return events.toReversed().map((event) => {
    const { act } = event;
    if (act.kind !== "deliver") return event;
    const again = later.has(act.letter);
    later.add(act.letter);
    return { ...event, act: { ...act, again } };
  }).toReversed();
}
