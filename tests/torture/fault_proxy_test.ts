import { type DatagramSocket, openSocket } from "../../src/runtime/datagram_socket.ts";
import { Random } from "../../src/sim/random.ts";
import { assert, assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { FaultProxy, type Nodes } from "./fault_proxy.ts";

const decoder = new TextDecoder();

/** Two programs that know each other at the addresses of their views. */
class Pair implements Disposable {
  readonly a: DatagramSocket = openSocket({ hostname: "127.0.0.1", port: 0 });
  readonly b: DatagramSocket = openSocket({ hostname: "127.0.0.1", port: 0 });
  readonly proxy: FaultProxy = new FaultProxy({ A: at(this.a), B: at(this.b) }, new Random(1));
  readonly views: Readonly<Record<string, Nodes>> = this.proxy.views();

  /** Sends from the one to what it takes for the other. */
  async send(from: "A" | "B", text: string): Promise<void> {
    const { host, port } = this.views[from]![from === "A" ? "B" : "A"]!;
    const socket = from === "A" ? this.a : this.b;
    await socket.send(new TextEncoder().encode(text), { transport: "udp", hostname: host, port });
  }

  [Symbol.dispose](): void {
    this.proxy[Symbol.dispose]();
    this.a.close();
    this.b.close();
  }
}

function at(socket: DatagramSocket): { host: string; port: number } {
  const { hostname, port } = socket.addr as Deno.NetAddr;
  return { host: hostname, port };
}

async function next(socket: DatagramSocket): Promise<{ text: string; port: number }> {
  const [bytes, from] = await socket.receive();
  return { text: decoder.decode(bytes), port: (from as Deno.NetAddr).port };
}

machineTest(
  "what one node sends reaches the other from the address at which it knows the sender, both ways",
  async () => {
    using pair = new Pair();
    await pair.send("A", "there");
    assertEquals(await next(pair.b), { text: "there", port: pair.views.B!.A!.port });
    await pair.send("B", "back");
    assertEquals(await next(pair.a), { text: "back", port: pair.views.A!.B!.port });
  },
);

machineTest("a way that is cut carries nothing, the other way does", async () => {
  using pair = new Pair();
  pair.proxy.cut("A", "B");
  await pair.send("A", "lost");
  await pair.send("B", "back");
  assertEquals((await next(pair.a)).text, "back");
  pair.proxy.open();
  await pair.send("A", "after");
  assertEquals((await next(pair.b)).text, "after");
  assertEquals(pair.proxy.fates.cut, 1);
});

machineTest("datagrams are lost, copied and overtaken as the weather says", async () => {
  using pair = new Pair();
  pair.proxy.weather = { loss: 0.2, duplication: 0.2, delayMs: 20 };
  for (let number = 0; number < 200; number++) {
    await pair.send("A", String(number));
    // So that none is lost for want of room.
    if (number % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { fates } = pair.proxy;
  while (fates.passed + fates.lost < 200) await new Promise((resolve) => setTimeout(resolve, 5));
  const came: number[] = [];
  while (came.length < fates.passed + fates.copied) came.push(Number((await next(pair.b)).text));
  const kinds = new Set(came);
  assert(kinds.size > 120 && kinds.size < 190, `${kinds.size} of 200 have come`);
  assert(came.length > kinds.size, "some twice");
  assert(came.some((number, index) => number < (came[index - 1] ?? -1)), "some late");
});

machineTest("a client reaches a node through a way of its own, and is answered on it", async () => {
  using pair = new Pair();
  const { host, port } = pair.proxy.clientView("client").A!;
  const client = openSocket({ hostname: "127.0.0.1", port: 0 });
  await client.send(new TextEncoder().encode("question"), { transport: "udp", hostname: host, port });
  const [bytes, from] = await pair.a.receive();
  assertEquals(decoder.decode(bytes), "question");
  await pair.a.send(new TextEncoder().encode("answer"), from);
  assertEquals(await next(client), { text: "answer", port });
  client.close();
});
