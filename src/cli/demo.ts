import { ReportedError } from "../runtime/errors.ts";
import { integerInRange, parseCommandLine } from "./arguments.ts";
import type { Command } from "./command.ts";
import { EXIT } from "./command.ts";
import { DemoCluster, type DemoEvent } from "./demo_cluster.ts";
import { runPrompt } from "./demo_prompt.ts";
import { runTour, TourError } from "./demo_tour.ts";
import { escapeForTerminal } from "./escape.ts";
import { linesOf } from "./lines.ts";
import { onStopSignal } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

const SPEC = { options: ["nodes"], flags: ["master"] } as const;

/** `paxos demo`. */
export const demo: Command = {
  name: "demo",
  summary: "three nodes in one terminal: choose values, kill nodes, see them come back",
  usage: "[--nodes N] [--master]",
  help: [
    "With a terminal on standard input you type values and kill and restart nodes. Without one it is a guided tour that",
    "ends by itself: choose a value, kill a node, choose on, start it again, let it catch up, kill all, start all.",
    "The nodes are processes of their own, on free UDP ports, with state files in a temporary directory.",
    "",
    "--nodes N   how many nodes, 3 to 7 (3)",
    "--master    with a master, by a lease of one second: kill it, and see another one elected",
  ],
  examples: [
    ["paxos demo", "three nodes: type values, crash and restart nodes"],
    ["paxos demo --nodes 5 < /dev/null", "the guided tour, with five"],
  ],
  async run(args, terminal) {
    const { options, flags } = parseCommandLine(args, SPEC);
    const count = options.nodes === undefined ? 3 : integerInRange("--nodes", options.nodes, 3, 7);
    const say = (line: string) => void terminal.print(escapeForTerminal(line));
    const cluster = await DemoCluster.create({ count, master: flags.master }, (event) => report(event, terminal));
    const interrupt = () => void cluster.close().finally(() => Deno.exit(EXIT.done));
    const ignore = onStopSignal(interrupt);
    try {
      if (Deno.stdin.isTerminal()) {
        await runPrompt(cluster, linesOf(Deno.stdin.readable), (line) => print(line, terminal));
      } else await runTour(cluster, say);
      return EXIT.done;
    } catch (error) {
      if (!(error instanceof TourError || error instanceof ReportedError)) throw error;
      terminal.note(escapeForTerminal(`The demo ends here: ${error.message}`));
      return EXIT.no;
    } finally {
      ignore();
      await cluster.close();
    }
  },
};

/** What a node tells, in a line of its own. */
function report({ uid, event, fields }: DemoEvent, terminal: Terminal): void {
  const sentence = describe(event, fields);
  if (sentence !== null) terminal.print(escapeForTerminal(`   ${uid}: ${sentence}`));
}

function describe(event: string, fields: DemoEvent["fields"]): string | null {
  switch (event) {
    case "listening":
      return `listens on ${fields.address}, decides link ${fields.instance_number}`;
    case "chosen":
      return `has learned that instance ${fields.instance_number} chose ${JSON.stringify(fields.value)}`;
    case "caught_up":
      return `was brought up to date by ${fields.from}, and decides link ${fields.instance_number}`;
    case "lease":
      return describeLease(fields);
    case "trouble":
    case "error":
      return `trouble: ${fields.text}`;
    case "ended":
      return fields.signal === null ? `has ended with exit code ${fields.code}` : `was killed by ${fields.signal}`;
    default:
      return null;
  }
}

function describeLease({ change, master_uid: master }: DemoEvent["fields"]): string | null {
  switch (change) {
    case "granted":
      return `knows that the lease was granted to ${master}`;
    case "lost":
      return "is master no more";
    case "waits":
      return "votes for nobody for a while: a lease may still stand, of which it was not told";
    default:
      return null;
  }
}

function print(text: string, terminal: Terminal): void {
  for (const line of text.split("\n")) terminal.print(escapeForTerminal(line));
}
