// Rounds of `kill -9` of a random node under steady proposals:
//
//   deno run -A --import-map=src/npm_import_map.json tests/torture/kill9.ts [ROUNDS]
import { Cluster } from "../runtime/cluster.ts";
import { Judge } from "./judge.ts";

/** What came of it. */
export interface Report {
  /** How many proposals had each outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** How many different links were printed. */
  readonly links: number;
  /** How long it took. */
  readonly seconds: number;
  /** What is wrong, a sentence each. */
  readonly violations: readonly string[];
}

const PROPOSERS = 3;
/** So long a proposer waits for a node that may be dead. */
const TIMEOUT_MS = 300;
/** Within this time proposals must be chosen again after each kill and restart. */
const PATIENCE_MS = 10_000;

/** Runs that many rounds; `progress` is told the number of each. */
export async function killRounds(rounds: number, progress: (round: number) => void = () => {}): Promise<Report> {
  const judge = new Judge();
  await using cluster = await Cluster.create({
    serveArgs: ["--log", "json"],
    printed: (_uid, line) => judge.printed(line),
  });
  await cluster.start();
  const began = performance.now();
  let proposing = true;
  let chosen = 0;
  let moved = Promise.withResolvers<void>();

  const propose = async (proposer: number) => {
    for (let number = 0; proposing; number++) {
      const value = `${proposer}-${number}`;
      const outcome = await cluster.client.propose(pick([...cluster.running.keys()]), value, { timeoutMs: TIMEOUT_MS });
      judge.told.push({ value, outcome });
      if (outcome.outcome !== "chosen") continue;
      chosen++;
      moved.resolve();
      moved = Promise.withResolvers();
    }
  };
  /** Waits for so many more values, and then a moment, so that kills fall anywhere between two answers. */
  const someMore = async (count: number) => {
    const timer = setTimeout(() => moved.reject(new Error(`nothing was chosen for ${PATIENCE_MS} ms`)), PATIENCE_MS);
    try {
      for (const goal = chosen + count; chosen < goal;) await moved.promise;
    } finally {
      clearTimeout(timer);
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
  };

  const proposers = Promise.all(Array.from({ length: PROPOSERS }, (_, proposer) => propose(proposer)));
  try {
    for (let round = 1; round <= rounds; round++) {
      await someMore(1 + Math.floor(Math.random() * 10));
      const victim = pick(cluster.uids);
      await cluster.kill([victim]);
      await someMore(1 + Math.floor(Math.random() * 10));
      await cluster.start(victim);
      progress(round);
    }
  } finally {
    proposing = false;
    await proposers;
  }

  const newest = Math.max(...judge.links.keys());
  for (const uid of cluster.uids) {
    await cluster.until(uid, `link ${newest}`, ({ instanceNumber }) => instanceNumber > newest, PATIENCE_MS);
  }
  await cluster.kill(cluster.uids, "SIGTERM");
  return {
    outcomes: Object.fromEntries(
      Object.entries(Object.groupBy(judge.told, ({ outcome }) => outcome.outcome))
        .map(([outcome, told]) => [outcome, told?.length ?? 0]),
    ),
    links: judge.links.size,
    seconds: (performance.now() - began) / 1000,
    violations: judge.violations(),
  };
}

/** One of them; there is always one. */
function pick(uids: readonly string[]): string {
  return uids[Math.floor(Math.random() * uids.length)]!;
}

if (import.meta.main) {
  const rounds = Number(Deno.args[0] ?? 200);
  const report = await killRounds(rounds, (round) => {
    if (round % 20 === 0) console.error(`round ${round} of ${rounds}`);
  });
  console.log(JSON.stringify({ rounds, ...report }, null, 2));
  Deno.exit(report.violations.length === 0 ? 0 : 1);
}
