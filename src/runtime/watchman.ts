import type { Trouble, TroubleKind } from "../replica/trouble.ts";

/** How often the clocks are compared, in milliseconds. */
export const WATCH_INTERVAL_MS = 1000;
/** A save that takes longer is slow, in milliseconds. */
export const SLOW_SAVE_MS = 1000;
/** A wall clock that moves by so much more or less than the monotonic one has jumped, in milliseconds. */
export const CLOCK_JUMP_MS = 1000;
/** A process that does nothing for so long beyond the interval has stood still, in milliseconds. */
export const STANDSTILL_MS = 2000;

/** For so long a trouble that happened once is told, in milliseconds; one that goes on happens again. */
const TOLD_MS: Readonly<Partial<Record<TroubleKind, number>>> = {
  slow_disk: 60_000,
  clock_jump: 600_000,
  stood_still: 60_000,
  wrong_secret: 5_000,
  configuration_drift: 5_000,
};

/** What time it is. */
export interface Clocks {
  /** Milliseconds on a clock that never jumps. */
  monotonicMs(): number;
  /** Milliseconds on the clock that people set. */
  wallMs(): number;
}

/** The clocks of this machine. */
export const systemClocks: Clocks = { monotonicMs: () => performance.now(), wallMs: () => Date.now() };

/**
 * Notices what is wrong with the machine and the network around a node, which the node itself cannot know: it sees no clock but the
 * monotonic one, no disk and no addresses. Told in the node's status and, once each, in its log.
 */
export class Watchman {
  readonly #uid: string;
  readonly #clocks: Clocks;
  readonly #tell: (text: string) => void;
  /** By kind and peer. */
  readonly #seen = new Map<string, Trouble & { readonly atMs: number }>();
  #lookedAtMs: number;
  #offsetMs: number;
  /** Within this time since the last look the process was busy with saves, in milliseconds. */
  #savingMs = 0;

  /** Watches for node `uid`; `tell` gets each trouble when it begins. */
  constructor(uid: string, tell: (text: string) => void, clocks: Clocks = systemClocks) {
    this.#uid = uid;
    this.#clocks = clocks;
    this.#tell = tell;
    this.#lookedAtMs = clocks.monotonicMs();
    this.#offsetMs = clocks.wallMs() - this.#lookedAtMs;
  }

  /** Compares the clocks; to be called once in `WATCH_INTERVAL_MS`. */
  look(): void {
    const nowMs = this.#clocks.monotonicMs();
    const offsetMs = this.#clocks.wallMs() - nowMs;
    const jumpMs = offsetMs - this.#offsetMs;
    const stillMs = nowMs - this.#lookedAtMs - WATCH_INTERVAL_MS - this.#savingMs;
    this.#lookedAtMs = nowMs;
    this.#offsetMs = offsetMs;
    this.#savingMs = 0;
    if (Math.abs(jumpMs) >= CLOCK_JUMP_MS) {
      const way = jumpMs > 0 ? "forward" : "back";
      this.#see(
        "clock_jump",
        this.#uid,
        `the wall clock of node ${this.#uid} jumped ${way} by ${seconds(Math.abs(jumpMs))}`,
      );
    }
    if (stillMs >= STANDSTILL_MS) {
      this.#see("stood_still", this.#uid, `the process of node ${this.#uid} stood still for ${seconds(stillMs)}`);
    }
  }

  /** A save has taken so long. */
  saved(saveMs: number): void {
    this.#savingMs += saveMs;
    if (saveMs < SLOW_SAVE_MS) return;
    this.#see("slow_disk", this.#uid, `the disk of node ${this.#uid} is slow: a save took ${seconds(saveMs)}`);
  }

  /** A datagram from the peer's address is not of the shared secret. */
  unproved(uid: string, hasTag: boolean): void {
    const what = hasTag ? "bear a tag of another secret" : "bear no tag of the secret";
    this.#see(
      "wrong_secret",
      uid,
      `datagrams from the address of node ${uid} ${what}, so node ${this.#uid} drops them`,
    );
  }

  /** A message between nodes comes from an address that the configuration does not name. */
  strange(address: string): void {
    const text = `a node sends from ${address}, which the configuration of node ${this.#uid} does not name`;
    this.#see("configuration_drift", null, text);
  }

  /** What is wrong now, or was a little while ago. */
  troubles(): Trouble[] {
    const nowMs = this.#clocks.monotonicMs();
    return [...this.#seen.values()].flatMap(({ kind, about, text, atMs }) => {
      const agoMs = nowMs - atMs;
      if (agoMs > (TOLD_MS[kind] ?? 0)) return [];
      return [{ kind, about, text: agoMs < 1000 ? text : `${text}, ${Math.round(agoMs / 1000)} s ago` }];
    });
  }

  #see(kind: TroubleKind, about: string | null, text: string): void {
    const key = `${kind} ${about}`;
    const atMs = this.#clocks.monotonicMs();
    const before = this.#seen.get(key);
    const isNew = before === undefined || atMs - before.atMs > (TOLD_MS[kind] ?? 0);
    this.#seen.set(key, { kind, about, text, atMs });
    if (isNew) this.#tell(text);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
