import { linesOf } from "../../src/cli/lines.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { Cluster } from "../runtime/cluster.ts";
import { readMetrics } from "./open_metrics.ts";

/** The address that a node which was started with `--http` prints. */
async function urlOf(cluster: Cluster, uid: string): Promise<string> {
  const line = await cluster.running.get(uid)!.line(/serves HTTP on/);
  return line.slice(line.indexOf("http://"));
}

machineTest(
  "metrics, health, status and events of a running node are read over HTTP, and nothing is written",
  async () => {
    await using cluster = await Cluster.create({ serveArgs: ["--quiet", "--http", "0"] });
    const starting = cluster.start();
    const url = await urlOf(cluster, "A");
    await starting;
    const events = (await fetch(`${url}/events`)).body!;
    const lines = linesOf(events)[Symbol.asyncIterator]();
    const next = async () => {
      for (;;) {
        const { value } = await lines.next();
        if (value?.startsWith("data: ")) return JSON.parse(value.slice("data: ".length));
      }
    };
    const first = await next();
    assertEquals([first.event, first.node, first.instance_number, first.nodes], ["state", "A", 0, ["A", "B", "C"]]);

    assertEquals((await cluster.client.propose("A", "hello")).outcome, "chosen");
    const seen: Record<string, unknown>[] = [];
    while (seen.at(-1)?.event !== "chosen") seen.push(await next());
    assertEquals([seen.at(-1)?.instance_number, seen.at(-1)?.value], [0, "hello"]);
    const promised = seen.findIndex(({ event, promised_id }) => event === "state" && promised_id !== null);
    const prepared = seen.findIndex(({ datagram }) => String(datagram).startsWith("prepare"));
    assert(promised >= 0 && promised < prepared, "the promise is saved before the prepare leaves");

    const status = await (await fetch(`${url}/status`)).json();
    assertEquals([status.uid, status.reachable, status.value, status.instance_number], ["A", true, "hello", 1]);
    const metrics = await fetch(`${url}/metrics`);
    assertMatch(metrics.headers.get("content-type")!, /^application\/openmetrics-text; version=1\.0\.0/);
    const samples = readMetrics(await metrics.text());
    assertEquals(samples.get("paxos_instance_number"), 1);
    assert(samples.get("paxos_save_seconds_count")! > 0 && samples.get("paxos_sent_bytes_total")! > 0);
    const health = await fetch(`${url}/healthz`);
    assertEquals([health.status, await health.text()], [200, "ok\n"]);

    for (
      const [path, init, code] of [
        ["/status", { method: "POST", body: "x" }, 405],
        ["/status", { method: "OPTIONS", headers: { origin: "http://evil.example" } }, 405],
        ["/nowhere", {}, 404],
      ] as const
    ) {
      const refused = await fetch(url + path, init);
      assertEquals([refused.status, refused.headers.get("access-control-allow-origin")], [code, null]);
      await refused.body?.cancel();
    }
    assertMatch(await rebound(url), /^HTTP\/1\.1 403 /);

    // A reader does not keep a node from ending.
    assertEquals(await cluster.kill(["A"], "SIGTERM"), [0]);
  },
);

machineTest("an address for HTTP that is taken ends the node, and says what to do", async () => {
  await using cluster = await Cluster.create();
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, stderr } = await cluster.paxos("serve", "A", "--http", String(taken.addr.port));
  taken.close();
  assertEquals(code, 1);
  assertMatch(stderr, /Cannot serve HTTP on 127\.0\.0\.1, port \d+: EADDRINUSE.* Give --http another address/);
});

/** The first line of the answer to a page whose name was made to lead here. */
async function rebound(url: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(url).port) });
  await connection.write(new TextEncoder().encode("GET /status HTTP/1.1\r\nHost: evil.example\r\n\r\n"));
  const buffer = new Uint8Array(1024);
  const read = await connection.read(buffer);
  return new TextDecoder().decode(buffer.subarray(0, read ?? 0)).split("\r\n")[0] ?? "";
}
