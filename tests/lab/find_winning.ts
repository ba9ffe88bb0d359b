// Finds acts that win a puzzle: `deno run -A --import-map=src/npm_import_map.json tests/lab/find_winning.ts [RULE...]`. What it prints
// goes into `src/lab/puzzles/winning.ts`.
import { formatPlaced } from "../../src/lab/model/act.ts";
import { HAND_MS } from "../../src/lab/model/course.ts";
import { handScript } from "../../src/lab/model/hand_script.ts";
import type { Script } from "../../src/lab/model/script.ts";
import { Timeline } from "../../src/lab/model/timeline.ts";
import { judge, worst } from "../../src/lab/model/verdicts.ts";
import type { Bug } from "../../src/sim/bugs/bug.ts";
import { BUGS } from "../../src/sim/bugs/index.ts";
import { record } from "../../src/sim/schedule.ts";
import { Search } from "../../src/sim/search.ts";
import { shrink } from "../../src/sim/shrink.ts";

const [MOST_SEEDS, MOST_STORIES, SHORT] = [2000, 6, 12];

for (const bug of BUGS.filter(({ name }) => Deno.args.length === 0 || Deno.args.includes(name))) {
  const script = find(bug);
  console.log(script === null ? `${bug.name}: nothing found` : textOf(script));
}

/** The shortest of a few. */
function find(bug: Bug): Script | null {
  const search = new Search(bug.subject);
  let best: Script | null = null;
  for (let seed = 0, stories = 0; seed < MOST_SEEDS && stories < MOST_STORIES; seed++) {
    const { violation, genes } = search.run(seed);
    if (violation === null || !bug.kinds.includes(violation.kind)) continue;
    const shrunk = shrink(record(genes, bug.subject).schedule, bug.subject);
    const won = [false, true].map((timed) => shrunk && handScript(shrunk.schedule, bug.name, timed)).find((script) =>
      script !== null && wins(script, bug)
    );
    if (!won) continue;
    stories++;
    if (best === null || won.acts.length < best.acts.length) best = won;
    if (best.acts.length <= SHORT) break;
  }
  return best;
}

function wins(script: Script, { kinds }: Bug): boolean {
  const [off, on] = [script, { ...script, rule: null }].map((script) => {
    const timeline = new Timeline(script);
    timeline.extendTo(script.acts.length);
    return { violation: worst(judge(timeline, timeline.last.index)), moments: timeline.last.index };
  });
  return off!.moments === script.acts.length && off!.violation !== null && kinds.includes(off!.violation.kind) &&
    on!.violation === null;
}

function textOf({ scenario, rule, acts }: Script): string {
  const lines = acts.map((act, index) =>
    formatPlaced(act, { after: index, atMs: index === 0 ? 0 : acts[index - 1]!.atMs + HAND_MS })
  );
  return JSON.stringify({ rule, scenario, acts: lines.join("; ") }, null, 2);
}
