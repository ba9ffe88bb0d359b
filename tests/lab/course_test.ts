import { formatAct, type LabAct, parseAct } from "../../src/lab/model/act.ts";
import { Branches, partingOf } from "../../src/lab/model/branches.ts";
import type { Script } from "../../src/lab/model/script.ts";
import { Timeline } from "../../src/lab/model/timeline.ts";
import { describeMoment } from "../../src/lab/model/words.ts";
import { judge } from "../../src/lab/model/verdicts.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";

const FREE: Script = { scenario: "free:3", seed: 7, rule: null, acts: [] };

function write(client: number, uid: string, value: string): LabAct {
  return { kind: "call", client, uid, operation: { type: "write", value } };
}

function storyOf({ moments }: Timeline): string[] {
  return moments.map((moment) => `${moment.index} ${moment.atMs} ${describeMoment(moment, true)}`);
}

/** A run in which a client sets x at A. */
function oneValue(moments = 40): Timeline {
  const timeline = new Timeline(FREE);
  timeline.act(write(0, "A", "x"), 5);
  timeline.extendTo(moments);
  return timeline;
}

Deno.test("a run is a function of scenario, seed and acts", () => {
  const timeline = oneValue();
  const again = new Timeline(timeline.script);
  again.extendTo(timeline.last.index);
  assertEquals(storyOf(again), storyOf(timeline));
  const other = new Timeline({ ...timeline.script, seed: 8 });
  other.extendTo(timeline.last.index);
  assert(storyOf(other).join() !== storyOf(timeline).join());
});

Deno.test("a value is chosen, its client is told, and every node knows it", () => {
  const timeline = oneValue();
  const [decision] = timeline.decided(timeline.last.index);
  assertEquals([decision?.instanceNumber, decision?.acceptors.length], [0, 2]);
  assertEquals(timeline.last.operations.map(({ outcome }) => outcome.type), ["chosen"]);
  const known = [...timeline.cells(timeline.last.index).get(0)!.values()].map(({ known }) => known);
  assertEquals(known, ["learned", "learned", "learned"]);
  assertEquals(judge(timeline, timeline.last.index), { safe: null, linearizable: null, progress: null });
});

Deno.test("what is written and not synced is seen as such, and a power cut takes it", () => {
  const timeline = new Timeline(FREE);
  timeline.act(write(0, "A", "x"), 5);
  const { disk, memory } = timeline.last.nodes.get("A")!;
  assertEquals([disk.durable, disk.writing?.acceptor.promisedId], [null, { number: 1, uid: "A" }]);
  assertEquals(memory?.acceptor.promisedId, { number: 1, uid: "A" });
  const failed = timeline.act({ kind: "crash", uid: "A", saved: false }, 6);
  assertEquals(failed.notes, ["what was written but not synced is gone"]);
  assertEquals(failed.nodes.get("A")!.disk, { durable: null, writing: null, hung: false });
});

Deno.test("an act in the past makes a branch, and takes nothing away", () => {
  const branches = new Branches(FREE);
  branches.act(0, 5, write(0, "A", "x"), "a write");
  branches.timeline.extendTo(30);
  const before = storyOf(branches.timeline);
  branches.act(12, branches.timeline.moments[12]!.atMs, { kind: "crash", uid: "B", saved: true }, "B crashes");
  const [first, second] = branches.all;
  assertEquals([branches.all.length, branches.current, second!.forkedAt], [2, second, 12]);
  assertEquals(storyOf(first!.timeline), before);
  second!.timeline.extendTo(30);
  assertEquals(storyOf(second!.timeline).slice(0, 13), before.slice(0, 13));
  assertEquals(partingOf(first!.timeline, second!.timeline)?.index, 13);
  const replayed = new Timeline(second!.timeline.script);
  replayed.extendTo(30);
  assertEquals(storyOf(replayed), storyOf(second!.timeline), "the branch is a function of its script, too");
});

Deno.test("datagrams are held, delayed, doubled and dropped one by one", () => {
  const timeline = new Timeline(FREE);
  timeline.act(write(0, "A", "x"), 5);
  timeline.extendTo(2);
  const prepare = timeline.flying(2).find(({ type, to }) => type === "prepare" && to === "B")!;
  timeline.act({ kind: "hold", letter: prepare }, 15);
  assertEquals(prepare.dueMs, null);
  timeline.extendTo(20);
  assertEquals(prepare.fate, null, "it is still there");
  timeline.act({ kind: "duplicate", letter: prepare }, timeline.last.atMs);
  const copies = timeline.flying(timeline.last.index).filter(({ text }) => text === prepare.text);
  assertEquals(copies.map(({ sentBy }) => sentBy), [prepare.sentBy, prepare.sentBy]);
  timeline.act({ kind: "delay", letter: prepare, untilMs: 400 }, timeline.last.atMs);
  timeline.act({ kind: "drop", letter: copies[1]! }, timeline.last.atMs);
  timeline.extendTo(60);
  assertEquals(timeline.letters.filter(({ text }) => text === prepare.text).map(({ fate }) => fate).sort(), [
    "delivered",
    "delivered",
    "dropped",
  ]);
});

Deno.test("what is not possible changes nothing and is said to be so", () => {
  const timeline = new Timeline(FREE);
  const moment = timeline.act({ kind: "restart", uid: "A" }, 1);
  assertEquals([moment.possible, moment.notes], [false, ["not possible here: nothing happens"]]);
  const letter = { from: "A", to: "B", type: "accept", sentBy: 3 };
  assertEquals(timeline.act({ kind: "drop", letter }, 2).possible, false);
});

Deno.test("a storm is the storm of its seed, event by event, and goes on from wherever the learner acts", () => {
  const storm = new Timeline({ scenario: "storm", seed: 3, rule: null, acts: [] });
  storm.extendTo(storm.setup.prelude.length);
  assertEquals(storm.moments.slice(1).map(({ atMs }) => atMs), storm.setup.prelude.map(({ atMs }) => atMs));
  assert(storm.moments.every(({ possible }) => possible), "all of it was possible");
  assertEquals(storm.last.violation, null);
  const script = { ...storm.script, acts: [{ after: 100, atMs: 100, act: { kind: "wipe", uid: "A" } as const }] };
  const other = storm.branch(100, script);
  other.extendTo(400);
  assertEquals(other.moments[101]!.act, { kind: "wipe", uid: "A" });
  assertEquals(other.last.index, 400);
});

Deno.test("every act can be written down and read back", () => {
  const letter = { from: "A", to: "client0", type: "sync_request", sentBy: 12 };
  const acts: LabAct[] = [
    { kind: "deliver", letter },
    { kind: "drop", letter },
    { kind: "duplicate", letter },
    { kind: "hold", letter },
    { kind: "release", letter },
    { kind: "delay", letter, untilMs: 12.25 },
    { kind: "slow", from: "A", to: "B", factor: 8 },
    { kind: "cut", from: "A", to: "B" },
    { kind: "mend", from: "A", to: "B" },
    { kind: "timer", uid: "A", name: "retransmit" },
    write(2, "C", 'x "quoted" y > z'),
    { kind: "call", client: 0, uid: "A", operation: { type: "read" } },
    { kind: "call", client: 0, uid: "A", operation: { type: "compareAndSet", expected: null, value: "x y" } },
    { kind: "call", client: 0, uid: "A", operation: { type: "compareAndSet", expected: 'a "b" c', value: "x" } },
    { kind: "skew", uid: "A", rate: 1.5 },
    { kind: "retry", client: 1, uid: "B" },
    { kind: "give_up", client: 1 },
    { kind: "crash", uid: "A" },
    { kind: "crash", uid: "A", saved: true },
    { kind: "crash", uid: "A", saved: false },
    ...(["restart", "pause", "resume", "saved", "rot", "wipe", "hang_disk", "mend_disk"] as const)
      .map((kind) => ({ kind, uid: "A" })),
  ];
  for (const act of acts) assertEquals(parseAct(formatAct(act)), act);
  for (const line of ["", "explode A", "cut A", "A>B", "A>B prepare x", "slow A>B 0", "call 0 A write x", "timer A"]) {
    assertThrows(() => parseAct(line), SyntaxError);
  }
});
