import { PUZZLES, wonBy } from "../../src/lab/puzzles/puzzle.ts";
import type { Script } from "../../src/lab/model/script.ts";
import { Timeline } from "../../src/lab/model/timeline.ts";
import { judge, worst } from "../../src/lab/model/verdicts.ts";
import { BUGS } from "../../src/sim/bugs/index.ts";
import { assert, assertEquals } from "../assert.ts";

/** Rules without a puzzle: what comes of them takes more luck than acts. */
const WITHOUT_PUZZLE = ["accepted-survives-link", "duel", "snapshot-goes-back"];

function played(script: Script): Timeline {
  const timeline = new Timeline(script);
  timeline.extendTo(script.acts.length);
  return timeline;
}

for (const puzzle of PUZZLES) {
  Deno.test(`the puzzle ${puzzle.title} is won by its winning acts, and by no beginning of them`, () => {
    const timeline = played({ ...puzzle.script, acts: puzzle.winning });
    assertEquals(
      timeline.last.index,
      puzzle.winning.length,
      "all of its acts are needed and possible: `deno run -A tests/lab/find_winning.ts` finds others",
    );
    assert(wonBy(puzzle, timeline, timeline.last.index), "`deno run -A tests/lab/find_winning.ts` finds other acts");
    assertEquals(wonBy(puzzle, timeline, 0), null);
  });

  Deno.test(`the winning acts of the puzzle ${puzzle.title} break nothing with the rule in place`, () => {
    const timeline = played({ ...puzzle.script, rule: null, acts: puzzle.winning });
    assertEquals(worst(judge(timeline, timeline.last.index)), null);
  });
}

Deno.test("every rule of the gallery has its puzzle, but for those that are named here", () => {
  const names = [...PUZZLES.map(({ bug }) => bug.name), ...WITHOUT_PUZZLE];
  assertEquals(names.toSorted(), BUGS.map(({ name }) => name));
});
