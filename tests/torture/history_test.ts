import type { PaxosClient } from "../../src/client/client.ts";
import type { RecordedOperation } from "../../src/sim/checkers/history.ts";
import { explainLinearizability } from "../../src/sim/checkers/linearizability.ts";
import { assert, assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { historyToText, judgeHistory, perform, recordHistory } from "./history.ts";

machineTest(
  "100 operations and more of 8 clients under kill -9 are linearizable, and one answer changed is seen",
  async () => {
    const { history, kills } = await recordHistory({ operations: 100, killEveryMs: 300, leastChosen: 20 });
    assert(history.length >= 100 && kills >= 3, `${history.length} operations, ${kills} kills`);
    const text = historyToText(history);
    const judged = judgeHistory(text);
    assertEquals(judged.verdict, "LINEARIZABLE", `${explainLinearizability(judged)}\n${text}`);
    const chosen = history.filter(({ outcome }) => outcome.type === "chosen");
    assert(chosen.length >= 20, `${chosen.length} updates were chosen`);

    const last = Math.max(...history.map((operation) => operation.return ?? 0));
    const stale: RecordedOperation = {
      client: 0,
      call: last + 1,
      return: last + 2,
      operation: { type: "read" },
      outcome: { type: "ok", value: null },
    };
    assertEquals(judgeHistory(historyToText([...history, stale])).verdict, "VIOLATION");
  },
);

Deno.test("what is refused for another reason than the value that stands is no answer of the register", async () => {
  const told = (reason: string) => {
    const client = { compareAndSet: () => Promise.resolve({ outcome: "not_chosen", reason, node: "A" }) };
    return perform(client as unknown as PaxosClient, "A", { type: "compareAndSet", expected: "w", value: "x" });
  };
  assertEquals(await told('the value is "v", not "w"'), { type: "not_chosen" });
  assertEquals(await told('the value was not "w" when link 7 was applied'), { type: "not_chosen" });
  const reason = "node A has too many values waiting (1024): try again later, or another node";
  assertEquals(await told(reason), { type: "refused", reason });
});
