// A bug that is no longer found is a property that has gone blind; and what the search finds the simulator's checkers see too.
import { GALLERY, modelFor, planOf } from "../../src/check/gallery.ts";
import { modelOf } from "../../src/check/model.ts";
import { judgeInWorld, scheduleOf } from "../../src/check/play.ts";
import { BUGS } from "../../src/sim/bugs/index.ts";
import { tellStory } from "../../src/sim/story.ts";
import { traceSchedule } from "../../src/sim/trace.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { searchAll } from "./models.ts";

const MOST_STEPS = 20;

/** What the simulator's world does not see at once: two links with one value, before any node has learned the second. */
const SEEN_EARLY = ["exactly-once", "chain"];

for (const { bug: name, plan, nodes } of GALLERY) {
  Deno.test(`every interleaving: ${name} is found by a shortest path of at most ${MOST_STEPS} steps`, () => {
    const model = modelFor(name)!;
    const { broken } = searchAll(model);
    assert(broken !== null, `${name} is not found any more`);
    assert(model.bug!.kinds.includes(broken.violation.kind), broken.violation.kind);
    const schedule = scheduleOf(broken, model);
    assert(schedule.events.length <= MOST_STEPS, `${schedule.events.length} events`);
    const inWorld = judgeInWorld(schedule, model)?.kind ?? null;
    if (!SEEN_EARLY.includes(broken.violation.kind)) assertEquals(inWorld, broken.violation.kind);
    assertEquals(
      judgeInWorld(schedule, modelOf(planOf(plan)!, nodes)),
      null,
      "with the rule in place it is broken too",
    );
  });
}

Deno.test("at least twelve rules are looked into, all of which are in the gallery", () => {
  assert(GALLERY.length >= 12);
  for (const { bug } of GALLERY) assert(BUGS.some(({ name }) => name === bug), bug);
});

Deno.test("a path is told as the simulator tells its stories, and written as its traces are", () => {
  const model = modelFor("speak-before-save")!;
  const { broken } = searchAll(model);
  const schedule = scheduleOf(broken!, model);
  const shrunk = { schedule, violation: broken!.violation, cutShort: false };
  const off = { rule: model.bug!.rule, control: modelOf(planOf("restart")!).subject };
  const plot = { title: "t", command: "c", shrunk, subject: model.subject, off, isShortest: true };
  const story = tellStory(plot).join("\n");
  assertStringIncludes(story, "There is no shorter way");
  assertStringIncludes(story, "C crashes");
  assertStringIncludes(story, "With the rule in place the same events break nothing.");

  const lines: string[] = [];
  traceSchedule(schedule, model.subject, { check: "restart" }, broken!.violation, (line) => lines.push(line));
  const [head, ...rest] = lines.map((line) => JSON.parse(line));
  assertEquals([head.trace, head.check, head.nodes.length], [1, "restart", 3]);
  assertEquals(rest.length, schedule.events.length + 1);
  assertEquals(rest.at(-1).verdict, "agreement");
  assertEquals(rest.slice(0, -1).map(({ event }) => event), schedule.events.map(({ id }) => id));
  const crash = rest.findIndex(({ kind }) => kind === "crash");
  assertEquals([rest[crash].nodes, rest[crash + 1].nodes.C.promised_id], [{ C: null }, [1, "A"]]);
});
