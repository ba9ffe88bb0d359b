// A node that must not start says why, and touches nothing.
import { checksum } from "../../src/replica/checksum.ts";
import { BLANK_STATE, encodeState } from "../../src/replica/node_state.ts";
import { EMPTY_REGISTER } from "../../src/replica/register.ts";
import { run } from "../../src/cli/run.ts";
import type { NodeAddress } from "../../src/runtime/addresses.ts";
import { join } from "../../src/runtime/paths.ts";
import { FakeTerminal } from "../cli/fake_terminal.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { Cluster } from "./cluster.ts";
import { PaxosProcess } from "./paxos_process.ts";

interface Refusal {
  readonly code: number;
  readonly error: string;
}

/** Tries to serve in this process: a node that is refused comes back at once. */
async function refused(cluster: Cluster, uid: string, ...args: string[]): Promise<Refusal> {
  return await refusedUnder(cluster.configFile, uid, ...args);
}

async function refusedUnder(configFile: string, uid: string, ...args: string[]): Promise<Refusal> {
  const terminal = new FakeTerminal();
  // Should it start after all, it ends with the first line that nobody reads.
  terminal.isRead = false;
  const code = await run(["serve", uid, "--config", configFile, ...args], terminal);
  assertEquals(terminal.printed, []);
  return { code, error: terminal.noted.join("\n") };
}

/** Another configuration on the same state directory. */
async function configure(cluster: Cluster, nodes: Readonly<Record<string, NodeAddress>>): Promise<string> {
  const file = join(cluster.directory, "other.json");
  await Deno.writeTextFile(file, JSON.stringify({ nodes, stateDir: cluster.directory }));
  return file;
}

machineTest("one state directory and one address serve one process only", async () => {
  await using cluster = await Cluster.create();
  await cluster.start("A");
  const sameState = await refused(cluster, "A");
  assertEquals(sameState.code, 1);
  assertMatch(
    sameState.error,
    /^error: Node A already runs on this state directory: another process holds .*A\.lock\. Stop /,
  );
  const sameAddress = await refused(cluster, "A", "--state-dir", join(cluster.directory, "elsewhere"));
  assertEquals(sameAddress.code, 1);
  assertMatch(
    sameAddress.error,
    /^error: Cannot listen on 127\.0\.0\.1:\d+: EADDRINUSE, .* Another process listens there/,
  );
});

machineTest(
  "a state file that is damaged, newer or another's is refused with what to do, and left as it is",
  async () => {
    await using cluster = await Cluster.create();
    const register = { ...EMPTY_REGISTER, value: "precious", valueInstanceNumber: 0 };
    const state = { ...BLANK_STATE, instanceNumber: 1, register };
    const stateOf = (uid: string): string => encodeState(state, { uid, nodes: cluster.uids });
    const file = cluster.stateFile("A");
    const good = stateOf("A");
    const cases: [text: string, code: number, says: string][] = [
      [
        good.slice(0, 112),
        1,
        `Cannot start node A: its state file ${file} is damaged: it is cut off at byte 112. ` +
        "A node that forgets its promises can break agreement: restore the file from a backup, do not delete it.",
      ],
      ["", 1, "is damaged: it is empty"],
      [good.replace("precious", "precioux"), 1, "is damaged: its checksum is"],
      ["[1,2]\n", 1, "is damaged"],
      [sealed(good.replace('"format":1', '"format":2')), 1, "is of another version: it has format 2"],
      [stateOf("B"), 2, 'does not fit: it belongs to node "B"'],
    ];
    for (const [text, code, says] of cases) {
      await Deno.writeTextFile(file, text);
      const result = await refused(cluster, "A");
      assertStringIncludes(result.error, says);
      assertEquals(result.code, code, says);
      assertEquals(await Deno.readTextFile(file), text);
    }
    await Deno.writeTextFile(file, good);
    await cluster.start("A");
    assertEquals((await cluster.client.status("A"))?.value, "precious");
  },
);

machineTest("a state of another list of nodes is refused, and so is a start where the state is gone", async () => {
  await using cluster = await Cluster.create();
  await cluster.start("A");
  await cluster.kill();
  const state = await Deno.readTextFile(cluster.stateFile("A"));
  const { A, B } = cluster.nodes;
  const other = await refusedUnder(await configure(cluster, { A: A!, B: B! }), "A");
  assertEquals(other.code, 2);
  assertStringIncludes(other.error, `it belongs to a cluster of ["A","B","C"], and the configuration says ["A","B"]`);
  assertEquals(await Deno.readTextFile(cluster.stateFile("A")), state);
  await Deno.remove(cluster.stateFile("A"));
  const lost = await refused(cluster, "A");
  assertEquals(lost.code, 1);
  assertStringIncludes(lost.error, "Cannot start node A: it has lived in");
  assertEquals(await exists(cluster.stateFile("A")), false);
});

machineTest("addresses that other machines reach, names that lead nowhere and unknown nodes are refused", async () => {
  await using cluster = await Cluster.create();
  const { A, B, C } = cluster.nodes;
  const exposed = await refusedUnder(await configure(cluster, { A: A!, B: B!, C: { ...C!, host: "192.0.2.7" } }), "A");
  assertEquals(exposed.code, 2);
  assertMatch(exposed.error, /^error: Node C is at 192\.0\.2\.7:\d+, which other machines can reach.* --insecure\.$/);
  const twice = await refusedUnder(await configure(cluster, { A: A!, B: { ...A!, host: "localhost" } }), "A");
  assertEquals(twice.code, 2);
  assertMatch(twice.error, /^error: Nodes A and B are both at 127\.0\.0\.1:\d+/);
  const unknown = await refused(cluster, "D");
  assertEquals(unknown.code, 2);
  assertStringIncludes(unknown.error, `There is no node "D"`);
  assertEquals(await exists(join(cluster.directory, "A.lock")), false);
});

machineTest("--insecure allows an address that other machines reach", async () => {
  await using cluster = await Cluster.create({ uids: ["A", "B"], serveArgs: ["--insecure"] });
  const { A } = cluster.nodes;
  const configuration = { nodes: { A, B: { host: "192.0.2.7", port: 9 } }, stateDir: cluster.directory };
  await Deno.writeTextFile(cluster.configFile, JSON.stringify(configuration));
  await cluster.start("A");
  assert(await cluster.client.status("A") !== null);
});

machineTest("--node runs a composition of one's own, and says what is wrong with a file that holds none", async () => {
  const printed: string[] = [];
  await using cluster = await Cluster.create({ printed: (_uid, line) => printed.push(line) });
  const write = async (name: string, text: string): Promise<string> => {
    const file = join(cluster.directory, name);
    await Deno.writeTextFile(file, text);
    return file;
  };
  const node = import.meta.resolve("../../src/node.ts");
  const bad: [file: string, says: string][] = [
    [join(cluster.directory, "absent.ts"), "Cannot load the node class of"],
    [await write("broken.ts", "export default class {"), "Cannot load the node class of"],
    [await write("empty.ts", "export const x = 1;"), "is no node class: it must be a class with the methods step"],
    [await write("other.ts", "export default class { step() {} }"), "is no node class"],
  ];
  for (const [file, says] of bad) {
    const { code, error } = await refused(cluster, "A", "--node", file);
    assertEquals(code, 2);
    assertStringIncludes(error, says);
  }
  const own = await write(
    "own.ts",
    `import { PlainNode } from ${JSON.stringify(node)};
     export default class Loud extends PlainNode {
       start() { super.start(); this.effect({ kind: "trouble", text: "my own node" }); }
     }`,
  );
  const process = new PaxosProcess(["serve", "A", "--config", cluster.configFile, "--node", own]);
  cluster.running.set("A", process);
  await process.line(/^trouble: my own node$/);
});

/** The state with the checksum that belongs to it. */
function sealed(state: string): string {
  const body = state.slice(0, state.lastIndexOf(',"checksum"'));
  return `${body},"checksum":"${checksum(body)}"}\n`;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
