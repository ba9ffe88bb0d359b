import { Drops, REPORT_INTERVAL_MS } from "../../src/runtime/drops.ts";
import { assertEquals } from "../assert.ts";

/** One timer of a virtual clock. */
class FakeTimers {
  delays: number[] = [];
  fire: (() => void) | null = null;
  set(_name: string, delayMs: number, fire: () => void): void {
    this.delays.push(delayMs);
    this.fire = fire;
  }
  cancel(): void {
    this.fire = null;
  }
}

Deno.test("however much is dropped in a second, it is one report, by reason", () => {
  const timers = new FakeTimers();
  const reports: Record<string, number>[] = [];
  const drops = new Drops((counts) => reports.push(Object.fromEntries(counts)), timers);
  for (let i = 0; i < 1000; i++) drops.count(i % 4 === 0 ? "not UTF-8" : "unknown type");
  assertEquals(reports, []);
  assertEquals(timers.delays, [REPORT_INTERVAL_MS]);
  timers.fire?.();
  assertEquals(reports, [{ "not UTF-8": 250, "unknown type": 750 }]);
  drops.count("not UTF-8");
  assertEquals(timers.delays, [REPORT_INTERVAL_MS, REPORT_INTERVAL_MS]);
  drops.flush();
  assertEquals(reports.slice(1), [{ "not UTF-8": 1 }]);
  assertEquals(timers.fire, null, "what is reported is not reported again");
  drops.flush();
  assertEquals(reports.length, 2, "nothing new, nothing to report");
});
