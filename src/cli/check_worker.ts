// One core's share of `paxos check`: runs as a worker, is sent jobs, and tells how far it is and what came of them.
import { type CheckJob, type CheckNews, doJob } from "./check_job.ts";

/** The part of a worker's global scope that is used here: the compiler knows that of a page only. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<CheckJob>) => void) | null;
  postMessage(news: CheckNews): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data }) => {
  for (const news of doJob(data)) scope.postMessage(news);
};
