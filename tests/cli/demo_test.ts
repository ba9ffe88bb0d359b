import { runTour, TourError } from "../../src/cli/demo_tour.ts";
import type { DemoCluster } from "../../src/cli/demo_cluster.ts";
import { selfCommand } from "../../src/cli/self.ts";
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "../assert.ts";
import { machineTest } from "../permissions.ts";

machineTest(
  "the guided tour kills and restarts real nodes, tells what happened and ends with exit code 0",
  async () => {
    const { command, args } = selfCommand(["demo"], ["--allow-run"]);
    const demo = new Deno.Command(command, { args: [...args], stdin: "null" });
    const { code, stdout, stderr } = await demo.output();
    const [told, complaint] = [new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)];
    assertEquals(complaint, "");
    assertEquals(code, 0);
    assertEquals(told.match(/was killed by SIGKILL/g)?.length, 4, "one node in the middle, and all three at the end");
    assertMatch(told, /has learned that instance 1 chose "world"/);
    assertMatch(told, /C: was brought up to date by [AB], and decides link 2/);
    assertStringIncludes(told, "Done: 3 nodes, one chain, one value.");
    const directory = /state in (.*)\.\n/.exec(told)?.[1];
    assert(directory !== undefined);
    await assertRejects(() => Deno.stat(directory), Deno.errors.NotFound);
  },
);

Deno.test("the tour ends with an error when a value is not chosen", async () => {
  const said: string[] = [];
  const error = await assertRejects(() => runTour(clusterThatAnswers("unknown"), (line) => said.push(line)), TourError);
  assertEquals(error.message, '"hello" is unknown: nobody answers');
  assertEquals(said.length, 2, "it says nothing of steps that it has not reached");
});

/** A cluster whose nodes start, and whose client says this of every proposal. */
function clusterThatAnswers(outcome: "unknown"): DemoCluster {
  const uids = ["A", "B", "C"];
  const events: { uid: string; event: string }[] = [];
  const fake = {
    uids,
    events,
    directory: "nowhere",
    start: (uid: string) => void events.push({ uid, event: "listening" }),
    until: (condition: () => boolean) => Promise.resolve(condition()),
    client: { propose: () => Promise.resolve({ outcome, reason: "nobody answers" }) },
  };
  return fake as unknown as DemoCluster;
}
