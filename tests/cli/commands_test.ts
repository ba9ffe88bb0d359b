// The commands' contract, against real nodes.
import { run } from "../../src/cli/run.ts";
import { builtInConfiguration, parseConfiguration } from "../../src/runtime/configuration.ts";
import { join } from "../../src/runtime/paths.ts";
import { readSecret } from "../../src/runtime/secret.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { Cluster } from "../runtime/cluster.ts";
import { runPaxos } from "../runtime/paxos_process.ts";
import { FakeTerminal } from "./fake_terminal.ts";

interface Said {
  readonly code: number;
  readonly printed: string[];
  readonly noted: string[];
}

async function say(cluster: Cluster, args: readonly string[], input: Uint8Array = new Uint8Array()): Promise<Said> {
  // By the environment, so that this way is tried as well.
  const terminal = new FakeTerminal(input, { PAXOS_CONFIG: cluster.configFile });
  const code = await run(args, terminal);
  return { code, printed: terminal.printed, noted: terminal.noted };
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

machineTest("propose, get and status say what they promise to say", async (t) => {
  await using cluster = await Cluster.create({ serveArgs: ["--quiet"] });
  await cluster.start();
  const paxos = (...args: string[]): Promise<Said> => say(cluster, args);

  await t.step("before the first value, get is a definite no", async () => {
    assertEquals(await paxos("get", "A"), { code: 1, printed: [], noted: ["no value was chosen yet"] });
    const { code, printed } = await paxos("get", "B", "--json");
    assertEquals(code, 1);
    assertEquals(printed, [
      '{"value":null,"instance_number":null,"node_instance_number":0,"node":"B","read":"linearizable"}',
    ]);
  });

  await t.step("propose names the instance and the value", async () => {
    assertEquals(await paxos("propose", "A", "hello"), { code: 0, printed: ["chosen 0 hello"], noted: [] });
    assertEquals(await paxos("propose", "B", "a b", "--json"), {
      code: 0,
      printed: ['{"outcome":"chosen","instance_number":1,"value":"a b","node":"B","reason":null}'],
      noted: [],
    });
  });

  await t.step("get prints the value alone, from the named node or from any", async () => {
    assertEquals(await paxos("get"), { code: 0, printed: ["a b"], noted: [] });
    assertEquals((await paxos("get", "C", "--json")).printed, [
      '{"value":"a b","instance_number":1,"node_instance_number":2,"node":"C","read":"linearizable"}',
    ]);
    const { printed } = await paxos("get", "B", "--local", "--json");
    assertEquals(JSON.parse(printed[0] ?? "").read, "local");
  });

  await t.step(
    "a value is the text that was typed: numbers, the empty text, a dash behind --, control characters",
    async () => {
      for (
        const [value, shown] of [["007", "007"], ["", ""], ["-5", "-5"], ["a\n\x1b[31mb", "a\\n\\u001b[31mb"]] as const
      ) {
        const { printed } = await paxos("propose", "C", "--", value);
        assertMatch(printed[0] ?? "", /^chosen \d+ /);
        assertEquals(printed[0]?.replace(/^chosen \d+ /, ""), shown);
        assertEquals((await paxos("get", "C")).printed, [value]);
      }
    },
  );

  await t.step("the value - is standard input, byte for byte", async () => {
    for (const value of ["two\nlines\n", "\ufeffwith a mark", ""]) {
      assertEquals((await say(cluster, ["propose", "A", "-"], utf8(value))).code, 0);
      assertEquals((await paxos("get", "A")).printed, [value]);
    }
    const piped = { input: utf8("through a pipe\n"), env: { PAXOS_CONFIG: cluster.configFile } };
    assertEquals((await runPaxos(["propose", "A", "-"], piped)).stdout, "chosen 9 through a pipe\\n\n");
    assertEquals((await paxos("get", "A")).printed, ["through a pipe\n"]);
  });

  await t.step("--no-wait says nothing, and the value arrives", async () => {
    assertEquals(await paxos("propose", "B", "thrown", "--no-wait"), { code: 0, printed: [], noted: [] });
    await cluster.until("B", "the thrown value", ({ value }) => value === "thrown");
  });

  await t.step("status is a table and a verdict, or an array", async () => {
    for (const uid of cluster.uids) await cluster.until(uid, "the last link", (status) => status.instanceNumber === 11);
    const table = await paxos("status");
    assertEquals(table.code, 0);
    assertMatch(table.printed[0] ?? "", /^NODE +LINK +PROMISED +ACCEPTED +MODE +MASTER +PID +UP +VALUE$/);
    for (const [index, uid] of cluster.uids.entries()) {
      assertMatch(
        table.printed[index + 1] ?? "",
        new RegExp(`^${uid} +11 +\\d+\\.[ABC] +none +plain +- +\\d+ +\\d+ s +thrown$`),
      );
    }
    assertEquals(table.printed.slice(4), ["quorum: yes, 3 of 3 nodes answer and 2 are needed"]);
    await cluster.kill(["C"]);
    const { code, printed, noted } = await paxos("status", "B", "C", "--json");
    assertEquals(code, 1);
    const [up, down] = JSON.parse(printed[0] ?? "");
    const { pid, uptime_ms, promised_id, peers, troubles, ...rest } = up;
    assertEquals(pid, cluster.running.get("B")?.pid);
    assert(Number.isInteger(uptime_ms) && typeof promised_id[0] === "number" && cluster.uids.includes(promised_id[1]));
    assertEquals(rest, {
      uid: "B",
      reachable: true,
      instance_number: 11,
      value: "thrown",
      accepted_id: null,
      master_uid: null,
      lease_remaining_ms: null,
      mode: "plain",
    });
    assertEquals([down.uid, down.reachable], ["C", false]);
    assertEquals(Object.keys(down), Object.keys(up));
    assertEquals(noted, ["quorum: not asked for, 1 of 2 nodes answers", "unreachable: C"]);
    assertEquals([peers.map(({ uid, answers }: { uid: string; answers: boolean }) => [uid, answers]), troubles], [
      [["A", true], ["C", false]],
      [],
    ]);
    const alone = await paxos("status", "A");
    assertEquals([alone.code, alone.printed.at(-1)], [1, "C does not answer A"]);
    assertEquals((await paxos("status", "D")).code, 2);
  });
});

machineTest("init writes a configuration that serves, and never writes over one", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const first = await runPaxos(["init"], { cwd: directory });
    assertEquals(first.code, 0, first.stderr);
    const file = join(directory, "paxos.json");
    const text = await Deno.readTextFile(file);
    assertEquals(parseConfiguration(text, file).nodes, builtInConfiguration.nodes);
    const second = await runPaxos(["init"], { cwd: directory });
    assertEquals(second.code, 1);
    assertMatch(second.stderr, /^Cannot write paxos\.json: EEXIST, .*: edit it, or move it away first\.\n$/);
    assertEquals(await Deno.readTextFile(file), text);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

machineTest("init --secret writes a secret that only its owner reads and that the configuration names", async () => {
  const directory = await Deno.makeTempDir();
  const path = (name: string): string => join(directory, name);
  try {
    const first = await runPaxos(["init", "--secret"], { cwd: directory });
    assertEquals(first.code, 0, first.stderr);
    const { secretFile } = parseConfiguration(await Deno.readTextFile(path("paxos.json")), path("paxos.json"));
    assertEquals(secretFile, path("paxos.secret"));
    assertEquals(readSecret(path("paxos.secret")).length, 64);
    const secret = await Deno.readTextFile(path("paxos.secret"));
    const second = await runPaxos(["init", "--secret"], { cwd: directory });
    assertEquals(second.code, 1);
    assertMatch(second.stderr, /^Cannot write paxos\.secret: EEXIST, .*: edit it, or move it away first\.\n$/);
    assertEquals(await Deno.readTextFile(path("paxos.secret")), secret);
    await Deno.remove(path("paxos.secret"));
    const third = await runPaxos(["init", "--secret"], { cwd: directory });
    assertEquals(third.code, 0, third.stderr);
    assertMatch(third.stdout, /^paxos\.json is there already: add "secretFile": "paxos\.secret" to it/m);
    assert(await Deno.readTextFile(path("paxos.secret")) !== secret, "each secret is another one");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

machineTest("serve prints every datagram and every chosen link, and ends by itself when nobody reads on", async () => {
  const lines: string[] = [];
  await using cluster = await Cluster.create({
    uids: ["A", "B"],
    printed: (uid, line) => uid === "A" && lines.push(line),
  });
  await cluster.start();
  assertEquals((await cluster.client.propose("A", "hello")).outcome, "chosen");
  assertEquals(await cluster.kill(["A"], "SIGINT"), [0]);
  assertMatch(lines[0] ?? "", /^node A listens on 127\.0\.0\.1:\d+, keeps its state in .*A\.json and decides link 0$/);
  for (
    const line of [
      /^-> B prepare \{"instance_number":0,"proposal_id":\[1,"A"\]\}$/,
      /^<- B promise \{/,
      /^-> B accept \{"instance_number":0,"proposal_id":\[1,"A"\],"proposal_value":"\{\\"paxos\\":1,.*\\"hello\\".*\}$/,
      /^<- B accepted \{/,
      /^<- 127\.0\.0\.1:\d+ request \{/,
      /^chosen 0 hello$/,
    ]
  ) assertEquals(lines.filter((printed) => line.test(printed)).length >= 1, true, `${line} in ${lines.join("\n")}`);
  assertEquals(lines.at(-1), "node A stopped after 1 chosen links");

  const terminal = new FakeTerminal(new Uint8Array(), { PAXOS_CONFIG: cluster.configFile });
  terminal.isRead = false;
  assertEquals(await run(["serve", "A"], terminal), 0);
});
