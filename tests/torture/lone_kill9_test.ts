import { join } from "../../src/runtime/paths.ts";
import { assert, assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { killLoneNode } from "./lone_kill9.ts";

machineTest(
  "a node that is killed at random moments always starts again, and never below what it has said",
  async () => {
    const { violations, answers, links } = await killLoneNode({ kills: 20 });
    assertEquals(violations, []);
    assert(answers > 0 && links > 0, `${answers} answers, ${links} links`);
  },
);

machineTest("a node whose state is taken away between its lives is found out", async () => {
  const meddle = (directory: string): void => {
    for (const name of ["A.json", "A.lived"]) removeIfThere(join(directory, name));
  };
  const { violations } = await killLoneNode({ kills: 200, meddle });
  assert(/^the node (promises|accepts) .* after /.test(violations[0] ?? ""), violations[0]);
});

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
