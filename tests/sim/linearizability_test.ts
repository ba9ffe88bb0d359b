import { assert, assertEquals, assertNotEquals, assertStringIncludes, assertThrows } from "../assert.ts";
import type { History, RecordedOperation } from "../../src/sim/checkers/history.ts";
import { checkLinearizability, explainLinearizability } from "../../src/sim/checkers/linearizability.ts";
import {
  compareAndSet,
  correctHistory,
  endOf,
  inInstance,
  isLinearizable,
  randomFrom,
  randomHistory,
  read,
  record,
  write,
} from "./histories.ts";

function violatingPart(history: History): History {
  const judged = checkLinearizability(history);
  assert(judged.verdict === "VIOLATION", `expected a violation: ${JSON.stringify(judged)}`);
  return judged.part;
}

const explained: Record<string, History> = {
  "nothing happened": [],
  "a read before the first write sees no value": [read(0, 1, null), write(2, 3, "x")],
  "a read that meets a write may see the old or the new value": [
    write(0, 9, "x"),
    read(1, 2, null),
    read(3, 4, "x"),
  ],
  "operations that meet at one moment are concurrent": [write(0, 5, "x"), read(5, 6, null)],
  "a write of unknown outcome takes effect long after its client gave up": [
    write(0, 5, "late", "unknown"),
    write(6, 7, "x"),
    read(8, 9, "x"),
    read(10, 11, "late"),
  ],
  "a write of unknown outcome never takes effect": [write(0, null, "x", "unknown"), read(8, 9, null)],
  "one of two equal writes takes effect late": [
    write(0, 1, "x"),
    write(2, null, "x", "unknown"),
    write(3, 4, "y"),
    read(5, 6, "y"),
    read(7, 8, "x"),
  ],
  "a chain through two compare-and-sets of unknown outcome": [
    compareAndSet(0, null, null, "a", "unknown"),
    compareAndSet(1, null, "a", "b", "unknown"),
    read(5, 6, null),
    read(7, 8, "b"),
  ],
  "a refused compare-and-set saw another value": [write(0, 1, "x"), compareAndSet(2, 3, null, "y", "not_chosen")],
  "a read without an answer tells nothing": [
    record(0, null, { operation: { type: "read" }, outcome: { type: "unknown" } }),
    write(1, 2, "x"),
  ],
};

for (const [title, history] of Object.entries(explained)) {
  Deno.test(`linearizable: ${title}`, () => {
    assert(isLinearizable(history));
    assertEquals(checkLinearizability(history), { verdict: "LINEARIZABLE" });
  });
}

/** Each history and the places in it of the smallest offending part. */
const offences: Record<string, [History, number[]]> = {
  "a stale read": [
    [write(0, 1, "x"), read(2, 3, "x"), write(4, 5, "y"), read(6, 7, "y"), read(8, 9, "x"), write(10, 11, "z")],
    [0, 2, 4],
  ],
  "a lost write": [[write(0, 1, "x"), read(1, 5, "x"), write(2, null, "y", "unknown"), read(6, 7, null)], [0, 3]],
  "a read of a value that was never written": [[write(0, 1, "x"), read(2, 3, "z"), write(4, 5, "z")], [1]],
  "a write told not chosen is seen": [[write(0, 1, "x"), write(2, 3, "y", "not_chosen"), read(4, 5, "y")], [1, 2]],
  "a compare-and-set told not chosen is seen": [
    [write(0, 1, "x"), compareAndSet(1, 3, "x", "y", "not_chosen"), read(2, 5, "y")],
    [1, 2],
  ],
  "a write of unknown outcome is seen, then vanishes": [
    [write(0, 1, "x"), write(2, null, "y", "unknown"), read(3, 4, "y"), read(5, 6, "x")],
    [0, 1, 2, 3],
  ],
  "a write of unknown outcome takes effect before its call": [
    [read(0, 1, "x"), write(2, null, "x", "unknown")],
    [0],
  ],
  "two compare-and-sets both find the same value": [
    [write(0, 1, "x"), compareAndSet(2, 6, "x", "y"), compareAndSet(3, 7, "x", "z"), read(8, 9, "z")],
    [0, 1, 2],
  ],
  "two compare-and-sets both find no value": [
    [compareAndSet(0, 4, null, "y"), read(1, 3, null), compareAndSet(1, 5, null, "z")],
    [0, 2],
  ],
  "a compare-and-set is refused though its condition held": [
    [write(0, 1, "w"), write(0, 1, "v", "not_chosen"), write(2, 3, "x"), compareAndSet(4, 5, "x", "y", "not_chosen")],
    [2, 3],
  ],
  "a compare-and-set on no value is refused though none was written": [
    [compareAndSet(0, 1, null, "x", "not_chosen"), write(2, 3, "y")],
    [0],
  ],
  "a value is seen again after another: its write was applied twice": [
    [write(0, 9, "x"), write(1, 9, "y"), read(2, 3, "x"), read(4, 5, "y"), read(6, 7, "x")],
    [0, 1, 2, 3, 4],
  ],
};

for (const [title, [history, places]] of Object.entries(offences)) {
  Deno.test(`not linearizable: ${title}`, () => {
    assert(!isLinearizable(history));
    assertEquals(violatingPart(history), places.map((place) => history[place]!));
    assertEquals(violatingPart(history.toReversed()).length, places.length);
  });
}

Deno.test("on 10,000 random histories of at most 6 operations the verdict is that of all permutations", () => {
  const random = randomFrom(1);
  let linearizable = 0;
  for (let i = 0; i < 10_000; i++) {
    const history = randomHistory(random);
    const { verdict } = checkLinearizability(history);
    assertEquals(verdict, isLinearizable(history) ? "LINEARIZABLE" : "VIOLATION", JSON.stringify(history));
    if (verdict === "LINEARIZABLE") linearizable++;
  }
  assert(linearizable > 2_500 && linearizable < 7_500, `one-sided: ${linearizable} of 10,000 are linearizable`);
});

Deno.test("an offending part stays one whatever is put back, and nothing can be left out of it", () => {
  const random = randomFrom(2);
  let offending = 0;
  for (let i = 0; i < 3_000; i++) {
    const history = randomHistory(random);
    const judged = checkLinearizability(history);
    if (judged.verdict !== "VIOLATION") continue;
    offending++;
    const rest = history.filter((one) => !judged.part.includes(one));
    assertEquals(rest.length + judged.part.length, history.length);
    for (let set = 0; set < 2 ** rest.length; set++) {
      const putBack = rest.filter((_, place) => set & (1 << place));
      assert(!isLinearizable([...judged.part, ...putBack]), JSON.stringify([judged.part, putBack]));
    }
    for (const one of judged.part) {
      const others = judged.part.filter((other) => other !== one);
      // A refused compare-and-set among them may be an offence of its own.
      if (
        others.some(({ operation, outcome }) => operation.type === "compareAndSet" && outcome.type === "not_chosen")
      ) continue;
      const { operation } = one;
      const isSeen = operation.type !== "read" &&
        others.some(({ operation: seer, outcome }) =>
          (outcome.type === "ok" && outcome.value === operation.value) ||
          (seer.type === "compareAndSet" && seer.expected === operation.value)
        );
      const liesBetween = rest.some((update) => update.operation.type !== "read" && endOf(update) < one.call) &&
        others.some((seer) => endOf(one) < seer.call);
      assert(isSeen || liesBetween || isLinearizable(others), JSON.stringify([history, judged.part, one]));
    }
  }
  assert(offending > 1_000, `only ${offending} violations`);
});

Deno.test("500 correct operations, ten at a time, are judged within 5,000 states; one stale read among them is found", () => {
  const random = randomFrom(3);
  for (let i = 0; i < 10; i++) {
    const history = correctHistory(random, 500, 10);
    assertEquals(checkLinearizability(history, 5_000), { verdict: "LINEARIZABLE" });
    const lastRead = history.findLast(({ operation }) => operation.type === "read")!;
    const stale = history.map((one) => one === lastRead ? { ...one, outcome: read(0, 1, null).outcome } : one);
    const part = violatingPart(stale);
    assertEquals(part.length, 2);
    assertEquals(part[1]!.call, lastRead.call);
    assertNotEquals(part[0]!.operation.type, "read");
  }
});

Deno.test("the same history gets the same verdict and the same part", () => {
  const once = () => checkLinearizability([...correctHistory(randomFrom(4), 40, 5), read(900, 901, null)]);
  assertEquals(once().verdict, "VIOLATION");
  assertEquals(JSON.stringify(once()), JSON.stringify(once()));
});

Deno.test("a bound that is too low for the history gives UNKNOWN, never a guess", () => {
  const crowd = Array.from({ length: 24 }, (_, i) => write(0, 10, `v${i}`));
  assertEquals(checkLinearizability([...crowd, read(11, 12, "v7")], 50), { verdict: "LINEARIZABLE" });
  assertEquals(violatingPart([...crowd, read(11, 12, "never written")]).length, 1);
  const twoAtOnce = [...crowd, read(11, 12, "v7"), read(13, 14, "v8")];
  assertEquals(checkLinearizability(twoAtOnce, 1_000), { verdict: "UNKNOWN", states: 1_000 });
  const few = [...crowd.slice(0, 9), read(11, 12, "v7"), read(13, 14, "v8")];
  assertEquals(checkLinearizability(few, 10), { verdict: "UNKNOWN", states: 10 });
  assertEquals(violatingPart(few).length, 4);
});

Deno.test("instance numbers grow with time", () => {
  const first = inInstance(write(0, 1, "x"), 7);
  for (
    const [later, isRight] of [
      [inInstance(read(2, 3, "x"), 7), true],
      [inInstance(read(2, 3, "x"), 6), false],
      [inInstance(write(2, 3, "y"), 8), true],
      [inInstance(write(2, 3, "y"), 7), false],
      [inInstance(compareAndSet(2, 3, "x", "y"), 6), false],
      [inInstance(write(1, 3, "y"), 7), true],
      [write(2, 3, "y"), true],
    ] as const
  ) {
    const judged = checkLinearizability([later, first, inInstance(read(0, 1, null), 2)]);
    assertEquals(
      judged,
      isRight ? { verdict: "LINEARIZABLE" } : { verdict: "VIOLATION", rule: "instances", part: [first, later] },
    );
  }
});

Deno.test("a verdict is told in a sentence that names who saw what, and escapes values", () => {
  const told = (history: History, maxStates?: number) =>
    explainLinearizability(checkLinearizability(history, maxStates));
  const mine = { ...write(0, 4, "x\u001b"), client: 1 };
  const other = { ...read(5, 6, null), client: 2 };
  assertStringIncludes(told([mine]), "linearizable: the operations have an order");
  assertStringIncludes(told([mine], 0), "unknown whether linearizable: gave up after 0 states");
  assertEquals(
    told([mine, other]),
    "not linearizable: these operations have no order, true to their calls and returns, in which every answer is right: " +
      'client 1 [0, 4] write "x\\u001b": chosen; client 2 [5, 6] read: no value',
  );
  const late = { ...inInstance(compareAndSet(5, 6, "x\u001b", "y"), 3), client: 2 };
  assertStringIncludes(
    told([inInstance(mine, 3), late]),
    'names too early an instance: client 1 [0, 4] write "x\\u001b": chosen (instance 3); ' +
      'client 2 [5, 6] compare-and-set "x\\u001b" to "y": chosen (instance 3)',
  );
});

Deno.test("a record that contradicts itself is refused by name", () => {
  const refused = (one: RecordedOperation) =>
    assertThrows(() => checkLinearizability([one]), RangeError, "client").message;
  assertStringIncludes(refused(write(5, 4, "x")), "called at 5, returned at 4");
  assertStringIncludes(refused(write(5, null, "x")), "no time of return");
  assertStringIncludes(
    refused(record(1, 2, { operation: { type: "read" }, outcome: { type: "chosen" } })),
    "a read ends",
  );
  assertStringIncludes(refused({ ...write(1, 2, "x"), outcome: { type: "ok", value: "x" } }), "a read ends");
});
