import { MasterNode, PlainNode } from "../node.ts";
import { defaultStateDir, loadConfiguration } from "../runtime/configuration.ts";
import { EventFeed } from "../http/event_feed.ts";
import { HttpService } from "../http/http_service.ts";
import { UsageError } from "../runtime/errors.ts";
import { allLogs } from "../runtime/log.ts";
import { logLine } from "../runtime/log_json.ts";
import { loadNodeClass } from "../runtime/node_class.ts";
import { Server } from "../runtime/server.ts";
import { parseCommandLine } from "./arguments.ts";
import { type Command, EXIT } from "./command.ts";
import { parseHttpAddress } from "./http_address.ts";
import { nodeLog } from "./node_log.ts";
import { onStopSignal } from "./signals.ts";

/** `paxos serve`: runs a node. */
export const serve: Command = {
  name: "serve",
  summary: "run one node, until it is interrupted",
  usage:
    "<UID> [--master] [--config FILE] [--state-dir DIR] [--http [HOST:]PORT] [--insecure] [--node FILE.ts] [--rejoin] [--quiet] " +
    "[--log text|json]",
  help: [
    "Prints every datagram sent and received and every chosen link.",
    "",
    "  --master         one node at a time is master, by a lease in the chain: all nodes must run in the same mode",
    "  --config FILE    the cluster ($PAXOS_CONFIG, paxos.json, or A, B, C on this machine)",
    "  --state-dir DIR  where <UID>.json is kept (the configuration's, or the platform's directory for user state)",
    "  --http ADDRESS   serve /metrics, /healthz, /status and /events, read-only, on [HOST:]PORT (HOST: 127.0.0.1)",
    "  --insecure       allow addresses that other machines reach, though no secret proves who sends a datagram",
    "  --node FILE.ts   run the composition that is the default export of the file (from source only)",
    "  --rejoin         come back after the loss of the state file, without breaking a promise: once all other nodes have",
    "                   answered, this one abstains for a few links, and then votes again",
    "  --quiet          print start, stop, trouble and who becomes master only",
    "  --log text|json  how to print (text); json: one object a line",
  ],
  examples: [
    ["paxos serve A", "node A of the cluster, until Ctrl+C"],
    ["paxos serve A --quiet --state-dir /var/lib/paxos", "as a service"],
    ["paxos serve A --rejoin", "after its disk was replaced, while all other nodes run"],
  ],
  async run(args, terminal) {
    const { options, flags, positionals: { uid } } = parseCommandLine(args, {
      required: ["uid"],
      options: ["config", "state-dir", "node", "log", "http"],
      flags: ["insecure", "master", "quiet", "rejoin"],
    });
    if (flags.master && options.node !== undefined) {
      throw new UsageError("--master and --node exclude each other: let the file's composition have a master lease");
    }
    const format = options.log ?? "text";
    if (format !== "text" && format !== "json") {
      throw new UsageError(`--log is ${JSON.stringify(format)}: use text or json`);
    }
    const httpAddress = options.http === undefined ? null : parseHttpAddress(options.http);
    const env = (name: string) => terminal.env(name);
    const configuration = loadConfiguration({ configFile: options.config, env });
    const nodeClass = options.node === undefined
      ? (flags.master ? MasterNode : PlainNode)
      : await loadNodeClass(options.node);
    let server: Server | null = null;
    // Where nobody reads on, nobody would notice the node either: it ends, as programs in a pipe do.
    const print = (line: string) => {
      if (!terminal.print(line)) server?.stop();
    };
    const feed = new EventFeed(uid);
    const log = nodeLog({ uid, format, quiet: flags.quiet, print });
    server = await Server.start({
      uid,
      configuration,
      stateDir: options["state-dir"] ?? configuration.stateDir ??
        defaultStateDir(Deno.build.os, env),
      insecure: flags.insecure,
      rejoin: flags.rejoin,
      nodeClass,
      log: httpAddress === null ? log : allLogs([log, feed]),
    });
    const stop = () => server.stop();
    let http: HttpService | null = null;
    try {
      if (httpAddress !== null) {
        const nodes = [...configuration.nodes.keys()];
        http = new HttpService({ address: httpAddress, uid, nodes, observed: server, feed });
      }
    } catch (error) {
      stop();
      throw error;
    }
    if (http !== null) {
      print(format === "json" ? logLine(uid, "http", { url: http.url }) : `serves HTTP on ${http.url}`);
    }
    const ignore = onStopSignal(stop);
    const error = await server.finished;
    ignore();
    await http?.close();
    if (error !== null) throw error;
    return EXIT.done;
  },
};
