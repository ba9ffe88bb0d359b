import { run } from "../../src/cli/run.ts";
import { type Explanation, explanationJson, explanationLines } from "../../src/cli/explanation.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { Cluster } from "../runtime/cluster.ts";
import { FakeTerminal } from "./fake_terminal.ts";

async function say(...args: string[]): Promise<{ code: number; printed: string[]; noted: string }> {
  const terminal = new FakeTerminal();
  const code = await run(["explain", ...args], terminal);
  return { code, printed: terminal.printed, noted: terminal.noted.join("\n") };
}

const EXPLANATION: Explanation = {
  record: {
    instanceNumber: 3,
    proposalId: { number: 5, uid: "B" },
    value: 'say "hi"',
    acceptedBy: ["A", "B"],
    promises: [
      { uid: "A", lastAcceptedId: null },
      { uid: "B", lastAcceptedId: { number: 2, uid: "C" } },
      { uid: "C", lastAcceptedId: { number: 4, uid: "A" } },
    ],
    promisedEarlier: false,
  },
  nodes: ["A", "B", "C"],
  withoutPromises: "Nobody knows.",
};

Deno.test("an explanation names the proposal, both quorums, and the promise that forced the value", () => {
  assertEquals(explanationLines(EXPLANATION), [
    'Instance 3 chose "say \\"hi\\"" under 5.B.',
    "",
    "1. Node B asked for promises to accept nothing below 5.B. A quorum, 2 of 3, gave them:",
    "     A, which had accepted nothing in this instance",
    "     B, which had accepted 2.C",
    "     C, which had accepted 4.A",
    "2. The promise of C forced the value: it reports 4.A, the highest of all. A quorum may have accepted that one, so B had to " +
    "propose its value again, under 5.B.",
    "3. A, B accepted it under 5.B: 2 of 3, a quorum. That is the decision.",
    "",
    "No other value can win instance 3: whoever proposes above 5.B needs 2 of 3 promises, and any 2 nodes hold one of A, B, which " +
    "reports what it has accepted.",
  ]);
  assertEquals(JSON.parse(explanationJson(EXPLANATION)), {
    instance_number: 3,
    proposal_id: [5, "B"],
    value: 'say "hi"',
    nodes: ["A", "B", "C"],
    quorum: 2,
    promises: [
      { uid: "A", last_accepted_id: null },
      { uid: "B", last_accepted_id: [2, "C"] },
      { uid: "C", last_accepted_id: [4, "A"] },
    ],
    promised_earlier: false,
    forced_by: "C",
    accepted_by: ["A", "B"],
  });
});

Deno.test("where no promise reports anything the proposer was free, and where none is known it says why", () => {
  const { record } = EXPLANATION;
  const free = { ...EXPLANATION, record: { ...record, promises: [{ uid: "A", lastAcceptedId: null }] } };
  assertStringIncludes(explanationLines(free).join("\n"), "2. None of them had accepted anything");
  const unknown = { ...EXPLANATION, record: { ...record, promises: null } };
  assertEquals(explanationLines(unknown)[2], "1. Nobody knows.");
  assertEquals(JSON.parse(explanationJson(unknown)).forced_by, null);
});

Deno.test("a master's promises are from an earlier instance, and it was free in this one", () => {
  const { record } = EXPLANATION;
  const promises = ["A", "B"].map((uid) => ({ uid, lastAcceptedId: null }));
  const lines = explanationLines({ ...EXPLANATION, record: { ...record, promises, promisedEarlier: true } });
  assertStringIncludes(lines[2]!, "had the promises of A, B to accept nothing below 5.B from an earlier instance");
  assertStringIncludes(lines[3]!, "2. So none of them has accepted anything below 5.B in this instance: B was free");
});

machineTest("explain asks the nodes of a cluster, and reads a trace of the simulator", async (t) => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start();
  assertEquals((await cluster.client.propose("A", "hello")).outcome, "chosen");

  await t.step("both quorums are told", async () => {
    const { code, printed } = await say("0", "--config", cluster.configFile);
    assertEquals(code, 0);
    assertMatch(printed[0]!, /^Instance 0 chose "hello" under \d+\.A\.$/);
    assertStringIncludes(printed.join("\n"), "None of them had accepted anything");
    const { printed: [json] } = await say("0", "--json", "--config", cluster.configFile);
    const { accepted_by, promises, forced_by } = JSON.parse(json!);
    assert(accepted_by.length >= 2 && promises.length >= 2);
    assertEquals(forced_by, null);
  });

  await t.step("the promises are the proposer's alone", async () => {
    await cluster.kill(["A"]);
    const { code, printed } = await say("0", "--config", cluster.configFile);
    assertEquals(code, 0);
    assertMatch(printed[2]!, /^1\. Which promises \d+\.A rests on is known to node A alone, which does not answer\.$/);
  });

  await t.step("what is not decided, or forgotten, is a definite no; without nodes nothing is known", async () => {
    assertEquals(await say("1", "--config", cluster.configFile), {
      code: 1,
      printed: [],
      noted: "instance 1 is not decided: 1 is the one being decided",
    });
    await cluster.kill();
    await cluster.start();
    const { code, noted } = await say("0", "--config", cluster.configFile);
    assertEquals([code, noted], [
      1,
      "instance 0 is decided, but no node that answers has seen its decision in its present life",
    ]);
    await cluster.kill();
    assertEquals((await say("0", "--config", cluster.configFile)).code, 3);
  });

  await t.step("a trace of the simulator says the same of its run", async () => {
    const trace = `${cluster.directory}/run.jsonl`;
    assertEquals(await run(["sim", "--seed", "7", "--trace", trace], new FakeTerminal()), 0);
    const { code, printed } = await say("0", "--trace", trace);
    assertEquals(code, 0);
    assertMatch(printed[0]!, /^Instance 0 chose /);
    const { noted } = await say("100000", "--trace", trace);
    assertMatch(noted, /^instance 100000 is not decided: \d+ is the one being decided$/);
    assertEquals((await say("0", "--trace", cluster.configFile)).code, 2);
    assertEquals((await say("0", "--trace", `${trace}.gone`)).code, 2);
  });
});
