// What operators and pages may read of a node over HTTP. Nothing here changes anything.
import type { NodeState } from "../replica/node_state.ts";
import type { StatusResult } from "../replica/requests.ts";
import { isIpv6 } from "../runtime/addresses.ts";
import { NetworkError, osReason } from "../runtime/errors.ts";
import { stateFields } from "../runtime/log_json.ts";
import type { ServerCounters } from "../runtime/server.ts";
import { statusToJson } from "../wire/status_json.ts";
import type { EventFeed } from "./event_feed.ts";
import { METRICS_TYPE, metricsText } from "./metrics.ts";

/** Where to listen. */
export interface HttpAddress {
  /** An IP address or a name, without brackets. */
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
}

/** What is asked of the node; `Server` fits. */
export interface Observed {
  /** How the node is; `null` where it does not say. */
  status(): Promise<StatusResult | null>;
  /** What is durable. */
  readonly state: NodeState;
  /** The lease, as far as the node knows. */
  readonly lease: { readonly masterUid: string | null; readonly remainingMs: number | null };
  /** What was counted. */
  readonly counters: ServerCounters;
}

/** What is served. */
export interface HttpOptions {
  /** Where. */
  readonly address: HttpAddress;
  /** Of which node. */
  readonly uid: string;
  /** All nodes of its cluster. */
  readonly nodes: readonly string[];
  /** The node. */
  readonly observed: Observed;
  /** Its events. */
  readonly feed: EventFeed;
}

const PATHS = ["/metrics", "/healthz", "/status", "/events"];

/** Serves `/metrics`, `/healthz`, `/status` and `/events`. */
export class HttpService {
  /** Where it is. */
  readonly url: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #options: HttpOptions;

  /** Listens; a `NetworkError` where that cannot be. */
  constructor(options: HttpOptions) {
    this.#options = options;
    const { feed, nodes, observed } = options;
    feed.surroundings = () => {
      const { masterUid, remainingMs } = observed.lease;
      return { nodes: [...nodes].sort(), master: masterUid, lease_remaining_ms: remainingMs };
    };
    const { host, port } = options.address;
    try {
      this.#server = Deno.serve(
        // What fails here fails for the one who asked.
        { hostname: host, port, onListen: () => {}, onError: () => text(500, "this request has failed") },
        (request) => this.#answer(request),
      );
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw new NetworkError(
        `Cannot serve HTTP on ${host}, port ${port}: ${osReason(error)}. Give --http another address or a free port.`,
        { cause: error },
      );
    }
    const { hostname, port: bound } = this.#server.addr;
    this.url = `http://${isIpv6(hostname) ? `[${hostname}]` : hostname}:${bound}`;
  }

  /** Ends what is being served, and listens no more. */
  async close(): Promise<void> {
    this.#options.feed.close();
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    if (!isFamiliar(request.headers.get("host"), this.#options.address.host)) {
      return text(
        403,
        "the Host header names another host: ask by an IP address, localhost, or the host given to --http",
      );
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      return text(405, "this service is read-only: use GET", { allow: "GET, HEAD" });
    }
    const { observed, uid } = this.#options;
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case "/metrics":
        return text(200, metricsText(uid, await observed.status(), observed.counters), {
          "content-type": METRICS_TYPE,
        });
      case "/status":
        return this.#status(await observed.status());
      case "/healthz":
        return health(await observed.status());
      case "/events":
        return this.#events(request.method);
      default:
        return text(404, `there is no ${pathname} here, but ${PATHS.join(", ")}`);
    }
  }

  #status(status: StatusResult | null): Response {
    const body = JSON.stringify(statusToJson(this.#options.uid, status));
    return text(status === null ? 503 : 200, body, { "content-type": "application/json" });
  }

  #events(method: string): Response {
    const { feed, observed } = this.#options;
    const headers = { ...HEADERS, "content-type": "text/event-stream" };
    if (method === "HEAD") return new Response(null, { headers });
    const stream = feed.open(stateFields(observed.state));
    if (stream === null) return text(503, "too many read the events already: try again later");
    return new Response(stream.pipeThrough(new TextEncoderStream()), { headers });
  }
}

/**
 * Whether a request is for this service by the name that it was sent to. A page of any site can make its own name lead here (DNS
 * rebinding), but not an IP address, nor `localhost`.
 */
export function isFamiliar(hostHeader: string | null, ownHost: string): boolean {
  const url = hostHeader === null ? null : URL.parse(`http://${hostHeader}`);
  if (url === null || url.host !== hostHeader?.toLowerCase().replace(/:80$/, "")) return false;
  const { hostname } = url;
  const isIp = hostname.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(hostname);
  return isIp || hostname === "localhost" || hostname === ownHost.toLowerCase();
}

function health(status: StatusResult | null): Response {
  if (status === null) return text(503, "the node does not answer");
  const { peers, troubles } = status;
  const silent = peers.filter(({ answers }) => answers === false).map(({ uid }) => uid);
  const quorumSize = Math.floor((peers.length + 1) / 2) + 1;
  const hasQuorum = peers.length + 1 - silent.length >= quorumSize;
  const wrong = [
    ...hasQuorum ? [] : [`this node reaches no quorum: no answer from ${silent.join(", ")}`],
    ...troubles.map(({ text }) => text),
  ];
  return wrong.length === 0 ? text(200, "ok") : text(503, wrong.join("\n"));
}

const HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Response {
  const bytes = body.endsWith("\n") ? body : `${body}\n`;
  return new Response(bytes, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...HEADERS, ...headers },
  });
}
