import { ConfigurationError } from "../runtime/errors.ts";
import { integerInRange, parseCommandLine } from "./arguments.ts";
import { type Command, EXIT } from "./command.ts";
import { parseAttach } from "./lab_live.ts";
import { bundlePage, preparePage } from "./lab_page.ts";
import { answer, loadPage } from "./lab_server.ts";
import { onStopSignal } from "./signals.ts";

const SPEC = { options: ["port", "attach"], flags: ["build"] } as const;

/** `paxos lab`: serves the page, until it is interrupted. */
export const lab: Command = {
  name: "lab",
  summary: "a page to see, break and trust Multi-Paxos: the same classes, under the simulator, in the browser",
  usage: "[--port N] [--attach URL,...] [--build]",
  help: [
    "Serves a page on this machine, and prints its address. The page asks nobody else for anything.",
    "",
    "  --port N            where (a free port; 127.0.0.1 only)",
    "  --attach URL,...    show real nodes instead, as they tell what happens at the addresses of serve --http; read-only",
    "  --build             make the page into dist/lab and end (from source only; done by itself where it is missing or old)",
  ],
  examples: [
    ["paxos lab --port 8000", "then open http://127.0.0.1:8000/"],
    [
      "paxos lab --attach http://127.0.0.1:9001,http://127.0.0.1:9002,http://127.0.0.1:9003",
      "watch the nodes that were started with serve --http 9001, 9002 and 9003",
    ],
  ],
  async run(args, terminal) {
    const { options, flags } = parseCommandLine(args, SPEC);
    const port = options.port === undefined ? 0 : integerInRange("--port", options.port, 1, 65_535);
    const attached = options.attach === undefined ? [] : parseAttach(options.attach);
    if (flags.build) {
      await bundlePage();
      terminal.print("made dist/lab");
      return EXIT.done;
    }
    const files = loadPage(await preparePage((line) => terminal.note(line)));
    const server = serve(port, files, attached);
    const { port: bound } = server.addr as Deno.NetAddr;
    // Before it is told where the lab is: whoever has read that may interrupt it.
    const deaf = onStopSignal(() => void server.shutdown());
    terminal.print(`the lab is at http://127.0.0.1:${bound}/ (Ctrl+C ends it)`);
    await server.finished;
    deaf();
    return EXIT.done;
  },
};

function serve(
  port: number,
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  attached: readonly string[],
): Deno.HttpServer {
  const isOwnHost = (host: string) => {
    const { port: bound } = server.addr as Deno.NetAddr;
    return host === `127.0.0.1:${bound}` || host === `localhost:${bound}`;
  };
  let server: Deno.HttpServer;
  try {
    server = Deno.serve(
      { hostname: "127.0.0.1", port, onListen: () => {} },
      (request) => answer(request, files, isOwnHost, attached),
    );
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new ConfigurationError(
      `Cannot serve the lab: port ${port} is in use. Name another one with --port, or none.`,
    );
  }
  return server;
}
