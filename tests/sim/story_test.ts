import { scheduleOf, write } from "./by_hand.ts";
import { forgetDisk } from "../../src/sim/bugs/forget_disk.ts";
import { drawDiagram, PLAIN_STYLE, type Style } from "../../src/sim/diagram.ts";
import { replay } from "../../src/sim/replay.ts";
import { compareWithControl, tellStory } from "../../src/sim/story.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { FORGETTING } from "./schedules.ts";

const { subject, rule } = forgetDisk;
const played = replay(scheduleOf(FORGETTING), subject);
const shrunk = { schedule: played.schedule, violation: played.violation!, replays: 1, cutShort: false };
const plot = { title: "Seed 7", command: "paxos sim --seed 7", shrunk, subject, off: { rule, control: {} } };

Deno.test("a diagram has a column a node and a column a client, and a line an event", () => {
  const clients = { ...played.schedule, clients: 2 };
  const expected = `
                   A         B         C      client0   client1
   1     0 ms      │<────────┼─────────┼─────────●         │      client 0 asks A to set "x"; A promises 1.A
   2   100 ms      ●────────>│         │         │         │      prepare 1.A @0; B promises 1.A
   3   200 ms      │<────────●         │         │         │      promise 1.A @0, accepted none; A accepts 1.A "x"
   4   300 ms      ●────────>│         │         │         │      accept 1.A @0 "x"; B accepts 1.A "x"
   5   400 ms      │         X         │         │         │      B crashes
   6   500 ms      │         O         │         │         │      B starts again; @0, promised none, accepted none
   7   600 ms      │         │         │<────────┼─────────●      client 1 asks C to set "y"; C promises 1.C
   8   700 ms      │         │<────────●         │         │      prepare 1.C @0; B promises 1.C
   9   800 ms      │         ●────────>│         │         │      promise 1.C @0, accepted none; C accepts 1.C "y"
  10   900 ms      │         │<────────●         │         │      accept 1.C @0 "y"; B accepts 1.C "y"`;
  assertEquals(`\n${drawDiagram(clients, subject).join("\n")}`, expected);
});

Deno.test("a story ends with the rule, the two facts that contradict each other, and where the rule makes the difference", () => {
  const lines = tellStory(plot);
  const from = lines.findIndex((line) => line.startsWith("agreement:"));
  assertEquals(lines.slice(0, 2), ["Seed 7", "To see it again: paxos sim --seed 7"]);
  assertEquals(lines.slice(from), [
    `agreement: instance 0 is decided twice: A, B accepted "x" under 1.A, and B, C accepted "y" under 1.C`,
    "The rule that is broken: no instance ever decides two values.",
    `The rule that is off: ${rule}.`,
    "At event 6 the rule makes the difference:",
    "  without it  B: @0, promised none, accepted none",
    `  with it     B: @0, promised 1.A, accepted 1.A "x"`,
    "With the rule in place the same events break nothing.",
  ]);
});

Deno.test("two clusters that are the same never part", () => {
  assertEquals(compareWithControl(played.schedule, {}, {}), { violation: null, parting: null });
});

Deno.test("a rule that is not the one that matters is told so", () => {
  const { violation, parting } = compareWithControl(played.schedule, subject, subject);
  assertEquals([violation?.kind, parting], ["agreement", null]);
});

Deno.test("what a value holds cannot steer the terminal, and only what is wrong is red", () => {
  const nasty = FORGETTING.map((step) =>
    typeof step === "object" && step.kind === "call" && step.client === 0 ? write(0, "A", "\u009b31m\n") : step
  );
  const style: Style = {
    ...PLAIN_STYLE,
    escape: (text) => text.replaceAll("\u009b", "?"),
    red: (text) => `<red>${text}</red>`,
  };
  const lines = tellStory(
    { ...plot, shrunk: { ...shrunk, ...replay(scheduleOf(nasty), subject) } as typeof shrunk },
    style,
  );
  assert(lines.every((line) => !line.includes("\u009b") && !line.includes("\n")));
  const red = lines.filter((line) => line.includes("<red>"));
  assertEquals(red.length, 2);
  assertStringIncludes(red[0]!, "accept 1.C @0");
  assertStringIncludes(red[1]!, "agreement: ");
});

Deno.test("a long value is cut off, and a datagram that was under way for long names its event", () => {
  const schedule = scheduleOf([
    write(0, "A", "x".repeat(100)),
    "A>B prepare",
    "B>A promise",
    write(1, "A", "y"),
    "A>C prepare",
  ]);
  const lines = drawDiagram(schedule, {});
  assertStringIncludes(lines[1]!, `"${"x".repeat(24)}"...`);
  assertStringIncludes(lines[5]!, "(sent at 1)");
});

Deno.test("a story that needs nothing but the calm says so", () => {
  const schedule = scheduleOf([], "liveness");
  const lines = tellStory({ ...plot, off: null, shrunk: { ...shrunk, schedule } });
  assertStringIncludes(lines.join("\n"), "Nothing has to happen before the calm.");
});
