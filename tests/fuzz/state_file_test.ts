// Every truncation and every damaged byte of a real state file is seen.
import { sameState } from "../../src/replica/node_state.ts";
import { Cluster } from "../runtime/cluster.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { loadState, type Verdict } from "./state_file.ts";

const REASONS = new RegExp([
  "is empty",
  "is cut off at byte \\d+",
  "is not JSON",
  "is not UTF-8 text",
  "does not end with a checksum",
  "its checksum is [0-9a-f]{8}, but its content gives [0-9a-f]{8}",
  "no save leaves a file of this size",
  "neither of its two slots",
  "do not follow each other",
].join("|"));

/** The bytes of node A's state file after three values and an end by this signal, and who reads it how. */
async function realFile(signal: Deno.Signal) {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start();
  for (const value of ["x", '"quoted" \u00e9', "z"]) {
    assertEquals((await cluster.client.propose("A", value)).outcome, "chosen");
  }
  await cluster.kill(["A"], signal);
  const bytes = await Deno.readFile(cluster.stateFile("A"));
  return { bytes, load: (damaged: Uint8Array): Verdict => loadState(damaged, { uid: "A", nodes: cluster.uids }) };
}

function flipped(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  const changed = bytes.slice();
  changed[at]! ^= mask;
  return changed;
}

machineTest("every truncation and every flipped byte of a state file at rest is refused, with the reason", async () => {
  const { bytes, load } = await realFile("SIGTERM");
  const whole = load(bytes);
  assert("state" in whole && (whole.state?.instanceNumber ?? 0) > 0);
  for (let length = 0; length < bytes.length; length++) {
    const verdict = load(bytes.subarray(0, length));
    assert("refusal" in verdict, `cut off at byte ${length}`);
    assertMatch(verdict.refusal, REASONS);
  }
  for (let at = 0; at < bytes.length; at++) {
    // Each of its bits, and all of them.
    for (const mask of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
      const verdict = load(flipped(bytes, at, mask));
      assert("refusal" in verdict, `byte ${at} ^ ${mask}`);
      assertMatch(verdict.refusal, REASONS);
    }
  }
});

machineTest(
  "of a killed node's state file every truncation is refused, a flipped byte leaves the state, and one in both slots is refused",
  async () => {
    const { bytes, load } = await realFile("SIGKILL");
    const whole = load(bytes);
    assert("state" in whole && whole.state !== null);
    const half = bytes.length / 2;
    assertEquals(bytes.subarray(0, half), bytes.subarray(half), "the last save had reached both slots");
    for (let length = 0; length < bytes.length; length++) {
      const verdict = load(bytes.subarray(0, length));
      assert("refusal" in verdict, `cut off at byte ${length}`);
      assertMatch(verdict.refusal, REASONS);
    }
    for (let at = 0; at < bytes.length; at++) {
      const damaged = flipped(bytes, at, 1 << (at % 8));
      const verdict = load(damaged);
      assert(
        "state" in verdict && verdict.state !== null &&
          sameState(verdict.state, { ...whole.state, register: verdict.state.register }),
        `byte ${at}`,
      );
      assertEquals(verdict.state.register, whole.state.register);
      const twice = load(flipped(damaged, (at + half) % bytes.length, 1 << (at % 8)));
      assert("refusal" in twice, `byte ${at} of both slots`);
      assertMatch(twice.refusal, REASONS);
    }
  },
);
