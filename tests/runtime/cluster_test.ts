import type { StatusResult } from "../../src/client/client.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { Cluster } from "./cluster.ts";

/** Proposes by a node and fails unless that was chosen; gives the instance. */
async function choose(cluster: Cluster, uid: string, value: string): Promise<number> {
  const result = await cluster.client.propose(uid, value);
  assert(result.outcome === "chosen", `${value} at ${uid}: ${JSON.stringify(result)}`);
  return result.instanceNumber;
}

async function read(cluster: Cluster, uid: string): Promise<string | null> {
  const result = await cluster.client.get(uid);
  assert(result.outcome === "value", JSON.stringify(result));
  return result.value;
}

machineTest(
  "three processes agree, one that is killed with SIGKILL catches up, and after the death of all the value stands",
  async (t) => {
    await using cluster = await Cluster.create();
    const has = (value: string) => (status: StatusResult) => status.value === value;

    await t.step("any node takes a value, and every node reads it", async () => {
      await cluster.start();
      for (const [index, uid] of cluster.uids.entries()) {
        assertEquals(await choose(cluster, uid, `by ${uid}`), index);
        for (const reader of cluster.uids) assertEquals(await read(cluster, reader), `by ${uid}`);
      }
    });

    await t.step("a quorum goes on without the third, which catches up within 2 s of its restart", async () => {
      await cluster.kill(["C"]);
      assertEquals(await choose(cluster, "A", "without C"), 3);
      assertEquals(await choose(cluster, "B", "still without C"), 4);
      await cluster.start("C");
      await cluster.until("C", "the value that it missed", has("still without C"), 2000);
      assertEquals(await read(cluster, "C"), "still without C");
    });

    await t.step("after the death of all three at once the value stands, and the chain goes on", async () => {
      await cluster.kill();
      await cluster.start();
      assertEquals(await read(cluster, "B"), "still without C");
      assertEquals(await choose(cluster, "C", "after the night"), 5);
      for (const uid of cluster.uids) await cluster.until(uid, "the newest value", has("after the night"));
    });

    await t.step(
      "with two of three down nothing hangs: the outcome is unknown, and the status says that there is no quorum",
      async () => {
        await cluster.kill(["A", "C"]);
        const began = performance.now();
        const proposed = await cluster.paxos("propose", "B", "lonely", "--timeout", "1.2");
        assert(performance.now() - began < 2500, "propose ends in time");
        assertEquals(proposed.code, 3);
        assertEquals(proposed.stdout, "unknown: no quorum has answered in time; the value may still be chosen\n");
        assertEquals(proposed.stderr, "waits: 2 of 3 nodes do not answer (A, C)\n");
        const [got, silent, status] = await Promise.all([
          cluster.paxos("get", "B", "--timeout", "0.3"),
          cluster.paxos("propose", "A", "x", "--timeout", "0.3"),
          cluster.paxos("status"),
        ]);
        assertEquals(got, { code: 3, stdout: "", stderr: "unknown: no answer from B in 0.3 s\n" });
        assertEquals(silent.code, 3);
        assertEquals(silent.stdout, "unknown: no answer from A in 0.3 s; the value may still be chosen\n");
        assertEquals(status.code, 1);
        assertMatch(status.stdout, /^B +6 .* after the night$/m);
        assertMatch(status.stdout, /^quorum: no, 1 of 3 nodes answers and 2 are needed: no value can be chosen$/m);
        assertMatch(status.stdout, /^unreachable: A, C$/m);
      },
    );

    await t.step("SIGTERM ends a node with exit code 0", async () => {
      assertEquals(await cluster.kill(["B"], "SIGTERM"), [0]);
    });
  },
);
