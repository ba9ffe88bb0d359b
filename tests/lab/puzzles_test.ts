import { PUZZLES, wonBy } from "../../src/lab/puzzles/puzzle.ts";
import type { Script } from "../../src/lab/model/script.ts";
import { Timeline } from "../../src/lab/model/timeline.ts";
import { judge, worst } from "../../src/lab/model/verdicts.ts";
import { BUGS } from "../../src/sim/bugs/index.ts";
import { assert, assertEquals } from "../assert.ts";

/** Rules whose consequences take more luck than acts have no puzzle; that is no reason to have few. */
const LEAST_SHARE = 0.75;

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

Deno.test("most rules of the gallery have a puzzle, and none has two", () => {
  const names = new Set(PUZZLES.map(({ bug }) => bug.name));
  assertEquals(names.size, PUZZLES.length);
  assert(names.size >= BUGS.length * LEAST_SHARE, `${names.size} of ${BUGS.length}`);
});
