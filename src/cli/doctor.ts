import { resolveNodes } from "../runtime/addresses.ts";
import { defaultStateDir, loadConfiguration } from "../runtime/configuration.ts";
import { type Examination, examine, nearestDirectory } from "../runtime/examination.ts";
import { PaxosClient } from "../client/client.ts";
import { parseCommandLine } from "./arguments.ts";
import type { NodeReport } from "./broken_ways.ts";
import { type Command, EXIT } from "./command.ts";
import { diagnose, type Finding } from "./diagnosis.ts";
import { probeDisk } from "./disk_probe.ts";
import { colours, escapeForTerminal } from "./escape.ts";
import { verdict } from "./verdict.ts";

/** How long a node may take to answer, in milliseconds. */
const STATUS_MS = 1000;

/** `paxos doctor`: names what is wrong, and what to do next. */
export const doctor: Command = {
  name: "doctor",
  summary: "name what is wrong with a cluster or a state directory, and the next command",
  usage: "[--json] [--config FILE] [--state-dir DIR]",
  help: [
    "Asks all nodes how they are, and whom they reach; looks at the ports, locks, processes and state of those on this machine that",
    "do not answer; tries to write to the state directory. Changes nothing, and takes three seconds at most.",
    "",
    '  --json           print one object: {"healthy", "findings": [{"kind", "node", "text", "next"}]}',
    "  --config FILE    the cluster ($PAXOS_CONFIG, paxos.json, or A, B, C on this machine)",
    "  --state-dir DIR  where the nodes of this machine keep their state, if they were started with that option",
    "",
    "Exit code 0: nothing is wrong. 1: something is.",
  ],
  examples: [
    ["paxos doctor", "names what is wrong, and the next command for each"],
    ["paxos doctor --config /etc/paxos.json --json", "the same, of another cluster, for programs"],
  ],
  async run(args, terminal) {
    const { options, flags } = parseCommandLine(args, { options: ["config", "state-dir"], flags: ["json"] });
    const env = (name: string) => terminal.env(name);
    const configuration = loadConfiguration({ configFile: options.config, env });
    const { secretFile } = configuration;
    const stateDir = options["state-dir"] ?? configuration.stateDir ?? defaultStateDir(Deno.build.os, env);
    const addresses = await resolveNodes(configuration.nodes);
    const client = await PaxosClient.open({ nodes: Object.fromEntries(configuration.nodes), secretFile });
    const [disk, reports] = await Promise.all([probeDisk(nearestDirectory(stateDir)), askAll(client)]);
    client.close();
    const examinations = new Map<string, Examination>();
    for (const { uid, status } of reports) {
      if (status !== null) continue;
      const nodes = [...addresses.keys()];
      examinations.set(uid, await examine({ uid, address: addresses.get(uid)!, nodes, stateDir }));
    }
    const given = [["config", options.config], ["state-dir", options["state-dir"]]] as const;
    const started = given.map(([name, value]) => value === undefined ? "" : ` --${name} ${value}`).join("");
    const findings = diagnose({ reports, examinations, addresses, stateDir, disk, options: started, secretFile });
    const [quorum, ...others] = verdict(reports, addresses.size).sentences;
    if (flags.json) {
      terminal.print(JSON.stringify({ healthy: findings.length === 0, findings }));
      return findings.length === 0 ? EXIT.done : EXIT.no;
    }
    const colour = colours(terminal.isInteractive, terminal.env("NO_COLOR"));
    const say = (text: string, paint = (text: string) => text) => terminal.print(paint(escapeForTerminal(text)));
    say(quorum ?? "");
    for (const finding of findings) tell(finding, say, colour);
    if (findings.length === 0) {
      for (const sentence of others) say(sentence);
      say("nothing is wrong, as far as can be seen from here", colour.green);
    }
    return findings.length === 0 ? EXIT.done : EXIT.no;
  },
};

function tell(
  { kind, text, next }: Finding,
  say: (text: string, paint?: (text: string) => string) => void,
  colour: ReturnType<typeof colours>,
): void {
  say(`${kind.replaceAll("_", " ")}: ${text}`, colour.red);
  say(`  next: ${next}`);
}

async function askAll(client: PaxosClient): Promise<NodeReport[]> {
  return await Promise.all(
    client.uids.map(async (uid) => ({ uid, status: await client.status(uid, { timeoutMs: STATUS_MS, reach: true }) })),
  );
}
