// Each thing that the doctor names, done to real processes, sockets and disks, with other nodes running.
import type { Finding } from "../../src/cli/diagnosis.ts";
import { newSecret } from "../../src/runtime/secret.ts";
import { openSocket } from "../../src/runtime/datagram_socket.ts";
import { join } from "../../src/runtime/paths.ts";
import { Random } from "../../src/sim/random.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { Cluster } from "../runtime/cluster.ts";
import { PaxosProcess } from "../runtime/paxos_process.ts";
import { FaultProxy } from "../torture/fault_proxy.ts";
import { FrozenDisk } from "./frozen_disk.ts";
import { SmallDisk } from "../torture/small_disk.ts";

/** What the doctor finds; by default with the configuration of the whole cluster. */
async function findings(cluster: Cluster, configFile = cluster.configFile): Promise<Finding[]> {
  const { code, stdout, stderr } = await runDoctor(configFile);
  assertEquals(stderr, "");
  const { healthy, findings } = JSON.parse(stdout);
  assertEquals([code, healthy], findings.length === 0 ? [0, true] : [1, false]);
  return findings;
}

async function runDoctor(configFile: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const process = ["run", "--quiet", "-A", "--unstable-net", `--import-map=${root("src/npm_import_map.json")}`];
  const args = [...process, root("main.ts"), "doctor", "--json", "--config", configFile];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

function root(path: string): string {
  return new URL(`../../${path}`, import.meta.url).pathname;
}

/** `kind node`, for each finding. */
function kinds(found: readonly Finding[]): string[] {
  return found.map(({ kind, node }) => `${kind} ${node}`).sort();
}

/** Starts a node in another way than the cluster does. */
async function serve(cluster: Cluster, uid: string, ...args: string[]): Promise<void> {
  const process = new PaxosProcess(["serve", uid, "--quiet", ...args]);
  cluster.running.set(uid, process);
  await process.line(/listens/);
}

async function configure(cluster: Cluster, name: string, change: Record<string, unknown>): Promise<string> {
  const file = join(cluster.directory, name);
  const { nodes, directory: stateDir, secretFile } = cluster;
  await Deno.writeTextFile(file, JSON.stringify({ nodes, stateDir, secretFile, ...change }), { mode: 0o600 });
  return file;
}

machineTest(
  "the doctor finds nothing in a cluster that is well, and a node that is not running by its next command",
  async () => {
    await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
    await cluster.start();
    assertEquals(await findings(cluster), []);
    await cluster.kill(["C"]);
    const [finding, ...others] = await findings(cluster);
    assertEquals(others, []);
    assertEquals([finding?.kind, finding?.node, finding?.text], ["not_running", "C", "node C does not run"]);
    assertEquals(finding?.next, `paxos serve C --config ${cluster.configFile}`);
  },
);

machineTest("the doctor names a wiped node: one whose state is gone, and one that began without it", async () => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start();
  // The others have to know that it lives.
  assertEquals((await cluster.client.propose("C", "x")).outcome, "chosen");
  await cluster.kill(["C"]);
  await Deno.remove(cluster.stateFile("C"));
  const [gone] = await findings(cluster);
  assertEquals([gone?.kind, gone?.node], ["wiped_node", "C"]);
  assertMatch(gone!.next, /^paxos serve C .*--rejoin$/);
  await Deno.remove(join(cluster.directory, "C.lived"));
  await cluster.start("C");
  const [begun, ...others] = await findings(cluster);
  assertEquals([begun?.kind, begun?.node, others], ["wiped_node", "C", []]);
});

machineTest("the doctor names a node whose configuration has drifted: its list of nodes, and an address", async () => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start("A", "B");
  const { A, B, C } = cluster.nodes;
  const stateDir = join(cluster.directory, "other");
  const list = await configure(cluster, "list.json", {
    nodes: { A, B, C, D: { host: "127.0.0.1", port: 9 } },
    stateDir,
  });
  await serve(cluster, "C", "--config", list);
  assertEquals(kinds(await findings(cluster)), ["configuration_drift C"]);
  await cluster.kill(["C"]);
  const other = { host: "127.0.0.1", port: freePort() };
  await serve(cluster, "C", "--config", await configure(cluster, "address.json", { nodes: { A, B, C: other } }));
  const found = await findings(cluster);
  assert(
    found.some(({ kind, node, text }) =>
      kind === "configuration_drift" && node === "C" && /does not listen/.test(text)
    ),
  );
  assert(found.some(({ kind, text }) => kind === "configuration_drift" && text.includes(`127.0.0.1:${other.port}`)));
});

machineTest("the doctor names a node that runs in the other mode", async () => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start("A", "B");
  await serve(cluster, "C", "--config", cluster.configFile, "--master");
  assertEquals(kinds(await findings(cluster)), ["mixed_modes C"]);
});

machineTest("the doctor names a node with another secret", async () => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"], secret: true });
  await cluster.start("A", "B");
  const secretFile = join(cluster.directory, "wrong");
  await Deno.writeTextFile(secretFile, newSecret(), { mode: 0o600 });
  await serve(cluster, "C", "--config", await configure(cluster, "secret.json", { secretFile }));
  assertEquals(kinds(await findings(cluster)), ["wrong_secret C"]);
  const ours = await findings(cluster, join(cluster.directory, "secret.json"));
  assertEquals(kinds(ours), ["wrong_secret A", "wrong_secret B"], "where C alone is right");
});

machineTest("the doctor names a link that is open one way, and one that is cut", async () => {
  let proxy: FaultProxy | null = null;
  await using cluster = await Cluster.create({
    serveArgs: ["--quiet"],
    views: (nodes) => (proxy = new FaultProxy(nodes, new Random(1))).views(),
  });
  using network = proxy! as FaultProxy;
  await cluster.start();
  assertEquals(await findings(cluster), []);
  network.cut("A", "B");
  const [oneWay, ...others] = await findings(cluster);
  assertEquals([oneWay?.kind, oneWay?.node, others], ["one_way_link", "B", []]);
  assertMatch(oneWay!.text, /^what A sends does not reach B/);
  assertMatch(oneWay!.next, /tcpdump/);
  const status = await cluster.paxos("status");
  assertEquals([status.code, status.stdout.includes("what A sends does not reach B")], [1, true]);
  network.cut("B", "A");
  assertEquals(kinds(await findings(cluster)), ["cut_link B"]);
  network.heal();
  assertEquals(await findings(cluster), []);
});

machineTest("the doctor names a port that is in use, and a process that is stopped", async () => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start("A", "B");
  const { host, port } = cluster.nodes.C!;
  const intruder = openSocket({ hostname: host, port });
  assertEquals(kinds(await findings(cluster)), ["port_in_use C"]);
  intruder.close();
  await cluster.start("C");
  const { pid } = cluster.running.get("C")!;
  Deno.kill(pid, "SIGSTOP");
  const [stopped] = await findings(cluster);
  Deno.kill(pid, "SIGCONT");
  if (Deno.build.os === "linux") assertEquals([stopped?.kind, stopped?.next], ["stopped", `kill -CONT ${pid}`]);
  else assertEquals([stopped?.kind, stopped?.node], ["hangs", "C"]);
});

machineTest("the doctor names a directory that cannot be written, and a disk that is full", async () => {
  await using cluster = await Cluster.create({
    serveArgs: ["--quiet"],
    settings: (uid, directory) => ({ stateDir: join(directory, `disk-${uid}`) }),
  });
  await using disk = await SmallDisk.create(join(cluster.directory, "disk-C"));
  await cluster.start();
  await cluster.kill(["C"]);
  await disk.makeReadOnly();
  const readOnly = await findings(cluster, cluster.configOf("C"));
  await disk.heal();
  assert(kinds(readOnly).includes("unwritable_directory null"), JSON.stringify(readOnly));
  if (!disk.isMounted) return;
  disk.fill();
  const full = await findings(cluster, cluster.configOf("C"));
  await disk.heal();
  assert(kinds(full).includes("full_disk null"), JSON.stringify(full));
});

machineTest("the doctor names a disk that hangs, and ends all the same", async (t) => {
  await using cluster = await Cluster.create({
    serveArgs: ["--quiet"],
    settings: (uid, directory) => ({ stateDir: join(directory, uid === "C" ? "disk" : uid) }),
  });
  await using disk = await FrozenDisk.create(cluster.directory);
  if (disk === null) return console.log(`${t.name}: not tried, this machine mounts nothing for us`);
  await cluster.start();
  assert(await disk.freeze());
  // Whoever saves there waits from now on, and answers nobody.
  await cluster.client.propose("A", "x");
  const found = await findings(cluster, cluster.configOf("C"));
  await disk.thaw();
  assertEquals(kinds(found), ["hung_disk C", "hung_disk null"]);
  await cluster.until("C", "it goes on", ({ value }) => value === "x");
});

machineTest("the doctor names a clock that has jumped", async (t) => {
  const library = await fakeTimeLibrary();
  if (library === null) return console.log(`${t.name}: not tried, faketime is not installed`);
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start("A", "B");
  const file = join(cluster.directory, "time");
  await Deno.writeTextFile(file, "+0");
  const env = { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: "1", DONT_FAKE_MONOTONIC: "1" };
  const process = new PaxosProcess(["serve", "C", "--quiet", "--config", cluster.configFile], undefined, env);
  cluster.running.set("C", process);
  await process.line(/listens/);
  assertEquals(await findings(cluster), []);
  const noticed = process.line(/the wall clock of node C jumped forward/);
  await Deno.writeTextFile(file, "+1h");
  await noticed;
  const [jump, ...others] = await findings(cluster);
  assertEquals([jump?.kind, jump?.node, others], ["clock_jump", "C", []]);
});

/** The library that shows a process another time, if it is installed. */
async function fakeTimeLibrary(): Promise<string | null> {
  for await (const { name } of Deno.readDir("/usr/lib")) {
    const path = `/usr/lib/${name}/faketime/libfaketime.so.1`;
    if (await Deno.stat(path).then(() => true, () => false)) return path;
  }
  return null;
}

function freePort(): number {
  const socket = openSocket({ hostname: "127.0.0.1", port: 0 });
  socket.close();
  return (socket.addr as Deno.NetAddr).port;
}
