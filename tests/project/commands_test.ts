// Whoever follows the README and the tutorial types these commands, in this order.
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { canUseMachine, machineTest } from "../permissions.ts";
import { read } from "../support/documents.ts";
import { DocSession, hasLines, type Step, stepsOf } from "../support/doc_session.ts";

async function follow(steps: readonly Step[]): Promise<void> {
  await using session = new DocSession();
  for (const step of steps) await session.run(step);
}

for (const path of canUseMachine ? ["README.md", "src/docs/tutorial.md"] : []) {
  machineTest(`every command of ${path} does what it says, one after the other`, async () => {
    const steps = stepsOf(read(path));
    assert(steps.filter(({ kind }) => kind === "commands").length >= 5, `${steps.length} steps`);
    await follow(steps);
  });
}

machineTest("a command that ends otherwise than the document says, or prints something else, is seen", async () => {
  const document = (text: string) => stepsOf({ path: "x.md", text });
  await follow(document("```sh\necho one; echo two\n```\n\n```text\n...\ntwo\n```\n"));
  for (
    const [text, says] of [
      ["```sh\nfalse\n```\n", "ends with exit code 1, not 0"],
      ["<!-- test: exit 1 -->\n\n```sh\ntrue\n```\n", "ends with exit code 0, not 1"],
      ["```sh\necho one\n```\n\n```text\ntwo\n```\n", "the document shows:\ntwo"],
      ["```sh\npaxos serve D\n```\n", "There is no node"],
      ["```sh\npaxos frobnicate\n```\n", "ends with exit code 2, not 0"],
    ] as const
  ) {
    const error = await follow(document(text)).then(() => null, (error: Error) => error);
    assert(error?.message.includes(says), `${text}: ${error?.message}`);
  }
});

Deno.test("the lines of an output stand in their order, and three dots stand for anything", () => {
  const printed = ["chosen 3 x", "A  3  x", "B  3  x", "healthy"];
  assert(hasLines(printed, ["chosen 3 x", "healthy"]));
  assert(hasLines(printed, ["chosen ... x", "...", "B ... x"]));
  for (const wrong of [["healthy", "chosen 3 x"], ["chosen 4 x"], ["chosen 3"], ["A ... x", "A ... x"]]) {
    assertEquals(hasLines(printed, wrong), false, wrong.join("; "));
  }
});

Deno.test("the steps of a document are its blocks and comments, in their order", () => {
  const text =
    "<!-- test: exit 1 -->\n\n```sh\na \\\n  b\n\nc # why\n```\n\n```text\nout\n```\n\n<!-- test: kill B -->\n\n" +
    "<!-- test: skip no terminal -->\n\n```sh\nd\n```\n\n```ts\ne\n```\n\n<!-- test: interrupt -->\n\n```sh\nf\n```\n";
  assertEquals(stepsOf({ path: "x.md", text }), [
    { kind: "commands", lines: ["a    b", "c # why"], exit: 1, interrupt: false },
    { kind: "output", lines: ["out"] },
    { kind: "kill", uid: "B" },
    { kind: "commands", lines: ["f"], exit: 0, interrupt: true },
  ]);
  assertThrows(
    () => stepsOf({ path: "x.md", text: "<!-- test: dance -->" }),
    Error,
    "x.md: there is no <!-- test: dance -->",
  );
});
