import { type Clocks, WATCH_INTERVAL_MS, Watchman } from "../../src/runtime/watchman.ts";
import { assertEquals } from "../assert.ts";

/** A watchman whose clocks the test sets; what he tells, and his troubles. */
class Watch implements Clocks {
  mono = 0;
  wall = 1e12;
  readonly told: string[] = [];
  readonly man = new Watchman("A", (text) => this.told.push(text), this);

  monotonicMs(): number {
    return this.mono;
  }

  wallMs(): number {
    return this.wall;
  }

  /** Both clocks go on, and he looks once an interval. */
  pass(intervals: number): void {
    for (let interval = 0; interval < intervals; interval++) {
      this.mono += WATCH_INTERVAL_MS;
      this.wall += WATCH_INTERVAL_MS;
      this.man.look();
    }
  }

  texts(): string[] {
    return this.man.troubles().map(({ kind, about, text }) => `${kind} ${about}: ${text}`);
  }
}

Deno.test("clocks that go on alike, and look after look, are no trouble", () => {
  const watch = new Watch();
  watch.pass(1000);
  watch.wall += 900;
  watch.pass(1);
  assertEquals([watch.texts(), watch.told], [[], []]);
});

Deno.test("a wall clock that jumps is told of for ten minutes, either way", () => {
  const watch = new Watch();
  watch.pass(3);
  watch.wall += 3_600_000;
  watch.pass(1);
  assertEquals(watch.texts(), ["clock_jump A: the wall clock of node A jumped forward by 3600.0 s"]);
  watch.pass(90);
  assertEquals(watch.texts(), ["clock_jump A: the wall clock of node A jumped forward by 3600.0 s, 90 s ago"]);
  watch.pass(511);
  assertEquals(watch.texts(), []);
  watch.wall -= 5000;
  watch.pass(1);
  assertEquals(watch.texts(), ["clock_jump A: the wall clock of node A jumped back by 5.0 s"]);
  assertEquals(watch.told.length, 2);
});

Deno.test("a process that stood still is told of, and one that waited for its disk is told of as that", () => {
  const watch = new Watch();
  watch.mono += 5000;
  watch.wall += 5000;
  watch.man.look();
  assertEquals(watch.texts(), ["stood_still A: the process of node A stood still for 4.0 s"]);
  watch.pass(61);
  assertEquals(watch.texts(), []);
  watch.mono += 4000;
  watch.wall += 4000;
  watch.man.saved(3000);
  watch.man.look();
  assertEquals(watch.texts(), ["slow_disk A: the disk of node A is slow: a save took 3.0 s"]);
});

Deno.test("what comes without the secret or from a strange address is told while it comes, and logged once", () => {
  const watch = new Watch();
  for (let second = 0; second < 60; second++) {
    watch.man.unproved("B", true);
    watch.man.unproved("C", false);
    watch.man.strange("127.0.0.1:9");
    watch.pass(1);
  }
  assertEquals(watch.texts(), [
    "wrong_secret B: datagrams from the address of node B bear a tag of another secret, so node A drops them, 1 s ago",
    "wrong_secret C: datagrams from the address of node C bear no tag of the secret, so node A drops them, 1 s ago",
    "configuration_drift null: a node sends from 127.0.0.1:9, which the configuration of node A does not name, 1 s ago",
  ]);
  assertEquals(watch.told.length, 3);
  watch.pass(10);
  assertEquals(watch.texts(), []);
});
