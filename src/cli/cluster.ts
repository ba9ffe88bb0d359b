// What the commands that talk to a cluster have in common.
import { PaxosClient } from "../client/client.ts";
import { type ClusterConfiguration, loadConfiguration, nodeAddress } from "../runtime/configuration.ts";
import { positiveNumber } from "./arguments.ts";
import type { Terminal } from "./terminal.ts";

/** How long `propose` and `get` wait, in seconds. */
export const DEFAULT_TIMEOUT_SECONDS = "5";

const MAX_TIMEOUT_SECONDS = 86_400;

/** Opens a client for the configured cluster, and closes it after use. The nodes to be asked must exist. */
export async function withClient<T>(
  terminal: Terminal,
  configFile: string | undefined,
  uids: readonly (string | undefined)[],
  use: (client: PaxosClient) => Promise<T>,
): Promise<T> {
  const configuration: ClusterConfiguration = loadConfiguration({ configFile, env: (name) => terminal.env(name) });
  for (const uid of uids) if (uid !== undefined) nodeAddress(configuration, uid);
  const client = await PaxosClient.open({
    nodes: Object.fromEntries(configuration.nodes),
    secretFile: configuration.secretFile,
  });
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** The value of `--timeout`, in milliseconds: at least 1. */
export function timeoutMs(seconds: string = DEFAULT_TIMEOUT_SECONDS): number {
  return Math.max(Math.round(positiveNumber("--timeout", seconds, MAX_TIMEOUT_SECONDS) * 1000), 1);
}
