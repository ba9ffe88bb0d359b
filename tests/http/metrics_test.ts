import { metricsText } from "../../src/http/metrics.ts";
import type { StatusResult } from "../../src/replica/requests.ts";
import { SAVE_BOUNDS_MS, SaveTimes } from "../../src/runtime/save_times.ts";
import type { ServerCounters } from "../../src/runtime/server.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { MetricsError, readMetrics } from "./open_metrics.ts";

const STATUS: StatusResult = {
  result: "status",
  instanceNumber: 7,
  value: "x",
  promisedId: null,
  acceptedId: null,
  masterUid: "A",
  leaseRemainingMs: 2500,
  leaseWaitMs: 0,
  mode: "master",
  pid: 1,
  uptimeMs: 1500,
  peers: [{ uid: "B", heardMs: 1, answers: true }, { uid: "C", heardMs: null, answers: false }],
  troubles: [{ kind: "other", about: null, text: "the moon is full" }],
};

function counters(): ServerCounters {
  const saves = new SaveTimes();
  for (const saveMs of [0.05, 0.25, 3, 9999]) saves.add(saveMs);
  return {
    chosenLinks: 5,
    carried: 1,
    traffic: { sent: 10, sentBytes: 1000, received: 9, receivedBytes: 900 },
    drops: new Map([["not UTF-8", 2], ['a "strange"\\reason\n', 1]]),
    saves,
  };
}

Deno.test("metrics are in the text format of OpenMetrics, with labels escaped and saves in cumulative classes", () => {
  const samples = readMetrics(metricsText("A", STATUS, counters()));
  const expected: Record<string, number> = {
    paxos_instance_number: 7,
    paxos_uptime_seconds: 1.5,
    paxos_troubles: 1,
    'paxos_peer_up{peer="B"}': 1,
    'paxos_peer_up{peer="C"}': 0,
    paxos_lease_held: 1,
    paxos_lease_remaining_seconds: 2.5,
    paxos_links_chosen_total: 5,
    paxos_datagrams_received_total: 9,
    'paxos_drops_total{reason="not UTF-8"}': 2,
    'paxos_drops_total{reason="a \\"strange\\"\\\\reason\\n"}': 1,
    'paxos_save_seconds_bucket{le="0.0001"}': 1,
    'paxos_save_seconds_bucket{le="0.00025"}': 2,
    'paxos_save_seconds_bucket{le="0.005"}': 3,
    'paxos_save_seconds_bucket{le="2.5"}': 3,
    'paxos_save_seconds_bucket{le="+Inf"}': 4,
    paxos_save_seconds_count: 4,
  };
  for (const [name, value] of Object.entries(expected)) assertEquals(samples.get(name), value, name);
  assertEquals([...SAVE_BOUNDS_MS].sort((a, b) => a - b), SAVE_BOUNDS_MS);
});

Deno.test("a node that does not say how it is still counts, and without leases there is none to tell of", () => {
  const silent = readMetrics(metricsText("A", null, counters()));
  assertEquals(silent.get("paxos_links_chosen_total"), 5);
  assertEquals(silent.has("paxos_instance_number"), false);
  const plain = readMetrics(metricsText("A", { ...STATUS, mode: "plain" }, counters()));
  assert(![...plain.keys()].some((name) => name.includes("lease")));
});

Deno.test("the reader of metrics sees what breaks the format", () => {
  const good = metricsText("A", STATUS, counters());
  const broken = [
    good.replace("# EOF\n", ""),
    good.replace("paxos_links_chosen_total", "paxos_links_chosen"),
    good.replace(/paxos_troubles 1/, "paxos_troubles one"),
    good.replace(/# TYPE paxos_carried counter/, "# TYPE paxos_troubles gauge"),
    good.replace("# UNIT paxos_sent_bytes bytes", "# UNIT paxos_sent_bytes octets"),
    good.replace(/(paxos_troubles 1\n)/, "$1$1"),
  ];
  for (const text of broken) assertThrows(() => readMetrics(text), MetricsError);
});
