import type { StatusResult } from "../client/client.ts";
import { formatProposalId } from "../paxos/proposal_id.ts";
import { statusToJson } from "../wire/status_json.ts";
import { parseCommandLine } from "./arguments.ts";
import { withClient } from "./cluster.ts";
import { type Command, EXIT } from "./command.ts";
import { colours, escapeForTerminal } from "./escape.ts";
import type { NodeReport } from "./broken_ways.ts";
import { verdict } from "./verdict.ts";

/** How long a node may take to answer, in milliseconds. */
const TIMEOUT_MS = 1000;

/** `paxos status`: tells how the nodes are. */
export const status: Command = {
  name: "status",
  summary: "tell how the nodes are, and whether they can decide",
  usage: "[UID...] [--json] [--config FILE]",
  help: [
    "Prints a table of all nodes, or of the named ones, and a verdict.",
    "",
    "  --json         print an array, one object a node; the verdict goes to standard error",
    "  --config FILE  the cluster ($PAXOS_CONFIG, paxos.json, or A, B, C on this machine)",
    "",
    "Each node asks its peers before it answers. Exit code 0: all of these nodes answer, reach each other, and see no",
    "trouble. 1: otherwise; `paxos doctor` then tells what to do.",
  ],
  examples: [
    ["paxos status", "all nodes, and a verdict"],
    ["paxos status B --json", "one node, for a script"],
  ],
  async run(args, terminal) {
    const { options, flags, rest } = parseCommandLine(args, { options: ["config"], flags: ["json"], rest: "uid" });
    return await withClient(terminal, options.config, rest, async (client) => {
      const uids = rest.length > 0 ? [...new Set(rest)] : client.uids;
      const reports: NodeReport[] = await Promise.all(
        uids.map(async (uid) => ({ uid, status: await client.status(uid, { timeoutMs: TIMEOUT_MS, reach: true }) })),
      );
      const { healthy, sentences } = verdict(reports, client.uids.length);
      if (flags.json) terminal.print(JSON.stringify(reports.map(({ uid, status }) => statusToJson(uid, status))));
      else for (const line of table(reports)) terminal.print(line);
      const colour = colours(terminal.isInteractive && !flags.json, terminal.env("NO_COLOR"));
      for (const sentence of sentences) {
        const line = (healthy ? colour.green : colour.red)(escapeForTerminal(sentence));
        if (flags.json) terminal.note(line);
        else terminal.print(line);
      }
      return healthy ? EXIT.done : EXIT.no;
    });
  },
};

const HEADER = ["NODE", "LINK", "PROMISED", "ACCEPTED", "MODE", "MASTER", "PID", "UP", "VALUE"];
const MAX_VALUE_LENGTH = 40;

function table(reports: readonly NodeReport[]): string[] {
  const rows = [
    HEADER,
    ...reports.map(({ uid, status }) => [uid, ...(status === null ? ["unreachable"] : cells(status))]),
  ];
  const widths = HEADER.map((_, column) =>
    Math.max(...rows.filter((row) => row.length > 2).map((row) => row[column]?.length ?? 0))
  );
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}

function cells(status: StatusResult): string[] {
  const { instanceNumber, promisedId, acceptedId, mode, masterUid, leaseRemainingMs, pid, uptimeMs, value } = status;
  const shown = value === null ? "(none)" : escapeForTerminal(value);
  return [
    String(instanceNumber),
    formatProposalId(promisedId),
    formatProposalId(acceptedId),
    mode,
    masterUid === null ? "-" : `${masterUid} ${((leaseRemainingMs ?? 0) / 1000).toFixed(1)} s`,
    String(pid),
    `${Math.round(uptimeMs / 1000)} s`,
    shown.length > MAX_VALUE_LENGTH ? `${shown.slice(0, MAX_VALUE_LENGTH)}...` : shown,
  ];
}
