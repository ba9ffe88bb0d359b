// Spreads models over all cores: each is one core's work from its start to its end, so its counts depend on nothing else.
import type { Report } from "../check/explore.ts";
import type { Progress } from "../check/search.ts";
import { type CheckJob, type CheckNews, doJob } from "./check_job.ts";

/** A job that has been done, or was given up because somebody asked for the end. */
export interface Done {
  /** What it was. */
  readonly job: CheckJob;
  /** What came of it; `null` if it did not come to its end. */
  readonly report: Report | null;
  /** How far it had come when it was last heard of. */
  readonly progress: Progress;
  /** How long it took, in milliseconds. */
  readonly wallMs: number;
}

const NOWHERE: Progress = { states: 0, expanded: 0, depth: 0 };

/** Does the jobs, the first ones first, and tells of all of them each time one has come further. Its answer is in their order. */
export async function runJobs(
  jobs: readonly CheckJob[],
  signal: AbortSignal,
  tell: (progress: readonly Progress[]) => void,
  cores: number = navigator.hardwareConcurrency,
): Promise<readonly Done[]> {
  const progress = jobs.map(() => NOWHERE);
  const done: Done[] = jobs.map((job) => ({ job, report: null, progress: NOWHERE, wallMs: 0 }));
  let next = 0;
  const work = async (run: Runner): Promise<void> => {
    while (next < jobs.length && !signal.aborted) {
      const index = next++;
      const job = jobs[index]!;
      await run(job, signal, (news) => {
        if (news.kind === "report") done[index] = { ...done[index]!, report: news.report, wallMs: news.wallMs };
        else progress[index] = news.progress;
        tell(progress);
      });
      done[index] = { ...done[index]!, progress: progress[index]! };
    }
  };
  const count = Math.min(cores, jobs.length);
  await Promise.all(Array.from({ length: count }, () => work(count > 1 ? inWorker : inProcess)));
  return done;
}

type Runner = (job: CheckJob, signal: AbortSignal, hear: (news: CheckNews) => void) => Promise<void>;

/** In a task of its own now and then, so that signals are heard in between. */
async function inProcess(job: CheckJob, signal: AbortSignal, hear: (news: CheckNews) => void): Promise<void> {
  for (const news of doJob(job)) {
    hear(news);
    await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) return;
  }
}

/** A worker a job: what its states took is free when it is done. Without the right to start one, in this process. */
function inWorker(job: CheckJob, signal: AbortSignal, hear: (news: CheckNews) => void): Promise<void> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./check_worker.ts", import.meta.url), { type: "module" });
    const end = (): void => {
      worker.terminate();
      signal.removeEventListener("abort", end);
      resolve();
    };
    signal.addEventListener("abort", end);
    worker.onmessage = ({ data }: MessageEvent<CheckNews>) => {
      hear(data);
      if (data.kind === "report") end();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      signal.removeEventListener("abort", end);
      resolve(inProcess(job, signal, hear));
    };
    worker.postMessage(job);
  });
}
