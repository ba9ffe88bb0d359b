// Clients with sessions in a virtual cluster, and what the chain amounts to.
import { decodeLink, type Update } from "../../src/replica/link.ts";
import { Register, type SessionName } from "../../src/replica/register.ts";
import type { ProposeRequest } from "../../src/replica/requests.ts";
import type { Answers, VirtualCluster } from "./virtual_cluster.ts";

/** Opens a session at the node; `null` if it gives none, and no answer is an error. */
export function open(cluster: VirtualCluster, uid: string): SessionName | null {
  const [answer] = cluster.request(uid, { operation: "open", requestId: cluster.newRequestId() });
  if (answer?.result !== "opened") throw new Error(`${uid} opens no session: ${JSON.stringify(answer)}`);
  return answer.session;
}

/** The same, where there must be one. */
export function openSession(cluster: VirtualCluster, uid: string): SessionName {
  const session = open(cluster, uid);
  if (session === null) throw new Error(`${uid} gives no session`);
  return session;
}

/** The update with this number. */
export function tagged(
  session: SessionName,
  sequence: number,
  value: string,
  condition?: Update["condition"],
): Update {
  return { value, session: { ...session, sequence }, ...(condition && { condition }) };
}

/** A request for the update, under a new ID. */
export function requestFor(cluster: VirtualCluster, update: Update, timeoutMs = 5000): ProposeRequest {
  return { operation: "propose", requestId: cluster.newRequestId(), life: null, update, timeoutMs };
}

/** A client proposes, under a new request ID. */
export function propose(cluster: VirtualCluster, uid: string, update: Update, timeoutMs = 5000): Answers {
  return cluster.request(uid, requestFor(cluster, update, timeoutMs));
}

/** The values that the chain's updates have set, in order; each once, however often it is in the chain. */
export function applied(cluster: VirtualCluster): string[] {
  const register = new Register();
  return [...cluster.chain].sort(([a], [b]) => a - b).flatMap(([instanceNumber, link]) =>
    register.apply(decodeLink(link), instanceNumber)
      .filter(({ outcome, isNew }) => outcome === "applied" && isNew)
      .map(({ update }) => update.value)
  );
}

/** How many links carry the value. */
export function timesInChain(cluster: VirtualCluster, value: string): number {
  return [...cluster.chain.values()].filter((link) => decodeLink(link).updates.some((update) => update.value === value))
    .length;
}
