import { compareProposalIds, formatProposalId } from "../../src/paxos/proposal_id.ts";
import { forcingPromise, type LinkRecord } from "../../src/replica/link_record.ts";
import { PlainNode } from "../../src/node.ts";
import { explainTrace } from "../../src/sim/explain.ts";
import { Search } from "../../src/sim/search.ts";
import { traceStorm } from "../../src/sim/trace.ts";
import { assert, assertEquals } from "../assert.ts";

/** The nodes' own memories of a run, by instance; what is told of a run must agree with them. */
const remembered = new Map<number, LinkRecord[]>();

class RememberingNode extends PlainNode {
  protected override learn(link: string): void {
    const { instanceNumber } = this;
    super.learn(link);
    const record = this.recall(instanceNumber);
    if (record !== null) remembered.set(instanceNumber, [...remembered.get(instanceNumber) ?? [], record]);
  }
}

function traceOf(seed: number): string[] {
  remembered.clear();
  const subject = { nodeClass: RememberingNode };
  const { genes } = new Search(subject).run(seed);
  remembered.clear();
  const lines: string[] = [];
  traceStorm(genes, subject, { seed, bug: null }, (line) => lines.push(line));
  return lines;
}

Deno.test("what a trace tells of each instance of a storm is what the nodes remember", () => {
  let [compared, forced] = [0, 0];
  for (const seed of [0, 3, 7, 11]) {
    const lines = traceOf(seed);
    for (const [instanceNumber, records] of remembered) {
      const decision = explainTrace(lines, instanceNumber);
      assert(decision.kind === "decided", `seed ${seed}, instance ${instanceNumber}: ${decision.kind}`);
      const { record, nodes } = decision;
      assertEquals(record.value, records[0]!.value, `seed ${seed}, instance ${instanceNumber}`);
      assert(record.acceptedBy.length > nodes.length / 2);
      // The trace sees the first quorum; a node may first hear of a later proposal of the same value.
      for (const mine of records) assert(compareProposalIds(record.proposalId, mine.proposalId) <= 0);
      const proposer = records.find(({ promises, proposalId }) =>
        promises !== null && formatProposalId(proposalId) === formatProposalId(record.proposalId)
      );
      if (proposer === undefined || record.promises === null) continue;
      compared++;
      const [seen, known] = [record, proposer].map(({ promises }) =>
        formatProposalId(forcingPromise(promises!)?.lastAcceptedId ?? null)
      );
      assertEquals(seen, known, `seed ${seed}, instance ${instanceNumber}`);
      if (known !== "none") forced++;
    }
  }
  assert(compared > 30, `${compared} compared`);
  assert(forced > 0, "some values were forced");
});

Deno.test("an instance that the run did not decide is told as such, and so is a file that is no trace", () => {
  const lines = traceOf(0);
  const decision = explainTrace(lines, 1_000_000);
  assert(decision.kind === "undecided" && decision.reached > 0);
  for (
    const [text, line, reason] of [
      ["", 1, "the file is empty"],
      ["nonsense", 1, "it is not a JSON object"],
      ["{}", 1, "it is no head of a trace of version 1"],
      [`${lines[0]}\n[1]`, 2, "it is not a JSON object"],
    ] as const
  ) {
    assertEquals(explainTrace(text.split("\n"), 0), { kind: "damaged", line, reason });
  }
});
