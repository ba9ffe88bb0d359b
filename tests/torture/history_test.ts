import type { RecordedOperation } from "../../src/sim/checkers/history.ts";
import { explainLinearizability } from "../../src/sim/checkers/linearizability.ts";
import { assert, assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { historyToText, judgeHistory, recordHistory } from "./history.ts";

machineTest("100 operations of 8 clients under kill -9 are linearizable, and one answer changed is seen", async () => {
  const { history, kills } = await recordHistory({ operations: 100, killEveryMs: 300 });
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
});
