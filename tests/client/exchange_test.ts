import { Exchange, MAX_PAUSE_MS, MIN_PAUSE_MS, type NodeAt } from "../../src/client/exchange.ts";
import type { DatagramSocket } from "../../src/runtime/datagram_socket.ts";
import { assertEquals } from "../assert.ts";

const NODE: NodeAt = ["A", { transport: "udp", hostname: "127.0.0.1", port: 1234 }];

/** Timers and the clock stand still but for `next`, which lets the one timer that is set go off when it is due. */
class Clock implements Disposable {
  readonly pausesMs: number[] = [];
  #nowMs = 0;
  #fire: (() => void) | null = null;
  readonly #real = { now: performance.now, setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };

  constructor() {
    performance.now = () => this.#nowMs;
    const setTimeout = (fire: () => void, delayMs: number) => {
      this.pausesMs.push(delayMs);
      this.#fire = fire;
      return 1;
    };
    const clearTimeout = () => this.#fire = null;
    Object.assign(globalThis, { setTimeout, clearTimeout });
  }

  /** Whether a timer was set. */
  next(): boolean {
    const fire = this.#fire;
    if (fire === null) return false;
    this.#fire = null;
    this.#nowMs += this.pausesMs.at(-1)!;
    fire();
    return true;
  }

  [Symbol.dispose](): void {
    performance.now = this.#real.now;
    Object.assign(globalThis, { setTimeout: this.#real.setTimeout, clearTimeout: this.#real.clearTimeout });
  }
}

Deno.test("a question is sent again after 50 ms and then ever longer, up to 500 ms, until its deadline", async () => {
  using clock = new Clock();
  let sent = 0;
  const socket: DatagramSocket = {
    addr: NODE[1],
    send: () => Promise.resolve(++sent),
    receive: () => new Promise(() => {}),
    close: () => {},
  };
  const answer = new Exchange(socket).ask(NODE, { operation: "open" }, { timeoutMs: 1600 });
  // What is sent leaves before anything else happens.
  await null;
  while (clock.next()) await null;
  assertEquals(await answer, null);
  assertEquals(clock.pausesMs, [MIN_PAUSE_MS, 100, 200, 400, MAX_PAUSE_MS, 350]);
  assertEquals([MIN_PAUSE_MS, MAX_PAUSE_MS, sent], [50, 500, clock.pausesMs.length]);
});
