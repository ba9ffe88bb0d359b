// How long one commit takes while all is quiet, beside what one save of the state costs in the same run:
//
//   deno run -A --import-map=src/npm_import_map.json tests/bench/commit_latency.ts [PROPOSALS]
import { StateStore } from "../../src/runtime/state_store.ts";
import { Cluster } from "../runtime/cluster.ts";

const proposals = Number(Deno.args[0] ?? 300);
const WARM_UP = 20;

await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
await cluster.start();
const { client, directory } = cluster;
const store = StateStore.open(directory, "probe");
// The state's own line: around it the file of a running node has two slots.
const state = `${(await Deno.readTextFile(cluster.stateFile("A"))).split("\n")[1]}\n`;
const commits: number[] = [];
const saves: number[] = [];
for (let number = -WARM_UP; number < proposals; number++) {
  const commit = await timed(() => client.propose("A", `value ${number}`));
  const save = await timed(() => store.save(state));
  if (number < 0) continue;
  commits.push(commit);
  saves.push(save);
}
store.close();
console.log(`commit, three nodes, one client, in ms:    ${summary(commits)}`);
console.log(`one save of the state, alone, in ms:       ${summary(saves)}`);

async function timed(run: () => unknown): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

function summary(times: number[]): string {
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? NaN).toFixed(2);
  return `p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, max ${
    (times.at(-1) ?? NaN).toFixed(2)
  } (${times.length} times)`;
}
