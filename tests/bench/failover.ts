// How long nobody adds a link after the master is killed: from the kill -9 to the next chosen value, over so many kills. And whether
// a master that is let alone stays one under a stream of proposals:
//
//   deno run -A --import-map=src/npm_import_map.json tests/bench/failover.ts [LEASE_WINDOW_MS] [KILLS]
//   deno run -A --import-map=src/npm_import_map.json tests/bench/failover.ts steady SECONDS
import { Cluster } from "../runtime/cluster.ts";

const [first = "2000", second = "20"] = Deno.args;
if (first === "steady") await streamFor(Number(second));
else await killMasters(Number(first), Number(second));

async function killMasters(leaseWindowMs: number, kills: number): Promise<void> {
  await using cluster = await Cluster.create({
    serveArgs: ["--quiet", "--master"],
    settings: () => ({ leaseWindowMs }),
  });
  await cluster.start();
  const gaps: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const master = await masterOf(cluster);
    // At any moment between two renewals.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * leaseWindowMs));
    await cluster.client.propose(null, `before ${kill}`);
    const killed = performance.now();
    const gone = cluster.kill([master]);
    const outcome = await cluster.client.propose(null, `after ${kill}`, { timeoutMs: 10 * leaseWindowMs + 5000 });
    gaps.push(performance.now() - killed);
    if (outcome.outcome !== "chosen") throw new Error(`kill ${kill}: ${outcome.outcome}, ${outcome.reason}`);
    await gone;
    await cluster.start(master);
  }
  gaps.sort((a, b) => a - b);
  const at = (share: number) => gaps[Math.floor((gaps.length - 1) * share)]!.toFixed(0);
  console.log(
    `lease window ${leaseWindowMs} ms, ${kills} kills of the master, from the kill to the next chosen value in ms: ` +
      `min ${at(0)}, median ${at(0.5)}, max ${at(1)}`,
  );
}

async function streamFor(seconds: number): Promise<void> {
  const grants: string[] = [];
  let lost = 0;
  await using cluster = await Cluster.create({
    serveArgs: ["--quiet", "--master"],
    printed(uid, line) {
      const granted = /^lease granted to (\w+)/.exec(line);
      if (granted !== null) grants.push(`${uid}: ${granted[1]}`);
      if (line.startsWith("lease lost")) lost++;
    },
  });
  await cluster.start();
  await masterOf(cluster);
  const before = grants.length;
  const endMs = performance.now() + seconds * 1000;
  let chosen = 0;
  await Promise.all(Array.from({ length: 8 }, async (_, stream) => {
    while (performance.now() < endMs) {
      const outcome = await cluster.client.propose(null, `${stream} ${chosen}`);
      if (outcome.outcome !== "chosen") throw new Error(`${outcome.outcome}: ${outcome.reason}`);
      chosen++;
    }
  }));
  const changes = grants.slice(before).filter((grant) => !grants.slice(0, before).includes(grant));
  console.log(
    `${seconds} s of proposals, 8 at a time: ${chosen} chosen, ${changes.length} changes of the master, ${lost} leases lost`,
  );
}

async function masterOf(cluster: Cluster): Promise<string> {
  for (;;) {
    for (const uid of cluster.uids) {
      const status = await cluster.client.status(uid, { timeoutMs: 500 });
      if (status?.masterUid === uid) return uid;
    }
  }
}
