import { PlainNode } from "../node.ts";
import { defaultStateDir, loadConfiguration } from "../runtime/configuration.ts";
import { UsageError } from "../runtime/errors.ts";
import { loadNodeClass } from "../runtime/node_class.ts";
import { Server } from "../runtime/server.ts";
import { parseCommandLine } from "./arguments.ts";
import { type Command, EXIT } from "./command.ts";
import { nodeLog } from "./node_log.ts";
import { onStopSignal } from "./signals.ts";

/** `paxos serve`: runs a node. */
export const serve: Command = {
  name: "serve",
  summary: "run one node, until it is interrupted",
  usage: "<UID> [--config FILE] [--state-dir DIR] [--insecure] [--node FILE.ts] [--quiet] [--log text|json]",
  help: [
    "Prints every datagram sent and received and every chosen link.",
    "",
    "  --config FILE    the cluster ($PAXOS_CONFIG, paxos.json, or A, B, C on this machine)",
    "  --state-dir DIR  where <UID>.json is kept (the configuration's, or the platform's directory for user state)",
    "  --insecure       allow addresses that other machines reach, though no secret proves who sends a datagram",
    "  --node FILE.ts   run the composition that is the default export of the file (from source only)",
    "  --quiet          print start, stop and trouble only",
    "  --log text|json  how to print (text); json: one object a line",
  ],
  async run(args, terminal) {
    const { options, flags, positionals: { uid } } = parseCommandLine(args, {
      required: ["uid"],
      options: ["config", "state-dir", "node", "log"],
      flags: ["insecure", "quiet"],
    });
    const format = options.log ?? "text";
    if (format !== "text" && format !== "json") {
      throw new UsageError(`--log is ${JSON.stringify(format)}: use text or json`);
    }
    const env = (name: string) => terminal.env(name);
    const configuration = loadConfiguration({ configFile: options.config, env });
    const nodeClass = options.node === undefined ? PlainNode : await loadNodeClass(options.node);
    let server: Server | null = null;
    // Where nobody reads on, nobody would notice the node either: it ends, as programs in a pipe do.
    const print = (line: string) => {
      if (!terminal.print(line)) server?.stop();
    };
    server = await Server.start({
      uid,
      configuration,
      stateDir: options["state-dir"] ?? configuration.stateDir ??
        defaultStateDir(Deno.build.os, env),
      insecure: flags.insecure,
      nodeClass,
      log: nodeLog({ format, quiet: flags.quiet, print }),
    });
    const stop = () => server.stop();
    const ignore = onStopSignal(stop);
    const error = await server.finished;
    ignore();
    if (error !== null) throw error;
    return EXIT.done;
  },
};
