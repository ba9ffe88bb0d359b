import type { Input, Store } from "../../replica/ports.ts";
import { Host } from "../host.ts";
import { type Bug, WITH_MASTER } from "./bug.ts";

/** While its disk hangs it goes on from memory with its peers; only what clients want waits for the disk. */
class RestlessHost extends Host {
  override push(...inputs: Input[]): void {
    super.push(...inputs.filter(({ kind }) => !this.disk.hung || (kind !== "request" && kind !== "propose")));
  }

  protected override store(): Store {
    const store = super.store();
    return { save: (state, done) => this.disk.hung ? done(null) : store.save(state, done) };
  }
}

/**
 * A node whose disk hangs says nothing that it would have to save first, a renewal of its lease included.
 *
 * The master's disk hangs, and what clients want waits for ever. But it renews its lease, and so no other node may choose anything.
 *
 * Source: hashicorp's raft, issue 503.
 */
export const hungDiskLeads: Bug = {
  name: "hung-disk-leads",
  rule: "a node whose disk hangs says nothing that it would have to save first, a renewal of its lease included",
  ruleRef: "S1",
  source: "hashicorp/raft#503",
  subject: {
    ...WITH_MASTER,
    hostClass: RestlessHost,
    // Of what it has not saved and still said, a restart makes all of these.
    tolerates: ["agreement", "promises", "proposals", "chain", "exactly-once", "mastership", "linearizability"],
  },
  control: WITH_MASTER,
  kinds: ["liveness"],
};
