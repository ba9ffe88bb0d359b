// Whether a burst of clients pushes out what nodes say to each other: many clients, each with a socket of its own, all ask the same
// node at the same moment, again and again. Prints what the kernel dropped at each node's socket for want of room (Linux), beside
// what was chosen and who was master:
//
//   deno run -A --unstable-net --import-map=src/npm_import_map.json tests/bench/burst.ts [CLIENTS] [SECONDS]
import { BenchCluster } from "../../src/cli/bench_cluster.ts";
import { PaxosClient } from "../../src/client/client.ts";
import { Load, percentile } from "../../src/client/load.ts";
import { resolveNodes } from "../../src/runtime/addresses.ts";
import { openSocket } from "../../src/runtime/datagram_socket.ts";

const [clients = 256, seconds = 5] = Deno.args.map(Number);

const cluster = await BenchCluster.start(["--master"]);
try {
  const control = await PaxosClient.open({ nodes: cluster.nodes });
  await control.propose(null, "first", { timeoutMs: 10_000 });
  const masterBefore = await masterOf(control);
  const addresses = [...await resolveNodes(Object.entries(cluster.nodes))];
  const loads = Array.from(
    { length: clients },
    () => new Load(openSocket({ hostname: "127.0.0.1", port: 0 }), addresses, 1, "v".repeat(200)),
  );
  const before = await drops();
  const results = await Promise.all(loads.map((load) => load.run("write", seconds * 1000)));
  const after = await drops();
  const latencies = Float64Array.from(results.flatMap(({ latenciesMs }) => [...latenciesMs])).sort();
  const errors = results.reduce((sum, { errors }) => sum + errors, 0);
  console.log(
    `${clients} clients, a socket each: ${(latencies.length / seconds).toFixed(0)} a second, ` +
      `p50 ${percentile(latencies, 50)?.toFixed(1)} ms, p99 ${
        percentile(latencies, 99)?.toFixed(1)
      } ms, ${errors} errors`,
  );
  for (const [uid, { port }] of Object.entries(cluster.nodes)) {
    console.log(`node ${uid}: ${(after.get(port) ?? 0) - (before.get(port) ?? 0)} datagrams dropped by the kernel`);
  }
  console.log(`master: ${masterBefore} before, ${await masterOf(control)} after`);
  for (const load of loads) load.close();
  control.close();
} finally {
  await cluster.close();
}
Deno.exit(0);

async function masterOf(client: PaxosClient): Promise<string> {
  const status = await client.status("A");
  return status?.masterUid ?? "nobody";
}

/** What the kernel has dropped at each port for want of room. */
async function drops(): Promise<Map<number, number>> {
  const lines = (await Deno.readTextFile("/proc/net/udp")).trim().split("\n").slice(1);
  return new Map(lines.map((line) => {
    const fields = line.trim().split(/\s+/);
    return [parseInt(fields[1]!.split(":")[1]!, 16), Number(fields.at(-1))];
  }));
}
