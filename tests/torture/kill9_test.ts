import { assert, assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { killRounds } from "./kill9.ts";

machineTest(
  "ten rounds of kill -9 under steady proposals: what was reported chosen is in the chain, and no two nodes differ",
  async () => {
    const { violations, outcomes } = await killRounds(10);
    assertEquals(violations, []);
    assert((outcomes.chosen ?? 0) >= 20, JSON.stringify(outcomes));
  },
);
