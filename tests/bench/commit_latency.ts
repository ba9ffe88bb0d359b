// How long one commit takes while all is quiet, without a master and with one, beside what one save of the state costs in the same
// run:
//
//   deno run -A --import-map=src/npm_import_map.json tests/bench/commit_latency.ts [PROPOSALS]
import { StateStore } from "../../src/runtime/state_store.ts";
import { Cluster } from "../runtime/cluster.ts";

const proposals = Number(Deno.args[0] ?? 300);
const WARM_UP = 20;

await using plain = await Cluster.create({ serveArgs: ["--quiet"] });
await using master = await Cluster.create({ serveArgs: ["--quiet", "--master"] });
await plain.start();
await master.start();
const store = StateStore.open(plain.directory, "probe");
// The state's own line: around it the file of a running node has two slots.
const state = `${(await Deno.readTextFile(plain.stateFile("A"))).split("\n")[1]}\n`;
const [commits, masterCommits, saves]: [number[], number[], number[]] = [[], [], []];
for (let number = -WARM_UP; number < proposals; number++) {
  const commit = await timed(() => plain.client.propose("A", `value ${number}`));
  // Whoever is master, after the first answer the client knows.
  const masterCommit = await timed(() => master.client.propose(null, `value ${number}`));
  const save = await timed(() => store.save(state));
  if (number < 0) continue;
  commits.push(commit);
  masterCommits.push(masterCommit);
  saves.push(save);
}
store.close();
console.log(`commit, three nodes, one client, in ms:    ${summary(commits)}`);
console.log(`the same with a master, in ms:             ${summary(masterCommits)}`);
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
