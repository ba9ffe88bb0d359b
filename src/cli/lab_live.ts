// Passes the events of real nodes on to the page, under the page's own origin: it may talk to nobody else.
import { UsageError } from "../runtime/errors.ts";

/** After so long a node that cannot be reached is tried again, in milliseconds. */
const RETRY_MS = 500;

/** Reads `--attach`: the addresses of `serve --http` of one or more nodes, separated by commas. A `UsageError` that shows the form. */
export function parseAttach(text: string): string[] {
  return text.split(",").map((part) => {
    const url = URL.parse(part);
    if (url !== null && url.protocol === "http:" && url.pathname === "/" && url.search === "") return url.origin;
    const shown = JSON.stringify(part);
    throw new UsageError(
      `--attach is ${shown}: use the addresses that serve --http prints, separated by commas, as in ` +
        "http://127.0.0.1:9001,http://127.0.0.1:9002",
    );
  });
}

/** The events of the node at that address, over all its lives: after each end one that says that it is gone. */
export function liveStream(origin: string): ReadableStream<Uint8Array> {
  const ended = new AbortController();
  return new ReadableStream({
    start(stream) {
      void follow(origin, stream, ended.signal);
    },
    cancel: () => ended.abort(),
  });
}

async function follow(
  origin: string,
  stream: ReadableStreamDefaultController<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const gone = new TextEncoder().encode('data: {"event":"gone"}\n\n');
  while (!signal.aborted) {
    try {
      const response = await fetch(`${origin}/events`, { signal, headers: { accept: "text/event-stream" } });
      if (response.ok && response.body !== null) {
        for await (const bytes of response.body) stream.enqueue(bytes);
      } else await response.body?.cancel();
    } catch {
      // Whatever it was, the node is not there.
    }
    if (signal.aborted) return;
    // It may have ended in the middle of a message.
    stream.enqueue(new TextEncoder().encode("\n\n"));
    stream.enqueue(gone);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
