import { scheduleOf, type Step, write } from "./by_hand.ts";
import { forgetDisk } from "../../src/sim/bugs/forget_disk.ts";
import { lostAcceptIsFinal } from "../../src/sim/bugs/lost_accept_is_final.ts";
import { quorumMinusOne } from "../../src/sim/bugs/quorum_minus_one.ts";
import { replay } from "../../src/sim/replay.ts";
import { record, type Schedule } from "../../src/sim/schedule.ts";
import { shrink } from "../../src/sim/shrink.ts";
import { runStorm, type Subject } from "../../src/sim/storm.ts";
import { assert, assertEquals } from "../assert.ts";
import { FORGETTING, NOISY } from "./schedules.ts";

const { subject } = forgetDisk;

/** The first storm that breaks the rule, written down. */
function recordFirst(subject: Subject, kind: Schedule["judge"]): ReturnType<typeof record> {
  for (let seed = 0; seed < 300; seed++) {
    const genes = { seed, forks: [] };
    if (runStorm(genes, subject).violation?.kind === kind) return record(genes, subject);
  }
  throw new Error(`no storm breaks ${kind}`);
}

Deno.test("a schedule breaks a rule where it is off, and nothing where it is in place", () => {
  const schedule = scheduleOf(FORGETTING);
  assertEquals(replay(schedule, subject).violation?.kind, "agreement");
  assertEquals(replay(schedule, {}).violation, null);
});

Deno.test("nothing happens in a replay but the schedule: what is not delivered is lost, no timer goes off by itself", () => {
  const { schedule, violation } = replay(scheduleOf([write(0, "A", "x"), "B>A promise", "B>C hello"]), {});
  assertEquals([schedule.events.length, violation], [1, null]);
});

Deno.test("a replay tells what happened in it, so that the next replay goes by the text of each datagram", () => {
  const first = replay(scheduleOf(FORGETTING), subject);
  const texts = first.schedule.events.flatMap(({ act }) => act.kind === "deliver" ? [act.letter.text] : []);
  assertEquals(texts[0], `prepare {"instance_number":0,"proposal_id":[1,"A"]}`);
  assertEquals(replay(first.schedule, subject), first);
  const json = JSON.parse(JSON.stringify(first.schedule));
  assertEquals(replay(json, subject), first);
});

Deno.test("no timer goes off before it is due", () => {
  const { schedule } = replay(scheduleOf([{ kind: "timer", uid: "A", name: "sync" }]), {});
  assert(schedule.events[0]!.atMs >= 750, `it went off at ${schedule.events[0]!.atMs} ms`);
});

Deno.test("a datagram that is delivered again arrives twice", () => {
  const [call, prepare] = scheduleOf([write(0, "A", "x"), "A>B prepare"]).events;
  assert(prepare?.act.kind === "deliver");
  const twice = [call!, { ...prepare, act: { ...prepare.act, again: true } }, { ...prepare, id: 3 }];
  assertEquals(replay({ ...scheduleOf([]), events: twice }, {}).schedule.events.length, 3);
  const once = [call!, prepare, { ...prepare, id: 3 }];
  assertEquals(replay({ ...scheduleOf([]), events: once }, {}).schedule.events.length, 2);
});

Deno.test("the shrinker takes out all that does not matter, and nothing else", () => {
  const shrunk = shrink(scheduleOf(NOISY), subject);
  assert(shrunk !== null && !shrunk.cutShort);
  assertEquals(
    shrunk.schedule.events.map(({ act }) => act.kind),
    scheduleOf(FORGETTING).events.map(({ act }) => act.kind),
  );
  assertEquals(shrunk.violation.kind, "agreement");
  for (const dropped of shrunk.schedule.events) {
    const events = shrunk.schedule.events.filter((event) => event !== dropped);
    assertEquals(replay({ ...shrunk.schedule, events }, subject).violation, null, `event ${dropped.id} is not needed`);
  }
});

Deno.test("of a client that asked one node and then another, the question is left that a node heard of", () => {
  const [, ...rest] = FORGETTING;
  const asks = [
    write(0, "C", "x"),
    { kind: "retry", client: 0, uid: "A" },
    "client0>A request",
    "A>client0 response",
    "client0>A request",
  ] as const;
  const restless: Step[] = [...asks.slice(0, 1), "client0>C request", ...asks.slice(1), ...rest.slice(0, 5)];
  const later = [write(0, "C", "y"), "client0>C request"];
  const steps = [...restless, { kind: "give_up", client: 0 } as const, ...later, ...rest.slice(6)];
  const shrunk = shrink({ ...scheduleOf(steps), shortcuts: ["saves", "hellos"] }, subject);
  assertEquals(
    shrunk?.schedule.events.map(({ act }) => act.kind === "call" ? `${act.client} asks ${act.uid}` : act.kind),
    scheduleOf(FORGETTING).events.map(({ act }) => act.kind === "call" ? `${act.client} asks ${act.uid}` : act.kind),
  );
});

Deno.test("the shrinker gives the same result twice, and nothing where there is nothing to show", () => {
  const schedule = scheduleOf(NOISY);
  assertEquals(shrink(schedule, subject), shrink(schedule, subject));
  assertEquals(shrink(schedule, {}), null);
  assertEquals(shrink({ ...schedule, judge: "validity" }, subject), null);
});

Deno.test("a shrinker that runs out of its bound answers with what it has", () => {
  const shrunk = shrink(scheduleOf(NOISY), subject, 100);
  assert(shrunk !== null && shrunk.cutShort);
  assert(shrunk.schedule.events.length > FORGETTING.length && shrunk.schedule.events.length <= NOISY.length);
  assertEquals(replay(shrunk.schedule, subject).violation?.kind, "agreement");
});

Deno.test("storms of three bugs are replayed as they were, and shrink to a few events that the rule survives", () => {
  for (const { name, subject, kinds } of [forgetDisk, quorumMinusOne, lostAcceptIsFinal]) {
    const { result, schedule } = recordFirst(subject, kinds[0]!);
    assertEquals(replay(schedule, subject).violation, result.violation, name);
    const shrunk = shrink(schedule, subject);
    assert(shrunk !== null, name);
    assert(shrunk.schedule.events.length <= 20, `${name}: ${shrunk.schedule.events.length} events`);
    assertEquals(replay(shrunk.schedule, {}).violation, null, name);
  }
});

Deno.test("a schedule for liveness is judged by the calm after it", () => {
  const schedule = scheduleOf([write(0, "A", "x")], "liveness");
  assertEquals(replay(schedule, {}).violation, null);
  assert(replay(schedule, {}).events > 10, "there was no calm");
  const mute: Subject = { nodeClass: lostAcceptIsFinal.subject.nodeClass! };
  const lost = scheduleOf([write(0, "A", "x"), write(1, "C", "y")], "liveness");
  assertEquals(replay(lost, mute).violation?.kind, "liveness");
});
