// What a node makes of a state file to which something has happened.
import { decodeState, type NodeState, type Owner, StateDamage } from "../../src/replica/node_state.ts";
import { StateError } from "../../src/runtime/errors.ts";
import { StateStore } from "../../src/runtime/state_store.ts";
import { FakeDisk } from "../runtime/fake_disk.ts";

/** What the node would begin with, or why it refuses. */
export type Verdict = { readonly state: NodeState | null } | { readonly refusal: string };

/** Loads the bytes as `serve` does, from a disk in memory; what is thrown besides a refusal ends the test. */
export function loadState(bytes: Uint8Array, owner: Owner): Verdict {
  const disk = new FakeDisk();
  disk.put("A.json", bytes);
  const store = StateStore.open(".", owner.uid, { files: disk, os: "linux" });
  try {
    const text = store.load();
    return { state: text === null ? null : decodeState(text, owner) };
  } catch (error) {
    if (error instanceof StateError || (error instanceof StateDamage && error.kind === "damaged")) {
      return { refusal: error.message };
    }
    throw error;
  } finally {
    store.close();
  }
}
