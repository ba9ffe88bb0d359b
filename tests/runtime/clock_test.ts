// Two clocks: one that never jumps, and one that shows for how long the machine was suspended.
import { systemEnv } from "../../src/runtime/clock.ts";
import { assert, assertEquals } from "../assert.ts";

/** Both clocks, as a test sets them: the wall clock shows whole milliseconds. */
function clocks() {
  const at = { monotonicMs: 1000, wallMs: 1_700_000_000_000 };
  const env = systemEnv({ monotonicMs: () => at.monotonicMs, wallMs: () => Math.floor(at.wallMs) });
  const pass = (monotonicMs: number, wallMs: number): number => {
    at.monotonicMs += monotonicMs;
    at.wallMs += wallMs;
    return env.nowAtLatest();
  };
  return { env, at, pass };
}

Deno.test("while both clocks run alike the latest that it may be is now", () => {
  const { env, pass } = clocks();
  for (let i = 0; i < 1000; i++) assertEquals(pass(7.3, 7.3), env.now());
});

Deno.test("when the wall clock has jumped ahead the machine was suspended: it may be so much later, for good (L4)", () => {
  const { env, pass } = clocks();
  assertEquals(pass(10, 3010) - env.now(), 3000);
  assertEquals(pass(10, 10) - env.now(), 3000);
  assertEquals(pass(0, 500) - env.now(), 3500);
});

Deno.test("a jump counts at the first question after it, however long that is later (L4)", () => {
  const { env, pass } = clocks();
  assertEquals(pass(60_000, 61_000) - env.now(), 1000);
});

Deno.test("a wall clock that is set back tells of no sleep, and one that is set ahead afterwards does", () => {
  const { env, pass } = clocks();
  assertEquals(pass(10, -5000), env.now());
  assertEquals(pass(10, 10), env.now());
  assertEquals(pass(10, 5010) - env.now(), 5000, "it may be a sleep: better a lease lost than a read that is old");
});

Deno.test("a wall clock that is adjusted slowly makes no jump of the small steps", () => {
  const { env, pass } = clocks();
  // 500 ppm, as NTP slews at most, asked for ten times a second, for a minute.
  for (let i = 0; i < 600; i++) pass(100, 100.05);
  assert(env.nowAtLatest() - env.now() <= 40, `${env.nowAtLatest() - env.now()} ms`);
});

Deno.test("the latest that it may be never lies before now, and never goes back", () => {
  const { env, at, pass } = clocks();
  let last = -Infinity;
  for (const wallMs of [5, 500, -2000, 40, 30, 19, 21, -1]) {
    const latestMs = pass(1, wallMs);
    assert(latestMs >= env.now() && latestMs >= last, `${latestMs} at ${at.monotonicMs}`);
    last = latestMs;
  }
});

Deno.test("the system's own clocks agree with each other", () => {
  const env = systemEnv();
  const before = performance.now();
  assert(env.nowAtLatest() - before < 1000);
  assert(env.random() >= 0 && env.random() < 1);
});
