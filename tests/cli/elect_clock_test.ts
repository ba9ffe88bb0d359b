import { EagerClock } from "../../src/cli/elect_clock.ts";
import { assertEquals } from "../assert.ts";

Deno.test("a lease's clock goes on while the machine sleeps, and never back with the wall clock", () => {
  let [monotonicMs, wallMs] = [100, 5_000_000];
  const clock = new EagerClock(() => monotonicMs, () => wallMs);
  const after = (monotonic: number, wall: number): number => {
    monotonicMs += monotonic;
    wallMs += wall;
    return clock.now();
  };
  assertEquals(after(10, 10), 10);
  // It slept.
  assertEquals(after(0, 60_000), 60_010);
  // The wall clock is set back, and then forward again.
  assertEquals(after(10, -60_000), 60_020);
  assertEquals(after(10, 60_000), 120_020);
});
