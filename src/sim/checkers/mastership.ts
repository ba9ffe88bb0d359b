import type { Violation } from "../events.ts";
import type { Checker, Running } from "./checker.ts";

/** One master: at no moment of true time do two nodes believe that they are master, be they paused or awake. */
export class MastershipChecker implements Checker {
  /** Asks all nodes, each by its own clock. */
  moment(machines: Iterable<Running>): Violation | null {
    let master: string | null = null;
    for (const { uid, node } of machines) {
      if (node === null || !("isMaster" in node) || node.isMaster !== true) continue;
      if (master !== null) {
        return { kind: "mastership", message: `nodes ${master} and ${uid} are master at one moment` };
      }
      master = uid;
    }
    return null;
  }
}
