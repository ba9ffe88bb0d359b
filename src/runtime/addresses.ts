// Where nodes are: host names become IP addresses once, because a peer is known by the address that its datagrams come from.
import { ConfigurationError, osReason } from "./errors.ts";

/** Where a node listens, as its operator wrote it. */
export interface NodeAddress {
  /** An IP address or a host name, without port and brackets. */
  readonly host: string;
  /** The UDP port, 1 to 65535. */
  readonly port: number;
}

/** All IP addresses of a host name; it rejects where there are none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/**
 * The IP address and port of each node, all of one family, so that one socket reaches them all: IPv4 where every node has such
 * an address. A `ConfigurationError` where a name cannot be resolved or two nodes turn out to be at one address.
 */
export async function resolveNodes(
  nodes: Iterable<readonly [uid: string, address: NodeAddress]>,
  lookup: Lookup = systemLookup,
): Promise<Map<string, Deno.NetAddr>> {
  const found = await Promise.all([...nodes].map(async ([uid, { host, port }]) => {
    const ips = literal(host) ?? await lookup(host).catch((error: unknown) => {
      throw new ConfigurationError(
        `Cannot find the address of node ${uid}, host ${JSON.stringify(host)}: ${osReason(error)}. ` +
          `Mend the name, or write its IP address into the configuration.`,
        { cause: error },
      );
    });
    return { uid, host, port, ips };
  }));
  const wantsIpv6 = found.some(({ ips }) => ips.every(isIpv6));
  const resolved = new Map<string, Deno.NetAddr>();
  const taken = new Map<string, string>();
  for (const { uid, host, port, ips } of found) {
    const hostname = ips.find((ip) => isIpv6(ip) === wantsIpv6);
    if (hostname === undefined) {
      throw new ConfigurationError(
        `Node ${uid}, host ${JSON.stringify(host)}, has no ${
          wantsIpv6 ? "IPv6" : "IPv4"
        } address, and another node has no ` +
          `other: a node has one socket, so give all nodes addresses of one family.`,
      );
    }
    const address: Deno.NetAddr = { transport: "udp", hostname, port };
    const other = taken.get(formatAddress(address));
    if (other !== undefined) {
      throw new ConfigurationError(
        `Nodes ${other} and ${uid} are both at ${formatAddress(address)}: give each node an address of its own.`,
      );
    }
    taken.set(formatAddress(address), uid);
    resolved.set(uid, address);
  }
  return resolved;
}

/** `127.0.0.1:1234` or `[::1]:1234`. */
export function formatAddress({ hostname, port }: Pick<Deno.NetAddr, "hostname" | "port">): string {
  return isIpv6(hostname) ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** Whether the IP address is one that only this machine reaches. */
export function isLoopback(ip: string): boolean {
  return ip === "::1" || ip.startsWith("127.");
}

/** Whether the IP address is of version 6. */
export function isIpv6(ip: string): boolean {
  return ip.includes(":");
}

/** The address in the form in which sockets report it, if the host is an IP address already. */
function literal(host: string): readonly string[] | null {
  if (/^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?=\d)|$)){4}$/.test(host)) return [host];
  if (!isIpv6(host)) return null;
  const url = URL.parse(`http://[${host}]`);
  return [url === null ? host : url.hostname.slice(1, -1)];
}

/** Asks the operating system, which knows its hosts file too. Loaded late: most clusters are written with IP addresses. */
async function systemLookup(host: string): Promise<readonly string[]> {
  const { lookup } = await import("node:dns/promises");
  const addresses = await lookup(host, { all: true });
  return addresses.map(({ address }) => address);
}
