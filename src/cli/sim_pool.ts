// Spreads storms over all cores. What comes out is in the order of the seeds, whatever the number of cores.
import { blockOf, Search } from "../sim/search.ts";
import type { Subject } from "../sim/storm.ts";
import { runSeeds, type SeedOutcome, type Seeds, type SimJob, type SimReady, type SimRequest } from "./sim_job.ts";

/** How many blocks of seeds a core has in hand, so that it never waits for the next. */
const BLOCKS_IN_HAND = 2;

/** How many seeds a core answers at a time, so that what it finds is soon known. */
const BATCH = 10;

interface Runner {
  run(seeds: Seeds): Promise<readonly SeedOutcome[]>;
  close(): void;
}

/** Of every so many blocks of seeds that learn from each other, one: blocks `index`, `index + of`, and so on, counted from 0. */
export interface Shard {
  /** The first block. */
  readonly index: number;
  /** How many shards there are. */
  readonly of: number;
}

/** The storms of these seeds, in their order; one that fails ends nothing. `cores` is how many workers to start at most. */
export async function* sweep(
  job: SimJob,
  subject: Subject,
  seeds: Seeds,
  shard: Shard = { index: 0, of: 1 },
  cores: number = navigator.hardwareConcurrency,
): AsyncGenerator<SeedOutcome, void, void> {
  const size = blockOf(subject);
  const runners = await startRunners(job, subject, Math.min(cores, Math.ceil(seeds.count / size)));
  try {
    const pending: Promise<readonly SeedOutcome[]>[] = [];
    const inHand = runners.length * BLOCKS_IN_HAND * size / BATCH;
    let count = 0;
    for (const block of blocksOf(seeds, size, shard)) {
      const runner = runners[count++ % runners.length]!;
      for (const batch of batchesOf(block)) pending.push(runner.run(batch));
      while (pending.length >= inHand) yield* await pending.shift()!;
    }
    while (pending.length > 0) yield* await pending.shift()!;
  } finally {
    for (const runner of runners) runner.close();
  }
}

function* blocksOf({ first, count }: Seeds, size: number, { index, of }: Shard): Generator<Seeds> {
  const end = first + count;
  for (let begin = first; begin < end;) {
    const block = Math.floor(begin / size);
    const next = Math.min((block + 1) * size, end);
    if (block % of === index) yield { first: begin, count: next - begin };
    begin = next;
  }
}

function batchesOf({ first, count }: Seeds): Seeds[] {
  return Array.from({ length: Math.ceil(count / BATCH) }, (_, index) => ({
    first: first + index * BATCH,
    count: Math.min(BATCH, count - index * BATCH),
  }));
}

/** Workers, or this process alone where there is one core only or a worker cannot be had (no permission to read its file). */
async function startRunners(job: SimJob, subject: Subject, count: number): Promise<readonly Runner[]> {
  if (count < 2) return [inProcess(subject)];
  const started = await Promise.allSettled(Array.from({ length: count }, () => startWorker(job)));
  const runners = started.filter((one) => one.status === "fulfilled").map(({ value }) => value);
  if (runners.length === count) return runners;
  for (const runner of runners) runner.close();
  return [inProcess(subject)];
}

function inProcess(subject: Subject): Runner {
  const search = new Search(subject);
  return {
    // In a task of its own, so that signals are heard in between.
    run: (seeds) => new Promise((resolve) => setTimeout(() => resolve(runSeeds(search, seeds)))),
    close: () => {},
  };
}

async function startWorker(job: SimJob): Promise<Runner> {
  const worker = new Worker(new URL("./sim_worker.ts", import.meta.url), { type: "module" });
  const waiting: { resolve: (answer: never) => void; reject: (error: Error) => void }[] = [];
  worker.onmessage = ({ data }) => waiting.shift()?.resolve(data as never);
  worker.onerror = (event) => {
    event.preventDefault();
    for (const { reject } of waiting.splice(0)) reject(new Error(event.message));
  };
  const ask = <T>(request: SimRequest) =>
    new Promise<T>((resolve, reject) => {
      waiting.push({ resolve, reject });
      worker.postMessage(request);
    });
  try {
    const { trouble } = await ask<SimReady>({ kind: "job", job });
    if (trouble !== null) throw new Error(trouble);
  } catch (error) {
    worker.terminate();
    throw error;
  }
  return { run: (seeds) => ask({ kind: "seeds", seeds }), close: () => worker.terminate() };
}
