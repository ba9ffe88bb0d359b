// What a node has counted, in the text format of OpenMetrics 1.0, which Prometheus and its kin read.
import type { StatusResult } from "../replica/requests.ts";
import { SAVE_BOUNDS_MS, type SaveTimes } from "../runtime/save_times.ts";
import type { ServerCounters } from "../runtime/server.ts";
import { VERSION } from "../version.ts";

/** The media type of the text. */
export const METRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [suffix: string, labels: Labels, value: number];

/** The text; without a `status`, what only the node itself knows is left out. */
export function metricsText(uid: string, status: StatusResult | null, counters: ServerCounters): string {
  const { chosenLinks, carried, traffic, drops, saves } = counters;
  return [
    ...family("paxos_build", "info", "The program and the node", [["_info", { version: VERSION, node: uid }, 1]]),
    ...status === null ? [] : ofStatus(uid, status),
    ...counter("paxos_links_chosen", "Links that this node has learned one by one", chosenLinks),
    ...counter("paxos_carried", "Times that a peer has carried this node over links", carried),
    ...counter("paxos_datagrams_sent", "Datagrams that left", traffic.sent),
    ...counter("paxos_datagrams_received", "Datagrams that came, whatever they were", traffic.received),
    ...counter("paxos_sent_bytes", "Payload of the datagrams that left", traffic.sentBytes, "bytes"),
    ...counter("paxos_received_bytes", "Payload of the datagrams that came", traffic.receivedBytes, "bytes"),
    ...family(
      "paxos_drops",
      "counter",
      "What was thrown away",
      [...drops].map(([reason, count]): Sample => ["_total", { reason }, count]),
    ),
    ...family("paxos_save_seconds", "histogram", "How long saves took", saveSamples(saves), "seconds"),
    "# EOF",
    "",
  ].join("\n");
}

function ofStatus(uid: string, status: StatusResult): string[] {
  const { instanceNumber, masterUid, leaseRemainingMs, mode, peers, troubles, uptimeMs } = status;
  const leases = mode === "plain" ? [] : [
    ...gauge("paxos_lease_held", "Whether this node is the master", Number(masterUid === uid)),
    ...gauge("paxos_lease_known", "Whether this node knows of a master", Number(masterUid !== null)),
    ...gauge("paxos_lease_remaining_seconds", "What is left of the lease", (leaseRemainingMs ?? 0) / 1000, "seconds"),
  ];
  return [
    ...gauge("paxos_uptime_seconds", "Since the node was started", uptimeMs / 1000, "seconds"),
    ...gauge("paxos_instance_number", "The link that this node is deciding", instanceNumber),
    ...gauge("paxos_troubles", "What is wrong, as far as this node can see", troubles.length),
    ...family(
      "paxos_peer_up",
      "gauge",
      "Whether the peer has answered when this was asked for",
      peers.flatMap(({ uid: peer, answers }): Sample[] => answers === null ? [] : [["", { peer }, Number(answers)]]),
    ),
    ...leases,
  ];
}

function saveSamples({ within, count, totalMs }: SaveTimes): Sample[] {
  const buckets = SAVE_BOUNDS_MS.map((boundMs, place): Sample => [
    "_bucket",
    { le: String(boundMs / 1000) },
    within[place] ?? 0,
  ]);
  return [...buckets, ["_bucket", { le: "+Inf" }, count], ["_count", {}, count], ["_sum", {}, totalMs / 1000]];
}

function counter(name: string, help: string, value: number, unit?: string): string[] {
  return family(name, "counter", help, [["_total", {}, value]], unit);
}

function gauge(name: string, help: string, value: number, unit?: string): string[] {
  return family(name, "gauge", help, [["", {}, value]], unit);
}

function family(name: string, type: string, help: string, samples: readonly Sample[], unit?: string): string[] {
  return [
    `# TYPE ${name} ${type}`,
    ...unit === undefined ? [] : [`# UNIT ${name} ${unit}`],
    `# HELP ${name} ${help}.`,
    ...samples.map(([suffix, labels, value]) => `${name}${suffix}${labelText(labels)} ${value}`),
  ];
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
