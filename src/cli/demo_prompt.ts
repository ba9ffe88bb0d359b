// The demo on a terminal: type values, kill nodes, start them again.
import type { DemoCluster } from "./demo_cluster.ts";

const HELP = `Type a value to set it. Or one of:
  crash UID      kill a node with SIGKILL        restart UID    start it again
  get [UID]      read the value                  status         what each node has
  set VALUE      a value that looks like one of these commands
  help           this text                       quit           end the demo`;

/** Reads lines until there are no more, or one says `quit`. */
export async function runPrompt(
  cluster: DemoCluster,
  lines: AsyncIterable<string>,
  say: (line: string) => void,
): Promise<void> {
  for (const uid of cluster.uids) cluster.start(uid);
  say(HELP);
  for await (const line of lines) {
    if (line.trim() === "quit") return;
    if (line.trim() !== "") await obey(cluster, line.trim(), say);
  }
}

async function obey(cluster: DemoCluster, line: string, say: (line: string) => void): Promise<void> {
  const [word, rest] = split(line);
  const uid = cluster.uids.find((uid) => uid === rest.toUpperCase());
  switch (word) {
    case "help":
      return say(HELP);
    case "crash":
    case "restart":
      if (uid === undefined) return say(`Which node? ${word} ${cluster.uids.join(" | ")}`);
      if (word === "restart") cluster.start(uid);
      else await cluster.kill(uid);
      return;
    case "get":
      return await get(cluster, uid ?? null, say);
    case "status":
      return await status(cluster, say);
    case "set":
      return await propose(cluster, rest, say);
    default:
      return await propose(cluster, line, say);
  }
}

function split(line: string): [word: string, rest: string] {
  const space = line.indexOf(" ");
  return space < 0 ? [line, ""] : [line.slice(0, space), line.slice(space + 1).trim()];
}

async function propose(cluster: DemoCluster, value: string, say: (line: string) => void): Promise<void> {
  const uid = cluster.running[0];
  if (uid === undefined) return say("All nodes are down: restart one.");
  say(`asks ${uid} to set ${JSON.stringify(value)}`);
  const answer = await cluster.client.propose(uid, value);
  say(
    answer.outcome === "chosen" ? `chosen by instance ${answer.instanceNumber}` : `${answer.outcome}: ${answer.reason}`,
  );
}

async function get(cluster: DemoCluster, uid: string | null, say: (line: string) => void): Promise<void> {
  const answer = await cluster.client.get(uid);
  say(answer.outcome === "value" ? `${answer.node} answers: ${JSON.stringify(answer.value)}` : answer.reason);
}

async function status(cluster: DemoCluster, say: (line: string) => void): Promise<void> {
  for (const uid of cluster.uids) {
    const node = cluster.running.includes(uid) ? await cluster.client.status(uid, { timeoutMs: 1000 }) : null;
    say(
      node === null
        ? `${uid} is down`
        : `${uid} decides link ${node.instanceNumber} and has ${JSON.stringify(node.value)}`,
    );
  }
}
