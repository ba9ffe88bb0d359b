// One core's share of `paxos sim`: runs as a worker, answers each message with one.
import { Search } from "../sim/search.ts";
import { loadSubject, runSeeds, type SeedOutcome, type SimReady, type SimRequest } from "./sim_job.ts";

/** The part of a worker's global scope that is used here: the compiler knows that of a page only. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<SimRequest>) => void) | null;
  postMessage(answer: SimReady | readonly SeedOutcome[]): void;
}

const scope = globalThis as unknown as WorkerScope;
let search = new Search();

scope.onmessage = async ({ data }) => {
  if (data.kind === "seeds") return scope.postMessage(runSeeds(search, data.seeds));
  try {
    search = new Search(await loadSubject(data.job));
    scope.postMessage({ trouble: null });
  } catch (error) {
    scope.postMessage({ trouble: error instanceof Error ? error.message : String(error) });
  }
};
