import type { NodeEvent, NodeLog } from "../runtime/log.ts";
import { datagramText, eventFields, logLine } from "../runtime/log_json.ts";

/** So many may read at a time. */
const MAX_READERS = 16;
/** So many messages wait for a slow reader, before it misses some. */
const MAX_WAITING = 2048;
/** After so long without a message a reader gets a comment, so that it notices when the node is gone, in milliseconds. */
const PING_MS = 10_000;

/** Somebody who reads along. */
interface Reader {
  readonly stream: ReadableStreamDefaultController<string>;
  missed: number;
}

/** What is to be told of the node besides its events: what `state` says of the lease, and of all nodes. */
export type Surroundings = () => Readonly<Record<string, unknown>>;

/**
 * Tells what happens to a node as server-sent events, a JSON object each, of the same form as the lines of `serve --log json`.
 * Nothing is made up while nobody reads, nothing is kept from before, and a reader that is too slow misses events and is told how
 * many.
 */
export class EventFeed implements NodeLog {
  readonly #readers = new Set<Reader>();
  #pings: ReturnType<typeof setTimeout> | undefined;

  /** Of node `uid`. */
  constructor(readonly uid: string) {}

  /** What is told with each state. */
  surroundings: Surroundings = () => ({});

  /** Datagrams are of interest while somebody reads. */
  get showsDatagrams(): boolean {
    return this.#readers.size > 0;
  }

  /** A datagram has left. */
  sent(to: string, bytes: Uint8Array): void {
    this.#tell("sent", { to, datagram: datagramText(bytes) });
  }

  /** A datagram has come. */
  received(from: string, bytes: Uint8Array): void {
    this.#tell("received", { from, datagram: datagramText(bytes) });
  }

  /** Something has happened. */
  event(event: NodeEvent): void {
    if (this.#readers.size === 0) return;
    if (event.kind === "saved") this.#tell("state", { ...this.surroundings(), ...eventFields(event) });
    else this.#tell(event.kind, eventFields(event));
  }

  /** A stream for one more reader, which begins with the state; `null` if there are too many readers. */
  open(state: Readonly<Record<string, unknown>>): ReadableStream<string> | null {
    if (this.#readers.size >= MAX_READERS) return null;
    let reader: Reader;
    return new ReadableStream({
      start: (stream) => {
        reader = { stream, missed: 0 };
        this.#readers.add(reader);
        stream.enqueue(message(logLine(this.uid, "state", { ...this.surroundings(), ...state, save_ms: null })));
        this.#schedulePing();
      },
      cancel: () => this.#forget(reader),
    }, new CountQueuingStrategy({ highWaterMark: MAX_WAITING }));
  }

  /** Ends all streams. */
  close(): void {
    for (const reader of this.#readers) reader.stream.close();
    this.#readers.clear();
    clearTimeout(this.#pings);
  }

  #tell(event: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.#readers.size === 0) return;
    this.#send(message(logLine(this.uid, event, fields)));
    this.#schedulePing();
  }

  #send(text: string): void {
    for (const reader of this.#readers) {
      const { stream, missed } = reader;
      const room = stream.desiredSize ?? 0;
      if (room < (missed > 0 ? 2 : 1)) {
        reader.missed++;
        continue;
      }
      if (missed > 0) stream.enqueue(message(logLine(this.uid, "missed", { count: missed })));
      reader.missed = 0;
      stream.enqueue(text);
    }
  }

  #schedulePing(): void {
    clearTimeout(this.#pings);
    this.#pings = setTimeout(() => {
      this.#send(": ping\n\n");
      this.#schedulePing();
    }, PING_MS);
  }

  #forget(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size === 0) clearTimeout(this.#pings);
  }
}

/** A line of JSON as a message of the stream. */
function message(line: string): string {
  return `data: ${line}\n\n`;
}
