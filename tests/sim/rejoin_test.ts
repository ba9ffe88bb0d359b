// What comes of a copied state file, in the fewest events; and that nothing does where the node rejoins.
import { scheduleOf, type Step } from "./by_hand.ts";
import { rejoinByCopy } from "../../src/sim/bugs/rejoin_by_copy.ts";
import { replay } from "../../src/sim/replay.ts";
import { assertEquals } from "../assert.ts";
import { FORGETTING } from "./schedules.ts";

/** x is chosen by A and B; B loses its disk and comes back; y is chosen by B and C, if B has forgotten. */
const LOSING = FORGETTING.map((step): Step => {
  if (typeof step !== "object" || !("uid" in step)) return step;
  if (step.kind === "crash") return { kind: "lose_disk", uid: step.uid };
  return step.kind === "restart" ? { kind: "rejoin", uid: step.uid } : step;
});

Deno.test("a node that starts from a copy of another's file breaks agreement in ten events, and one that rejoins does not", () => {
  const schedule = scheduleOf(LOSING);
  assertEquals(schedule.events.length, 10);
  assertEquals(replay(schedule, rejoinByCopy.subject).violation?.kind, "agreement");
  assertEquals(replay(schedule, {}).violation, null);
});

Deno.test("a node that has lost its disk does not simply start again", () => {
  const steps = LOSING.map((step): Step =>
    typeof step === "object" && step.kind === "rejoin" ? { kind: "restart", uid: step.uid } : step
  );
  const { violation, schedule } = replay(scheduleOf(steps), {});
  assertEquals(violation, null);
  assertEquals(schedule.events.filter(({ act }) => act.kind === "restart"), []);
});
