// Real nodes that share a secret: who has it is answered, and nobody else.
import { PaxosClient } from "../../src/client/client.ts";
import { type DatagramSocket, openSocket } from "../../src/runtime/datagram_socket.ts";
import { join } from "../../src/runtime/paths.ts";
import { newSecret, randomClientName, readSecret, Seal } from "../../src/runtime/secret.ts";
import { encodeRequest } from "../../src/wire/datagram.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { Cluster } from "./cluster.ts";
import { PaxosProcess } from "./paxos_process.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const STATUS = encodeRequest({ operation: "status", requestId: "r" });

/** The secret of the cluster. */
function secretOf(cluster: Cluster): Uint8Array {
  return readSecret(cluster.secretFile ?? "");
}

function addressOf(cluster: Cluster, uid: string): Deno.NetAddr {
  const { host, port } = cluster.nodes[uid]!;
  return { transport: "udp", hostname: host, port };
}

/** Sends the datagram until an answer comes. */
async function ask(socket: DatagramSocket, bytes: Uint8Array, to: Deno.NetAddr): Promise<Uint8Array> {
  const timer = setInterval(() => socket.send(bytes, to), 50);
  try {
    await socket.send(bytes, to);
    return (await socket.receive())[0];
  } finally {
    clearInterval(timer);
  }
}

machineTest("nodes with a secret choose values, and a client that has it is answered", async () => {
  const shown: string[] = [];
  await using cluster = await Cluster.create({ secret: true, printed: (_uid, line) => shown.push(line) });
  await cluster.start();
  const { client } = cluster;
  assertEquals((await client.propose("A", "hello")).outcome, "chosen");
  const read = await client.get("C");
  assertEquals(read.outcome === "value" && read.value, "hello");
  assertEquals((await cluster.paxos("propose", "B", "world")).stdout, "chosen 1 world\n");
  assertEquals((await cluster.paxos("get", "C")).stdout, "world\n");
  assertEquals((await cluster.paxos("propose", "B", "later", "--no-wait")).code, 0);
  await cluster.until("C", "the value that nobody waited for", ({ value }) => value === "later");
  assert(shown.some((line) => /^<- A accept \{/.test(line)), "datagrams are shown without their tags");
  assert(shown.every((line) => !line.includes("sealed")));
});

machineTest("what bears no tag, a wrong one or one for another node is counted and gets no answer", async () => {
  const dropped = new Map<string, number>();
  const count = (line: string): void => {
    const { event, counts } = JSON.parse(line);
    if (event !== "dropped") return;
    for (const [reason, times] of Object.entries<number>(counts)) {
      dropped.set(reason, (dropped.get(reason) ?? 0) + times);
    }
  };
  await using cluster = await Cluster.create({
    uids: ["A", "B"],
    secret: true,
    serveArgs: ["--log", "json", "--quiet"],
    printed: (_uid, line) => count(line),
  });
  await cluster.start("A");
  const to = addressOf(cluster, "A");
  const name = randomClientName();
  const mine = await Seal.create(name, secretOf(cluster));
  const forged = await Seal.create(name, encode(newSecret()));
  const asNode = await Seal.create("B", secretOf(cluster));
  const asItself = await Seal.create("A", secretOf(cluster));
  using sockets = new DisposableStack();
  const socket = sockets.adopt(openSocket({ hostname: "127.0.0.1", port: 0 }), (socket) => socket.close());
  const refused: [Uint8Array, reason: string][] = [
    [STATUS, "no tag of the secret"],
    [encode("propose x"), "no tag of the secret"],
    [forged.seal("A", STATUS), "a wrong tag of the secret"],
    [mine.seal("B", STATUS), "a wrong tag of the secret"],
    [asItself.seal("A", STATUS), "a datagram in this node's own name"],
    [asNode.seal("A", encode('sync_request {"instance_number":0}')), "a node's message from an unknown address"],
    [mine.seal("A", encode('sync_request {"instance_number":0}')), "a node's message from an unknown address"],
    [mine.seal("A", encode("propose x")), "a proposal without a session"],
  ];
  for (const [bytes] of refused) await socket.send(bytes, to);
  // Datagrams on loopback keep their order: the answer to the last one comes first if the others get none.
  const opened = mine.open(await ask(socket, mine.seal("A", STATUS), to));
  assert("payload" in opened);
  assertEquals(opened.sender, "A");
  assertMatch(new TextDecoder().decode(opened.payload), /^responses? .*"instance_number":0,"value":null/);
  assertEquals(await cluster.kill(["A"], "SIGTERM"), [0]);
  const expected = Object.groupBy(refused, ([, reason]) => reason);
  for (const [reason, datagrams] of Object.entries(expected)) {
    assertEquals(dropped.get(reason), datagrams?.length, reason);
  }
});

machineTest(
  "a client without the secret, or with another, hears nothing, and a node hears nothing from such a node",
  async () => {
    await using cluster = await Cluster.create({ secret: true, serveArgs: ["--quiet"] });
    const other = join(cluster.directory, "other");
    await Deno.writeTextFile(other, newSecret(), { mode: 0o600 });
    await cluster.start("A", "B");
    const { nodes } = cluster;
    for (const secretFile of [undefined, other]) {
      const client = await PaxosClient.open({ nodes, secretFile });
      assertEquals(await client.status("A", { timeoutMs: 200 }), null);
      client.close();
    }
    // C has another secret: A and B are a quorum, C is none with anybody.
    const file = join(cluster.directory, "other.json");
    await Deno.writeTextFile(file, JSON.stringify({ nodes, stateDir: cluster.directory, secretFile: other }));
    const stranger = new PaxosProcess(["serve", "C", "--config", file, "--quiet"]);
    cluster.running.set("C", stranger);
    await stranger.line(/dropped: .*a wrong tag of the secret/);
    assertEquals((await cluster.client.propose("A", "x")).outcome, "chosen");
    const client = await PaxosClient.open({ nodes, secretFile: other });
    assertEquals((await client.status("C"))?.instanceNumber, 0, "it was told nothing");
    client.close();
  },
);

machineTest("with a secret nodes may have addresses that other machines reach", async () => {
  await using cluster = await Cluster.create({ uids: ["A", "B"], secret: true });
  const { secretFile, directory: stateDir } = cluster;
  const nodes = { A: cluster.nodes.A, B: { host: "192.0.2.7", port: 9 } };
  await Deno.writeTextFile(cluster.configFile, JSON.stringify({ nodes, stateDir, secretFile }));
  await cluster.start("A");
  assert(await cluster.client.status("A") !== null);
});
