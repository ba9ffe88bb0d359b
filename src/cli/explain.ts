import type { PaxosClient } from "../client/client.ts";
import { formatProposalId, MAX_PROPOSAL_NUMBER, sameProposalId } from "../paxos/proposal_id.ts";
import type { LinkRecord } from "../replica/link_record.ts";
import { ConfigurationError, osReason, UsageError } from "../runtime/errors.ts";
import { integerInRange, parseCommandLine } from "./arguments.ts";
import { withClient } from "./cluster.ts";
import { type Command, EXIT } from "./command.ts";
import { escapeForTerminal } from "./escape.ts";
import { type Explanation, explanationJson, explanationLines } from "./explanation.ts";
import type { Terminal } from "./terminal.ts";

/** How long a node may take to answer, in milliseconds. */
const TIMEOUT_MS = 1000;

/** `paxos explain`: tells why an instance was decided as it was. */
export const explain: Command = {
  name: "explain",
  summary: "tell why a value won: which promises, which acceptances",
  usage: "<INSTANCE> [--trace FILE] [--json] [--config FILE]",
  help: [
    "Asks all nodes what they have seen of the decision. A node remembers the last 1,024 links of its present life; the promises",
    "are known to the node that made the proposal. What no node has seen cannot be told any more.",
    "",
    "  --trace FILE   read a run that `paxos sim --trace` has written instead",
    "  --json         print one JSON object",
    "  --config FILE  the cluster ($PAXOS_CONFIG, paxos.json, or A, B, C on this machine)",
    "",
    "Exit code 1: the instance is not decided, or nobody remembers. 3: no node answers.",
  ],
  examples: [
    ["paxos explain 0", "why the first value won"],
    ["paxos explain 0 --trace run.jsonl", "the same, in a run of the simulator"],
  ],
  async run(args, terminal) {
    const { options, flags, positionals: { instance } } = parseCommandLine(args, {
      required: ["instance"],
      options: ["trace", "config"],
      flags: ["json"],
    });
    const number = integerInRange("INSTANCE", instance, 0, MAX_PROPOSAL_NUMBER);
    const { trace } = options;
    if (trace !== undefined && options.config !== undefined) {
      throw new UsageError("a trace is of no cluster: leave --config out");
    }
    const found = trace === undefined
      ? await withClient(terminal, options.config, [], (client) => askNodes(client, number))
      : await readTrace(trace, number);
    return tell(found, flags.json, terminal);
  },
};

/** What is known, or why nothing is. */
type Found = { readonly explanation: Explanation } | { readonly reason: string; readonly code: number };

async function askNodes(client: PaxosClient, number: number): Promise<Found> {
  const answers = await Promise.all(client.uids.map((uid) => client.explain(uid, number, { timeoutMs: TIMEOUT_MS })));
  const heard = answers.filter((answer) => answer !== null);
  if (heard.length === 0) return { reason: "no node answers", code: EXIT.unknown };
  const records = heard.map(({ record }) => record).filter((record) => record !== null);
  const best = records.find(({ promises }) => promises !== null) ?? records[0];
  if (best === undefined) {
    const reached = Math.max(...heard.map(({ instanceNumber }) => instanceNumber));
    return {
      reason: whyNot(number, reached, "no node that answers has seen its decision in its present life"),
      code: EXIT.no,
    };
  }
  const { uid } = best.proposalId;
  const withoutPromises =
    `Which promises ${formatProposalId(best.proposalId)} rests on is known to node ${uid} alone, ` +
    (answers[client.uids.indexOf(uid)] == null ? "which does not answer." : "which does not remember.");
  return { explanation: { record: together(best, records), nodes: client.uids, withoutPromises } };
}

/** Who accepted the proposal, as far as any node knows. */
function together(best: LinkRecord, records: readonly LinkRecord[]): LinkRecord {
  const same = records.filter(({ proposalId }) => sameProposalId(proposalId, best.proposalId));
  return { ...best, acceptedBy: [...new Set(same.flatMap(({ acceptedBy }) => acceptedBy))].sort() };
}

async function readTrace(path: string, number: number): Promise<Found> {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    throw new ConfigurationError(
      `Cannot read the trace ${path}: ${osReason(error)}. Name a file that \`paxos sim --trace\` wrote.`,
    );
  }
  const { explainTrace } = await import("../sim/explain.ts");
  const decision = explainTrace(text.split("\n"), number);
  switch (decision.kind) {
    case "damaged":
      throw new ConfigurationError(
        `${path} is no trace: line ${decision.line}: ${decision.reason}. Name a file that \`paxos sim --trace\` wrote.`,
      );
    case "undecided":
      return { reason: whyNot(number, decision.reached, "the trace does not show how"), code: EXIT.no };
    case "decided": {
      const { nodes, record } = decision;
      const withoutPromises = `The promises for ${
        formatProposalId(record.proposalId)
      } were given in an earlier instance: promises outlive the link.`;
      return { explanation: { record, nodes, withoutPromises } };
    }
  }
}

function whyNot(number: number, reached: number, otherwise: string): string {
  return number >= reached
    ? `instance ${number} is not decided: ${reached} is the one being decided`
    : `instance ${number} is decided, but ${otherwise}`;
}

function tell(found: Found, asJson: boolean, terminal: Terminal): number {
  if (!("explanation" in found)) {
    terminal.note(escapeForTerminal(found.reason));
    return found.code;
  }
  const lines = asJson
    ? [explanationJson(found.explanation)]
    : explanationLines(found.explanation).map(escapeForTerminal);
  for (const line of lines) terminal.print(line);
  return EXIT.done;
}
