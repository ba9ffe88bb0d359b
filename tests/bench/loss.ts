// How long a value takes where a fifth of all datagrams is lost, those of clients too, with and without a master, and whether each
// value is applied once:
//
//   deno run -A --unstable-net --import-map=src/npm_import_map.json tests/bench/loss.ts [VALUES] [LOSS]
import { PaxosClient } from "../../src/client/client.ts";
import { percentile } from "../../src/client/load.ts";
import { Random } from "../../src/sim/random.ts";
import { Cluster } from "../runtime/cluster.ts";
import { ChainWatch } from "../torture/chain_watch.ts";
import { FaultProxy } from "../torture/fault_proxy.ts";

const [values = 500, loss = 0.2] = Deno.args.map(Number);
const WARM_UP = 20;

for (const mode of ["plain", "master"]) {
  let proxy: FaultProxy | null = null;
  await using cluster = await Cluster.create({
    serveArgs: ["--quiet", ...mode === "master" ? ["--master"] : []],
    views: (nodes) => (proxy = new FaultProxy(nodes, new Random(1))).views(),
  });
  using network = proxy! as FaultProxy;
  await cluster.start();
  await using chain = await ChainWatch.create(cluster.nodes);
  const client = await PaxosClient.open({ nodes: network.clientView("client") });
  const tookMs: number[] = [];
  const wrong: string[] = [];
  let last = 0;
  for (let number = -WARM_UP; number < values; number++) {
    if (number === 0) network.weather = { loss, duplication: 0, delayMs: 0 };
    const value = `${mode} ${number}`;
    const began = performance.now();
    const outcome = await client.propose(null, value, { timeoutMs: 30_000 });
    if (number >= 0) tookMs.push(performance.now() - began);
    if (outcome.outcome !== "chosen") wrong.push(`${value}: ${JSON.stringify(outcome)}`);
    else last = outcome.instanceNumber;
  }
  network.weather = { loss: 0, duplication: 0, delayMs: 0 };
  while (!chain.hasAll(last)) await client.propose(null, `${mode} again ${last}`, { timeoutMs: 30_000 });
  wrong.push(...chain.compareUpTo(last));
  for (let number = -WARM_UP; number < values; number++) {
    if (chain.placeOf(`${mode} ${number}`) === null) {
      wrong.push(`${mode} ${number} was not applied, as far as any node tells`);
    }
  }
  tookMs.sort((a, b) => a - b);
  const at = (percent: number) => percentile(Float64Array.from(tookMs), percent)?.toFixed(1);
  const { fates } = network;
  console.log(
    `${mode}: p50 ${at(50)} ms, p99 ${at(99)} ms, max ${at(100)} ms of ${values} values; ` +
      `${fates.lost} datagrams lost, ${fates.passed} passed; ${
        wrong.length === 0 ? "each applied once" : wrong.join("; ")
      }`,
  );
  client.close();
}
