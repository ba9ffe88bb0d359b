/// <reference lib="dom" />
import { Random } from "../../src/sim/random.ts";
import { FaultProxy } from "../torture/fault_proxy.ts";
import { Cluster } from "../runtime/cluster.ts";
import { parseAttach } from "../../src/cli/lab_live.ts";
import { UsageError } from "../../src/runtime/errors.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { browserTest, closeBrowser } from "./browser.ts";

Deno.test.afterAll(closeBrowser);

/** Ports on which nothing listens at present. */
function freeTcpPorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  return listeners.map((listener) => {
    listener.close();
    return (listener.addr as Deno.NetAddr).port;
  });
}

browserTest(
  "three real processes are watched: a kill, a takeover by timer, and a catch-up, as they happen",
  async (lab) => {
    const ports = freeTcpPorts(3);
    const portOf = (uid: string) => String(ports["ABC".indexOf(uid)]);
    let network: FaultProxy | undefined;
    await using cluster = await Cluster.create({
      serveArgs: (uid) => ["--http", portOf(uid)],
      views: (nodes) => (network = new FaultProxy(nodes, new Random(1))).views(),
    });
    using proxy = network!;
    await cluster.start();
    lab.attached.push(...ports.map((port) => `http://127.0.0.1:${port}`));
    const page = await lab.open();
    const shows = (uid: string, what: RegExp) =>
      page.waitForFunction(([uid, what]) => {
        const node = document.querySelector(`svg.cluster .node[data-owner="${uid}"]`);
        return new RegExp(what!).test(node?.ariaLabel ?? "");
      }, [uid, what.source]);
    for (const uid of ["A", "B", "C"]) await shows(uid, /instance 0/);

    assertEquals((await cluster.client.propose("A", "x")).outcome, "chosen");
    for (const uid of ["A", "B", "C"]) await shows(uid, /instance 1/);

    // A's accept for y reaches B alone, which hears of no other vote; then A is gone for good, and nobody asks for anything.
    proxy.loses = (from, to, text) =>
      (text.startsWith("accepted ") && [from, to].includes("A")) || (text.startsWith("accept ") && to === "C");
    const lost = cluster.client.propose("A", "y", { timeoutMs: 1000 });
    await shows("B", /instance 1, .*accepted .*A/);
    await cluster.kill(["A"]);
    await lost;
    await shows("A", /down/);
    proxy.loses = () => false;
    // Under an ID of one that has taken over.
    for (const uid of ["B", "C"]) await shows(uid, /instance 2, promised \d+\.[BC]/);
    const value = await page.locator(".matrix tbody tr >> nth=1").locator("td >> nth=1 >> span").textContent();
    assertEquals(value, "y", "the value of the one that is gone");
    await cluster.start("A");
    await shows("A", /instance 2/);

    await page.waitForFunction(() => document.querySelectorAll(".matrix td.known").length >= 6);
    assert((await page.textContent(".verdict.ok"))!.startsWith("SAFE"));
    assertEquals(await page.locator(".matrix thead b").count(), 2, "both decisions were seen");
    await page.keyboard.press("1");
    await page.keyboard.press("k");
    assert((await page.textContent(".happened"))!.startsWith("This is a real cluster"));
  },
);

Deno.test("--attach takes the addresses of nodes and nothing else", () => {
  assertEquals(parseAttach("http://127.0.0.1:1,http://[::1]:2/"), ["http://127.0.0.1:1", "http://[::1]:2"]);
  for (const text of ["", "127.0.0.1:1", "https://a", "http://a/events", "http://a,", "http://a?x"]) {
    assertThrows(() => parseAttach(text), UsageError, "--attach is");
  }
});
