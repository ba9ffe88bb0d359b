import type { UpdateResult } from "../replica/register.ts";
import type { Asker } from "../replica/proposals.ts";
import type { News } from "../replica/messages.ts";
import type { ReplicatedValue } from "../replica/replicated_value.ts";
import type { WatchRequest } from "../replica/requests.ts";
import { jsonBytes } from "../replica/limits.ts";
import type { Answering } from "./clients.ts";
import type { Constructor } from "./constructor.ts";

/** What `Watching` adds. */
export interface Watched {
  /** How many clients wait for the next update. */
  readonly watchers: number;
}

/** How many links a node keeps for those who watch. */
export const MAX_RECENT_LINKS = 1024;

/** How many UTF-16 units of values it keeps for them, beside those of the last link: full links would be 60 MB. */
export const MAX_RECENT_UNITS = 1_000_000;

/** How many clients may wait for updates at a node; one more, and the one that has waited longest is forgotten. */
export const MAX_WATCHERS = 1024;

/** An answer of several links has no more bytes of updates. */
const ENOUGH_BYTES = 20_000;

/** Tells clients which updates are applied, as soon as they are; what it keeps of the past is bounded. */
export function Watching<B extends Constructor<ReplicatedValue & Answering>>(Base: B): B & Constructor<Watched> {
  return class Watching extends Base implements Watched {
    /** The updates of the links from `#first` on, one list a link. */
    #recent: (readonly string[])[] = [];
    #first = 0;
    #units = 0;
    #watchers = new Map<string, { readonly asker: Asker; readonly from: number; readonly deadlineMs: number }>();

    get watchers(): number {
      return this.#watchers.size;
    }

    protected override start(): void {
      super.start();
      this.#first = this.instanceNumber;
    }

    override watch(asker: Asker, request: WatchRequest): void {
      const { requestId, from, timeoutMs } = request;
      // A client that does not know where it begins is told at once: an answer that is lost may not cost it an update.
      if (from === null || from < this.instanceNumber) return this.#answer(asker, from ?? this.instanceNumber);
      this.#watchers.delete(requestId);
      this.#watchers.set(requestId, { asker, from, deadlineMs: this.env.now() + timeoutMs });
      const [oldest] = this.#watchers.keys();
      if (this.#watchers.size > MAX_WATCHERS && oldest !== undefined) this.#watchers.delete(oldest);
    }

    protected override applied(instanceNumber: number, results: readonly UpdateResult[]): void {
      super.applied(instanceNumber, results);
      const news = results.filter(({ outcome, isNew }) => outcome === "applied" && isNew);
      const values = news.map(({ update }) => update.value);
      this.#recent.push(values);
      this.#units += unitsOf(values);
      while (this.#recent.length > MAX_RECENT_LINKS || (this.#units > MAX_RECENT_UNITS && this.#recent.length > 1)) {
        this.#units -= unitsOf(this.#recent.shift()!);
        this.#first++;
      }
      this.#tellAll();
    }

    /** What was chosen on the way is not known here: whoever watches is told that there is a gap. */
    protected override carry(fromUid: string, news: News): void {
      const before = this.register.save();
      super.carry(fromUid, news);
      if (this.register.save() === before) return;
      this.#recent = [];
      this.#units = 0;
      this.#first = this.instanceNumber;
      this.#tellAll();
    }

    #tellAll(): void {
      const nowMs = this.env.now();
      for (const [requestId, { asker, from, deadlineMs }] of this.#watchers) {
        if (from >= this.instanceNumber) continue;
        this.#watchers.delete(requestId);
        if (nowMs < deadlineMs) this.#answer(asker, from);
      }
    }

    #answer(asker: Asker, wanted: number): void {
      const from = Math.max(wanted, this.#first);
      const updates: [number, string][] = [];
      let next = from;
      for (let bytes = 0; next < this.instanceNumber; next++) {
        const link = (this.#recent[next - this.#first] ?? []).map((value): [number, string] => [next, value]);
        bytes += jsonBytes(link);
        // A link alone always fits.
        if (updates.length > 0 && bytes > ENOUGH_BYTES) break;
        updates.push(...link);
      }
      this.respond(asker, { result: "updates", from, next, updates });
    }
  };
}

function unitsOf(values: readonly string[]): number {
  return values.reduce((sum, { length }) => sum + length, 0);
}
