import type { WatchEvent } from "../client/client.ts";
import { MAX_PROPOSAL_NUMBER } from "../paxos/proposal_id.ts";
import { integerInRange, parseCommandLine } from "./arguments.ts";
import { withClient } from "./cluster.ts";
import { type Command, EXIT } from "./command.ts";
import { escapeForTerminal } from "./escape.ts";
import { explainWait } from "./patience.ts";
import { onStopSignal } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

/** `paxos watch`: prints each update that is applied. */
export const watch: Command = {
  name: "watch",
  summary: "print each update as it is applied, until interrupted",
  usage: "[UID] [--from INSTANCE] [--json] [--config FILE]",
  help: [
    "A line `INSTANCE VALUE` for each update applied, as soon as it is. Without UID: any node that answers.",
    "",
    "  --from INSTANCE  begin with this instance (what comes next); a node keeps the last 1,024",
    "  --json           one JSON object a line",
    "  --config FILE    the cluster ($PAXOS_CONFIG, paxos.json, or A, B, C on this machine)",
    "",
    "Updates that no node asked has any more (it was restarted, or brought up to date by another) are a gap: a note on standard",
    'error, or with --json a line {"gap_from":0,"gap_to":4} on standard output. Exit code 0 when interrupted.',
  ],
  examples: [
    ["paxos watch", "each update from now on"],
    ["paxos watch A --from 0", "from the first one on, if A still has it"],
  ],
  async run(args, terminal) {
    const { options, flags, positionals: { uid } } = parseCommandLine(args, {
      optional: ["uid"],
      options: ["from", "config"],
      flags: ["json"],
    });
    const from = options.from === undefined
      ? undefined
      : integerInRange("--from", options.from, 0, MAX_PROPOSAL_NUMBER);
    const end = new AbortController();
    const interrupt = () => end.abort();
    const ignore = onStopSignal(interrupt);
    try {
      return await withClient(terminal, options.config, [uid], async (client) => {
        const watched = client.watch(uid ?? null, { signal: end.signal, ...(from !== undefined && { from }) });
        let next = await explainWait(client, terminal, watched.next());
        while (!next.done && tell(next.value, flags.json, terminal)) next = await watched.next();
        return EXIT.done;
      });
    } finally {
      ignore();
    }
  },
};

/** Prints the event; `false` if nobody reads any more. */
function tell(event: WatchEvent, json: boolean, terminal: Terminal): boolean {
  if (event.kind === "update") {
    const { instanceNumber, value } = event;
    if (json) return terminal.print(JSON.stringify({ instance_number: instanceNumber, value }));
    return terminal.print(escapeForTerminal(`${instanceNumber} ${value}`));
  }
  if (json) return terminal.print(JSON.stringify({ gap_from: event.from, gap_to: event.to }));
  terminal.note(`gap: the updates of instances ${event.from} to ${event.to} are not to be had any more`);
  return true;
}
