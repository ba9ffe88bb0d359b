// What comes out of the network, at a real node: whatever it is, the node lives on.
import { openSocket } from "../../src/runtime/datagram_socket.ts";
import { assert, assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { Cluster } from "./cluster.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Deterministic, so that a failure comes again. */
function rubbish(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 2654435761 >>> 13) & 0xff);
}

const BAD: readonly Uint8Array[] = [
  new Uint8Array(),
  rubbish(7),
  rubbish(1000),
  rubbish(65_507),
  new Uint8Array(65_507),
  ...[
    "accept",
    "nonsense {}",
    'Prepare {"instance_number":0,"proposal_id":[9,"B"]}',
    'constructor {"instance_number":0}',
    'prepare {"instance_number":0,"proposal_id":[9,"B"',
    'prepare {"instance_number":"0","proposal_id":[9,"B"]}',
    'prepare {"instance_number":0}',
    'prepare {"instance_number":0,"proposal_id":[9,"B"],"more":1}',
    'accept {"instance_number":0,"proposal_id":[9,"B"],"proposal_value":7}',
    'accept {"instance_number":0,"proposal_id":null,"proposal_value":"x"}',
    ...["1e400", "-1", "0.5", "1152921504606846976"].flatMap((number) => [
      `prepare {"instance_number":${number},"proposal_id":[9,"B"]}`,
      `accept {"instance_number":0,"proposal_id":[${number},"B"],"proposal_value":"x"}`,
      `sync_request {"instance_number":${number}}`,
    ]),
    `accept ${"[".repeat(30_000)}`,
    `accept ${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`,
    `prepare {"instance_number":0,"proposal_id":[9,"${"B".repeat(60_000)}"]}`,
    'request {"format":1,"request_id":"r","operation":"format the disk"}',
    'request {"format":2,"request_id":"r","operation":"open"}',
    'response {"format":1,"request_id":"r","node":"A","result":"opened","life":"l1","session":null}',
  ].map(encode),
];

/** Understood if it came from a node: none of it may count when a stranger sends it. */
const STRANGE: readonly Uint8Array[] = [
  'prepare {"instance_number":0,"proposal_id":[9,"B"]}',
  'accept {"instance_number":0,"proposal_id":[9,"B"],"proposal_value":"evil"}',
  'accepted {"instance_number":0,"proposal_id":[9,"B"],"proposal_value":"evil"}',
  'catchup {"instance_number":99,"current_value":"evil"}',
  'hello {"format":1,"nodes":["X","Y"],"mode":"plain","answer":false,"life":"l","fresh":false}',
].map(encode);

machineTest(
  "no datagram, whatever its bytes and wherever it comes from, changes a node or ends it, and each is counted",
  async () => {
    const dropped = new Map<string, number>();
    let reports = 0;
    await using cluster = await Cluster.create({
      serveArgs: ["--log", "json", "--quiet"],
      printed(_uid, line) {
        const { event, counts } = JSON.parse(line);
        if (event !== "dropped") return;
        reports++;
        for (const [reason, count] of Object.entries<number>(counts)) {
          dropped.set(reason, (dropped.get(reason) ?? 0) + count);
        }
      },
    });
    await cluster.start("A");
    const began = performance.now();
    const before = Deno.readTextFileSync(cluster.stateFile("A"));
    const port = (uid: string): number => cluster.nodes[uid]?.port ?? 0;
    const to: Deno.NetAddr = { transport: "udp", hostname: "127.0.0.1", port: port("A") };
    const stranger = openSocket({ hostname: "127.0.0.1", port: 0 });
    const peer = openSocket({ hostname: "127.0.0.1", port: port("B") });
    try {
      for (const bytes of [...BAD, ...STRANGE]) {
        await stranger.send(bytes, to);
        if (BAD.includes(bytes)) await peer.send(bytes, to);
        // The answer says that all before it was taken from the socket, whose buffer is small.
        assert(await cluster.client.status("A", { timeoutMs: 2000 }) !== null, "the node is alive");
      }
      const after = await cluster.client.status("A");
      assertEquals(after?.instanceNumber, 0);
      assertEquals(after?.value, null);
      assertEquals(after?.promisedId, null);
      assertEquals(after?.troubles.map(({ kind }) => kind), ["configuration_drift"], "a stranger speaks like a node");
      assertEquals(Deno.readTextFileSync(cluster.stateFile("A")), before);
    } finally {
      stranger.close();
      peer.close();
    }
    assertEquals(await cluster.kill(["A"], "SIGTERM"), [0]);
    const seconds = (performance.now() - began) / 1000;
    assert(reports <= seconds + 1, `${reports} reports in ${seconds} s`);
    assertEquals([...dropped.values()].reduce((sum, count) => sum + count, 0), 2 * BAD.length + STRANGE.length);
    assertEquals(dropped.get("a node's message from an unknown address"), STRANGE.length);
    assertEquals(dropped.get("a response, which is for clients"), 2);
  },
);

machineTest("the ancestor's proposal sets the value, from any address and with any text", async () => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start();
  const socket = openSocket({ hostname: "127.0.0.1", port: 0 });
  try {
    for (const [index, value] of ["v1", "hello world", "", 'pr\u00e9 {"a":1}'].entries()) {
      const port = cluster.nodes.B?.port ?? 0;
      await socket.send(encode(`propose ${value}`), { transport: "udp", hostname: "127.0.0.1", port });
      for (const uid of cluster.uids) {
        await cluster.until(uid, `link ${index}`, (status) => status.instanceNumber > index);
        assertEquals(
          (await cluster.client.get(uid, { local: true, timeoutMs: 1000 }) as { value?: string }).value,
          value,
        );
      }
    }
  } finally {
    socket.close();
  }
});
