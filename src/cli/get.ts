import { parseCommandLine } from "./arguments.ts";
import { timeoutMs, withClient } from "./cluster.ts";
import { type Command, EXIT } from "./command.ts";
import { escapeForTerminal } from "./escape.ts";
import { explainWait } from "./patience.ts";

/** `paxos get`: reads the value. */
export const get: Command = {
  name: "get",
  summary: "print the value",
  usage: "[UID] [--local] [--timeout SECONDS] [--json] [--config FILE]",
  help: [
    "Prints the value alone, as it is: one that a quorum vouches for, no older than the question. Without UID any node may answer.",
    "",
    "  --local            what the node has at hand, possibly old",
    "  --timeout SECONDS  how long to wait for the answer (5)",
    "  --json             print one JSON object",
    "  --config FILE      the cluster ($PAXOS_CONFIG, paxos.json, or A, B, C on this machine)",
    "",
    "Exit code 0: there is a value. 1: there is none yet, or the node refuses. 3: no answer came in time.",
  ],
  examples: [
    ["paxos get", "the value, from any node that answers"],
    ["paxos get B --json", "with the instance that decided it"],
    ["paxos get C --local", "what C has, possibly old"],
  ],
  async run(args, terminal) {
    const { options, flags, positionals: { uid } } = parseCommandLine(args, {
      optional: ["uid"],
      options: ["timeout", "config"],
      flags: ["local", "json"],
    });
    const waitMs = timeoutMs(options.timeout);
    return await withClient(terminal, options.config, [uid], async (client) => {
      const reading = client.get(uid ?? null, { local: flags.local, timeoutMs: waitMs });
      const result = await explainWait(client, terminal, reading);
      if (result.outcome !== "value") {
        terminal.note(escapeForTerminal(`${result.outcome}: ${result.reason}`));
        return result.outcome === "refused" ? EXIT.no : EXIT.unknown;
      }
      const { value, instanceNumber, nodeInstanceNumber, node, read } = result;
      if (flags.json) {
        const instances = { instance_number: instanceNumber, node_instance_number: nodeInstanceNumber };
        terminal.print(JSON.stringify({ value, ...instances, node, read }));
      } else if (value !== null) {
        terminal.print(value);
      }
      if (value === null) terminal.note("no value was chosen yet");
      return value === null ? EXIT.no : EXIT.done;
    });
  },
};
