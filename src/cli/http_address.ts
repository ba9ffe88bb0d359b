import type { HttpAddress } from "../http/http_service.ts";
import { UsageError } from "../runtime/errors.ts";

/** The value of `--http`: a port alone is one of this machine's own. A `UsageError` that shows the form. */
export function parseHttpAddress(text: string): HttpAddress {
  const match = /^(?:(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) {
    throw new UsageError(`--http is ${JSON.stringify(text)}: use a port, or HOST:PORT, as in 127.0.0.1:9090`);
  }
  return { host: (match[1] ?? "127.0.0.1").replace(/^\[|\]$/g, ""), port };
}
