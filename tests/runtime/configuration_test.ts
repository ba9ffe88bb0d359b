import { DEFAULT_SETTINGS } from "../../src/replica/ports.ts";
import {
  builtInConfiguration,
  type ClusterConfiguration,
  defaultStateDir,
  loadConfiguration,
  nodeAddress,
  parseConfiguration,
} from "../../src/runtime/configuration.ts";
import { ConfigurationError } from "../../src/runtime/errors.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";
import { machineTest } from "../permissions.ts";

const A = { host: "127.0.0.1", port: 1234 };
const B = { host: "127.0.0.1", port: 1235 };
const two = { A, B };

const parse = (document: unknown): ClusterConfiguration => parseConfiguration(JSON.stringify(document), "paxos.json");

/** Asserts that the document is refused by a message that holds all the parts. */
function refuses(document: unknown, ...parts: string[]): void {
  const error = assertThrows(() => parse(document), ConfigurationError, "paxos.json: ");
  for (const part of parts) assertStringIncludes(error.message, part);
  assertEquals(error.exitCode, 2);
}

Deno.test("the built-in cluster is A, B, C on loopback from port 1234", () => {
  assertEquals([...builtInConfiguration.nodes], [
    ["A", { host: "127.0.0.1", port: 1234 }],
    ["B", { host: "127.0.0.1", port: 1235 }],
    ["C", { host: "127.0.0.1", port: 1236 }],
  ]);
  assertEquals(builtInConfiguration.settings, DEFAULT_SETTINGS);
});

Deno.test("a configuration that names nodes alone has the default times", () => {
  assertEquals<unknown>(parse({ nodes: two }), {
    source: "paxos.json",
    nodes: new Map(Object.entries(two)),
    settings: DEFAULT_SETTINGS,
  });
});

Deno.test("every constant of time can be set", () => {
  const settings = Object.fromEntries(Object.keys(DEFAULT_SETTINGS).map((key, index) => [key, 200 + index]));
  assertEquals<unknown>(parse({ nodes: two, ...settings }).settings, settings);
});

Deno.test("a relative path is relative to the file that names it, an absolute one stands", () => {
  const text = JSON.stringify({ nodes: two, stateDir: "state", secretFile: "../secret" });
  const configuration = parseConfiguration(text, "/etc/paxos/paxos.json");
  assertEquals([configuration.stateDir, configuration.secretFile], ["/etc/paxos/state", "/etc/secret"]);
  assertEquals(parseConfiguration(text, "paxos.json").stateDir, "state");
  assertEquals(parse({ nodes: two, stateDir: "/var/lib/paxos" }).stateDir, "/var/lib/paxos");
});

Deno.test("an unknown key is refused with its value, at every depth", () => {
  refuses({ nodes: two, leaseWindow: 5 }, "leaseWindow is 5", "unknown", "leaseWindowMs");
  refuses({ nodes: { A: { ...A, prot: 7 }, B } }, "nodes.A.prot is 7", "unknown", "host, port");
  const prototype = `{"nodes": ${JSON.stringify(two)}, "__proto__": {}}`;
  assertThrows(() => parseConfiguration(prototype, "x"), ConfigurationError, "__proto__ is {}: this key is unknown");
});

Deno.test("two nodes with one address are refused", () => {
  refuses({ nodes: { A, B: A } }, 'nodes.B is {"host":"127.0.0.1","port":1234}', "the address of node A");
  refuses({ nodes: { A: { host: "Alpha", port: 1 }, B: { host: "alpha", port: 1 } } }, "the address of node A");
  assertEquals(parse({ nodes: { A: { host: "h1", port: 1 }, B: { host: "h2", port: 1 } } }).nodes.size, 2);
});

Deno.test("a bad port is refused", () => {
  for (const port of [0, -1, 65536, 12.5, "1234", null, true, [1]]) {
    refuses({ nodes: { A: { host: "h", port }, B } }, `nodes.A.port is ${JSON.stringify(port)}`, "from 1 to 65535");
  }
  refuses({ nodes: { A: { host: "h" }, B } }, "nodes.A.port is missing");
});

Deno.test("a bad host is refused", () => {
  for (const host of ["", "127.0.0.1:1234", "[::1]", "a b", "http://a", "a\n", 7, null]) {
    refuses({ nodes: { A: { host, port: 1 }, B } }, `nodes.A.host is ${JSON.stringify(host)}`, "without port");
  }
  for (const host of ["0.0.0.0", "::"]) refuses({ nodes: { A: { host, port: 1 }, B } }, "nodes.A.host", "send to");
  refuses({ nodes: { A: { port: 1 }, B } }, "nodes.A.host is missing");
  for (const host of ["::1", "fe80::1%eth0", "node-1.example.org", "10.0.0.7", "localhost"]) {
    assertEquals(parse({ nodes: { A: { host, port: 1 }, B } }).nodes.get("A")?.host, host);
  }
});

Deno.test("a uid that is no plain file name is refused", () => {
  for (const uid of ["", ".", "..", ".A", "-A", "A/B", "../A", "A B", "é", "A\0", "x".repeat(65)]) {
    refuses({ nodes: { [uid]: A, B } }, `nodes is ${JSON.stringify(uid)}`, "1 to 64 letters");
  }
  for (const uid of ["a", "_", "7", "node-1.eu_west", "x".repeat(64), "__proto__"]) {
    const text = `{"nodes": {${JSON.stringify(uid)}: ${JSON.stringify(A)}, "B": ${JSON.stringify(B)}}}`;
    assertEquals([...parseConfiguration(text, "x").nodes.keys()], [uid, "B"]);
  }
  refuses({ nodes: { a: A, A: B } }, 'nodes is "A"', "would take it for a");
});

Deno.test("a cluster has 2 to 31 nodes", () => {
  const cluster = (size: number) => ({
    nodes: Object.fromEntries(
      Array.from({ length: size }, (_, index) => [`N${index}`, { host: "h", port: index + 1 }]),
    ),
  });
  refuses(cluster(0), "nodes is {}", "names 0 nodes");
  refuses(cluster(1), "names 1 nodes, a cluster has 2 to 31");
  refuses(cluster(32), "names 32 nodes");
  assertEquals(parse(cluster(2)).nodes.size, 2);
  assertEquals(parse(cluster(31)).nodes.size, 31);
});

Deno.test("wrong types are refused by key and value", () => {
  for (const document of [[], null, 7, "x"]) refuses(document, `the document is ${JSON.stringify(document)}`);
  refuses({}, "nodes is missing", "use a JSON object");
  refuses({ nodes: [A, B] }, "nodes is [", "use a JSON object");
  refuses({ nodes: { A: "127.0.0.1:1234", B } }, 'nodes.A is "127.0.0.1:1234"');
  for (const path of [7, "", null, "a\0b"]) {
    refuses({ nodes: two, stateDir: path }, `stateDir is ${JSON.stringify(path)}`);
    refuses({ nodes: two, secretFile: path }, `secretFile is ${JSON.stringify(path)}`);
  }
});

Deno.test("a time out of range is refused", () => {
  for (const key of Object.keys(DEFAULT_SETTINGS)) {
    for (const value of [0, -5, 1.5, "10", null, 86_400_001]) {
      refuses({ nodes: two, [key]: value }, `${key} is ${JSON.stringify(value)}`, "to 86400000");
    }
  }
  refuses({ nodes: two, leaseWindowMs: 149 }, "leaseWindowMs is 149", "from 150");
  assertEquals(parse({ nodes: two, leaseWindowMs: 150 }).settings.leaseWindowMs, 150);
});

Deno.test("a smallest time above its largest is refused", () => {
  refuses({ nodes: two, retransmitMinMs: 1001 }, "retransmitMinMs is 1001", "above retransmitMaxMs, 1000");
  refuses({ nodes: two, backoffMaxMs: 4 }, "backoffMinMs is 5", "above backoffMaxMs, 4");
});

Deno.test("a long value is cut short in the message", () => {
  const error = assertThrows(() => parse("x".repeat(10_000)), ConfigurationError);
  assertEquals(error.message.length < 200, true);
});

Deno.test("text that is not JSON is refused with the place", () => {
  const error = assertThrows(() => parseConfiguration('{"nodes": {},}', "x.json"), ConfigurationError);
  assertStringIncludes(error.message, "x.json is not JSON");
  assertStringIncludes(error.message, "position 13");
  assertThrows(() => parseConfiguration("", "x.json"), ConfigurationError, "x.json is not JSON");
});

const noVariables = () => undefined;
const bytes = (document: unknown) => new TextEncoder().encode(JSON.stringify(document));

/** A directory of files by name; whatever else is read is absent. */
function reader(files: Record<string, Uint8Array>): (path: string) => Uint8Array {
  return (path) => {
    const found = files[path];
    if (found === undefined) throw new Deno.errors.NotFound("No such file or directory (os error 2): readfile");
    return found;
  };
}

Deno.test("--config comes before PAXOS_CONFIG, that before paxos.json, that before the built-in cluster", () => {
  const file = bytes({ nodes: two });
  const readFile = reader({ "named.json": file, "env.json": file, "paxos.json": file });
  const env = (name: string) => name === "PAXOS_CONFIG" ? "env.json" : undefined;
  assertEquals(loadConfiguration({ configFile: "named.json", env, readFile }).source, "named.json");
  assertEquals(loadConfiguration({ env, readFile }).source, "env.json");
  assertEquals(loadConfiguration({ env: noVariables, readFile }).source, "paxos.json");
  assertEquals(loadConfiguration({ env: () => "", readFile }).source, "paxos.json");
  assertEquals(loadConfiguration({ env: noVariables, readFile: reader({}) }), builtInConfiguration);
});

Deno.test("a file that was named and is missing is an error, never the built-in cluster", () => {
  const readFile = reader({});
  const named = () => loadConfiguration({ configFile: "gone.json", env: noVariables, readFile });
  assertThrows(named, ConfigurationError, 'configuration file "gone.json" (named by --config)');
  const fromEnvironment = () => loadConfiguration({ env: () => "gone.json", readFile });
  assertThrows(fromEnvironment, ConfigurationError, '"gone.json" (named by $PAXOS_CONFIG)');
  assertThrows(() => loadConfiguration({ configFile: "", env: noVariables, readFile }), ConfigurationError, '""');
});

Deno.test("a paxos.json that cannot be read is an error, never the built-in cluster", () => {
  const readFile = () => {
    throw Object.assign(new Deno.errors.PermissionDenied("Permission denied (os error 13)"), { code: "EACCES" });
  };
  const error = assertThrows(() => loadConfiguration({ env: noVariables, readFile }), ConfigurationError);
  assertStringIncludes(error.message, '"paxos.json" (found here): EACCES, Permission denied. ');
});

Deno.test("a file that is not UTF-8 is refused, one with a byte order mark is read", () => {
  const files = { bad: new Uint8Array([0xff]), marked: new Uint8Array([0xef, 0xbb, 0xbf, ...bytes({ nodes: two })]) };
  const load = (configFile: string) => loadConfiguration({ configFile, env: noVariables, readFile: reader(files) });
  assertThrows(() => load("bad"), ConfigurationError, "bad is not UTF-8");
  assertEquals(load("marked").nodes.size, 2);
});

Deno.test("a node that the configuration does not name is refused by the names that it has", () => {
  assertEquals(nodeAddress(builtInConfiguration, "B"), { host: "127.0.0.1", port: 1235 });
  const error = assertThrows(() => nodeAddress(builtInConfiguration, "D"), ConfigurationError, 'no node "D"');
  assertStringIncludes(error.message, "A, B, C");
});

Deno.test("each platform has its own directory for state, and none of them is temporary", () => {
  const env = (variables: Record<string, string>) => (name: string) => variables[name];
  const home = env({ HOME: "/home/u" });
  assertEquals(defaultStateDir("linux", env({ HOME: "/home/u", XDG_STATE_HOME: "/s" })), "/s/paxos");
  assertEquals(defaultStateDir("linux", home), "/home/u/.local/state/paxos");
  assertEquals(defaultStateDir("freebsd", home), "/home/u/.local/state/paxos");
  assertEquals(
    defaultStateDir("linux", env({ HOME: "/home/u", XDG_STATE_HOME: "relative" })),
    "/home/u/.local/state/paxos",
  );
  assertEquals(defaultStateDir("darwin", home), "/home/u/Library/Application Support/paxos");
  assertEquals(defaultStateDir("windows", env({ LOCALAPPDATA: "C:\\L" })), "C:\\L\\paxos");
  for (const [os, name] of [["linux", "HOME"], ["darwin", "HOME"], ["windows", "LOCALAPPDATA"]] as const) {
    const error = assertThrows(() => defaultStateDir(os, noVariables), ConfigurationError, `${name} is not set`);
    assertStringIncludes(error.message, "--state-dir");
  }
});

Deno.test("a uid that Windows would take for a device is refused on every platform", () => {
  const [address, other] = [{ host: "127.0.0.1", port: 1 }, { host: "127.0.0.1", port: 2 }];
  for (const uid of ["NUL", "con", "Aux", "COM1", "lpt9", "nul.a"]) {
    const refused = () => parse({ nodes: { [uid]: address, B: other } });
    assertThrows(refused, ConfigurationError, "Windows takes a file of that name for a device");
  }
  for (const uid of ["NULL", "COM", "console", "a.nul"]) {
    assertEquals([...parse({ nodes: { [uid]: address, B: other } }).nodes.keys()], [uid, "B"]);
  }
});

machineTest("a configuration file is read from the disk", () => {
  const directory = Deno.makeTempDirSync();
  try {
    const configFile = `${directory}/cluster.json`;
    Deno.writeFileSync(configFile, bytes({ nodes: two, stateDir: "state", takeoverMs: 500 }));
    const configuration = loadConfiguration({ configFile, env: noVariables });
    assertEquals([configuration.stateDir, configuration.settings.takeoverMs], [`${directory}/state`, 500]);
    const gone = () => loadConfiguration({ configFile: `${directory}/gone.json`, env: noVariables });
    assertThrows(gone, ConfigurationError, "(named by --config): ENOENT, No such file or directory. ");
    const notAFile = () => loadConfiguration({ configFile: directory, env: noVariables });
    assertThrows(notAFile, ConfigurationError, "EISDIR");
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
