import { Timers } from "../../src/runtime/timers.ts";
import { assertEquals } from "../assert.ts";

/** A clock that a test moves. */
class FakeSystem {
  nowMs = 0;
  sets = 0;
  readonly waiting = new Map<number, { fire: () => void; dueMs: number }>();

  now(): number {
    return this.nowMs;
  }

  set(fire: () => void, delayMs: number): number {
    this.waiting.set(++this.sets, { fire, dueMs: this.nowMs + delayMs });
    return this.sets;
  }

  clear(id: unknown): void {
    this.waiting.delete(id as number);
  }

  run(untilMs: number): void {
    for (this.nowMs++; this.nowMs <= untilMs; this.nowMs++) {
      for (const [id, { fire, dueMs }] of [...this.waiting]) {
        if (dueMs <= this.nowMs && this.waiting.delete(id)) fire();
      }
    }
    this.nowMs = untilMs;
  }
}

function fixture(): {
  system: FakeSystem;
  timers: Timers;
  fired: string[];
  set: (name: string, delayMs: number) => void;
} {
  const system = new FakeSystem();
  const timers = new Timers(system);
  const fired: string[] = [];
  const set = (name: string, delayMs: number) =>
    timers.set(name, delayMs, () => fired.push(`${name} set for ${delayMs} at ${system.nowMs}`));
  return { system, timers, fired, set };
}

Deno.test("a timer goes off once, when it is due; each name has one", () => {
  const { system, fired, set } = fixture();
  set("a", 50);
  set("b", 20);
  set("b", 30);
  system.run(200);
  assertEquals(fired, ["b set for 30 at 30", "a set for 50 at 50"]);
});

Deno.test("one that is set anew goes off when it is due then, be that later or earlier", () => {
  const { system, fired, set } = fixture();
  set("a", 50);
  system.run(40);
  set("a", 50);
  set("b", 500);
  set("b", 10);
  system.run(1000);
  assertEquals(fired, ["b set for 10 at 50", "a set for 50 at 90"]);
  set("a", 7);
  system.run(2000);
  assertEquals(fired.at(-1), "a set for 7 at 1007");
});

Deno.test("one that was cancelled does not go off, unless it is set again", () => {
  const { system, timers, fired, set } = fixture();
  set("a", 50);
  timers.cancel("a");
  timers.cancel("unknown");
  system.run(20);
  set("a", 60);
  system.run(1000);
  assertEquals(fired, ["a set for 60 at 80"]);
});

Deno.test("one that is set and cancelled over and over asks the system for one timer only", () => {
  const { system, timers, fired, set } = fixture();
  for (let i = 0; i < 40; i++) {
    set("a", 50);
    timers.cancel("a");
    system.run(i + 1);
  }
  assertEquals([system.sets, fired.length], [1, 0]);
});

Deno.test("after clear nothing goes off, and nothing is left that the system would wait for", () => {
  const { system, timers, fired, set } = fixture();
  set("a", 50);
  set("b", 50);
  timers.cancel("b");
  timers.clear();
  assertEquals(system.waiting.size, 0);
  system.run(100);
  assertEquals(fired, []);
});
