// The standard set, all of it: what the README says of it is so.
import { STANDARD } from "../../src/check/models.ts";
import { runJobs } from "../../src/cli/check_pool.ts";
import { exitCodeOf, reportLines } from "../../src/cli/check_report.ts";
import { PLAIN_STYLE } from "../../src/sim/diagram.ts";
import { assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";

machineTest(
  "the standard set is complete, no rule is broken, and its states are as many as the README says",
  async () => {
    const jobs = STANDARD.map(({ name }) => ({ plan: name, nodes: 3, bug: null, maxStates: Infinity }));
    const beginMs = performance.now();
    const done = await runJobs(jobs, new AbortController().signal, () => {});
    for (const line of reportLines(done, false, performance.now() - beginMs, PLAIN_STYLE)) console.log(line);
    assertEquals(exitCodeOf(done), 0);
    const counts = done.map((
      { job: { plan }, report },
    ) => [plan, report!.states.toLocaleString("en"), `${report!.depth}`]);
    const readme = Deno.readTextFileSync(new URL("../../README.md", import.meta.url));
    const section = readme.split("\n## Every interleaving")[1]!.split("\n## ")[0]!;
    const table = [...section.matchAll(/^\| `([\w-]+)` +\|.*\| ([\d,]+) +\| (\d+) +\|$/gm)].map((row) => row.slice(1));
    assertEquals(table, counts);
  },
);
