// The configuration of a cluster: who its nodes are, where state is kept, and every constant of time.
import { DEFAULT_SETTINGS, type Settings } from "../replica/ports.ts";
import type { NodeAddress } from "./addresses.ts";
import { ConfigurationError, osReason } from "./errors.ts";
import { dirname, isAbsolute, join } from "./paths.ts";

/** A cluster as its operator describes it. */
export interface ClusterConfiguration {
  /** The file that it was read from, or `built-in configuration`. */
  readonly source: string;
  /** The address of each node by its uid: 2 to 31 nodes. */
  readonly nodes: ReadonlyMap<string, NodeAddress>;
  /** The directory of the state files; without it the platform's (see `defaultStateDir`). */
  readonly stateDir?: string;
  /** The file that holds the shared secret; without it nothing proves who sends a datagram. */
  readonly secretFile?: string;
  /** The constants of time. */
  readonly settings: Settings;
}

/** Looks an environment variable up, as `Deno.env.get` does. */
export type Environment = (name: string) => string | undefined;

/** What `loadConfiguration` goes by. */
export interface LoadOptions {
  /** The file that `--config` names. */
  readonly configFile?: string | undefined;
  /** The environment, for `PAXOS_CONFIG`. */
  readonly env: Environment;
  /** Reads a file; `Deno.readFileSync` unless a test gives another. */
  readonly readFile?: (path: string) => Uint8Array;
}

/** Three nodes on this machine: A, B, C on 127.0.0.1:1234, 1235, 1236. */
export const builtInConfiguration: ClusterConfiguration = {
  source: "built-in configuration",
  nodes: new Map(["A", "B", "C"].map((uid, index) => [uid, { host: "127.0.0.1", port: 1234 + index }])),
  settings: DEFAULT_SETTINGS,
};

/**
 * The configuration from the file that `--config` names, else `$PAXOS_CONFIG`, else `paxos.json` in the current directory,
 * else the built-in one. A `ConfigurationError` where the file cannot be read or used.
 */
export function loadConfiguration(options: LoadOptions): ClusterConfiguration {
  const { configFile, env, readFile = Deno.readFileSync } = options;
  // Not looked up where it does not matter: then nobody has to allow it.
  const fromEnvironment = configFile === undefined ? env("PAXOS_CONFIG") || undefined : undefined;
  const named = configFile ?? fromEnvironment;
  const path = named ?? "paxos.json";
  let bytes: Uint8Array;
  try {
    bytes = readFile(path);
  } catch (error) {
    if (named === undefined && error instanceof Deno.errors.NotFound) return builtInConfiguration;
    if (error instanceof Deno.errors.NotCapable) throw error;
    const by = configFile !== undefined ? "named by --config" : named ? "named by $PAXOS_CONFIG" : "found here";
    throw new ConfigurationError(
      `Cannot read the configuration file ${JSON.stringify(path)} (${by}): ${osReason(error)}. ` +
        `Name a file that can be read, or write one with: paxos init`,
      { cause: error },
    );
  }
  return parseConfiguration(decode(bytes, path), path);
}

/** Reads a configuration out of its text; relative paths in it start at the directory of `source`, the file's path. */
export function parseConfiguration(text: string, source: string): ClusterConfiguration {
  const document = parseJson(text, source);
  const { nodes, stateDir, secretFile, ...timing } = fieldsOf(source, "", document, [
    "nodes",
    "stateDir",
    "secretFile",
    ...Object.keys(DEFAULT_SETTINGS),
  ]);
  return {
    source,
    nodes: parseNodes(source, nodes),
    ...(stateDir === undefined ? {} : { stateDir: parsePath(source, "stateDir", stateDir) }),
    ...(secretFile === undefined ? {} : { secretFile: parsePath(source, "secretFile", secretFile) }),
    settings: parseSettings(source, timing),
  };
}

/** The address of a node; a `ConfigurationError` where the configuration does not name it. */
export function nodeAddress(configuration: ClusterConfiguration, uid: string): NodeAddress {
  const address = configuration.nodes.get(uid);
  if (address !== undefined) return address;
  const known = [...configuration.nodes.keys()].join(", ");
  throw new ConfigurationError(
    `There is no node ${JSON.stringify(uid)} in ${configuration.source}: its nodes are ${known}. Name one of them.`,
  );
}

/**
 * The platform's directory for state that outlives a boot, `os` as in `Deno.build.os`. A `ConfigurationError` where the
 * environment does not tell it.
 */
export function defaultStateDir(os: string, env: Environment): string {
  if (os === "windows") return `${fromEnv(env, "LOCALAPPDATA")}\\paxos`;
  if (os === "darwin") return `${fromEnv(env, "HOME")}/Library/Application Support/paxos`;
  const stateHome = env("XDG_STATE_HOME");
  // The XDG base directory specification: a relative path there is invalid and is to be ignored.
  return stateHome?.startsWith("/") ? `${stateHome}/paxos` : `${fromEnv(env, "HOME")}/.local/state/paxos`;
}

function fromEnv(env: Environment, name: string): string {
  const value = env(name);
  if (value) return value;
  throw new ConfigurationError(
    `Cannot tell where to keep state: the environment variable ${name} is not set. Name a directory with --state-dir.`,
  );
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`${source} is not JSON: ${reason}. Mend it there.`, { cause: error });
  }
}

function decode(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ConfigurationError(`${source} is not UTF-8 text: save it in that encoding.`, { cause: error });
  }
}

function parseNodes(source: string, value: unknown): Map<string, NodeAddress> {
  const entries = Object.entries(fieldsOf(source, "nodes", value));
  if (entries.length < 2 || entries.length > 31) {
    refuse(source, "nodes", value, `it names ${entries.length} nodes, a cluster has 2 to 31`);
  }
  const nodes = new Map<string, NodeAddress>();
  for (const [uid, node] of entries) {
    const key = `nodes.${uid}`;
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(uid)) {
      const rule = 'use 1 to 64 letters, digits, "_", "." or "-", the first no "." or "-"';
      refuse(source, "nodes", uid, `a uid becomes a file name, ${rule}`);
    }
    // Refused everywhere, since the machines of a cluster share their configuration.
    if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(uid)) {
      refuse(source, "nodes", uid, "Windows takes a file of that name for a device and keeps nothing, use another uid");
    }
    const fields = fieldsOf(source, key, node, ["host", "port"]);
    const host = parseHost(source, `${key}.host`, fields.host);
    const port = parseInteger(source, `${key}.port`, fields.port, 1, 65_535);
    for (const [other, address] of nodes) {
      if (other.toLowerCase() === uid.toLowerCase()) {
        refuse(source, "nodes", uid, `a file system that ignores case would take it for ${other}, use another uid`);
      }
      if (address.host.toLowerCase() === host.toLowerCase() && address.port === port) {
        refuse(source, key, node, `that is the address of node ${other}, give each node its own`);
      }
    }
    nodes.set(uid, { host, port });
  }
  return nodes;
}

function parseHost(source: string, key: string, value: unknown): string {
  const name = /^[A-Za-z0-9_.-]+$/;
  const ipv6 = /^(?=.*:.*:)[0-9A-Fa-f:.]+(%\w+)?$/;
  if (typeof value !== "string" || !(name.test(value) || ipv6.test(value))) {
    return refuse(source, key, value, "use a host name or an IP address, without port or brackets");
  }
  // Peers are known by the address that their datagrams come from, and none comes from a wildcard.
  if (/^[0:.]+$/.test(value)) refuse(source, key, value, "use an address that the other nodes can send to");
  return value;
}

function parsePath(source: string, key: string, value: unknown): string {
  if (typeof value !== "string" || value === "" || value.includes("\0")) {
    return refuse(source, key, value, "use a path");
  }
  return isAbsolute(value) ? value : join(dirname(source), value);
}

function parseSettings(source: string, given: Record<string, unknown>): Settings {
  const entries = Object.entries(given).map(([key, value]) => {
    const least = key === "leaseWindowMs" ? 150 : 1;
    return [key, parseInteger(source, key, value, least, 86_400_000)] as const;
  });
  const settings: Settings = { ...DEFAULT_SETTINGS, ...Object.fromEntries(entries) };
  const { retransmitMinMs, retransmitMaxMs, backoffMinMs, backoffMaxMs } = settings;
  if (retransmitMinMs > retransmitMaxMs) {
    refuse(source, "retransmitMinMs", retransmitMinMs, `it is above retransmitMaxMs, ${retransmitMaxMs}`);
  }
  if (backoffMinMs > backoffMaxMs) {
    refuse(source, "backoffMinMs", backoffMinMs, `it is above backoffMaxMs, ${backoffMaxMs}`);
  }
  return settings;
}

function parseInteger(source: string, key: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  return refuse(source, key, value, `use a whole number from ${least} to ${most}`);
}

/** The fields of a JSON object, of no other keys than the known ones where these are given. */
function fieldsOf(source: string, key: string, value: unknown, known?: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse(source, key || "the document", value, "use a JSON object");
  }
  for (const [name, field] of Object.entries(value)) {
    if (known !== undefined && !known.includes(name)) {
      refuse(
        source,
        key ? `${key}.${name}` : name,
        field,
        `this key is unknown, the known ones are ${known.join(", ")}`,
      );
    }
  }
  return { ...value };
}

function refuse(source: string, key: string, value: unknown, why: string): never {
  const text = JSON.stringify(value) ?? "missing";
  const shown = text.length > 80 ? `${text.slice(0, 80)}...` : text;
  throw new ConfigurationError(`${source}: ${key} is ${shown}: ${why}.`);
}
