import { PlainNode } from "../../src/node.ts";
import type { Input } from "../../src/replica/ports.ts";
import type { Machine } from "../../src/runtime/atomic_file.ts";
import { DEFAULT_SETTINGS } from "../../src/replica/ports.ts";
import type { ClusterConfiguration } from "../../src/runtime/configuration.ts";
import { openSocket } from "../../src/runtime/datagram_socket.ts";
import { StateError } from "../../src/runtime/errors.ts";
import type { NodeLog } from "../../src/runtime/log.ts";
import { Server } from "../../src/runtime/server.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { freePorts } from "./cluster.ts";

/** A machine whose disk is full from the moment when `full` says so. */
function fillingMachine(full: () => boolean): Machine {
  const failing = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_, name) {
        const member = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          if (full() && /^(open|write|sync)/.test(String(name))) {
            throw Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
          }
          const result = member.apply(target, args);
          return name === "openSync" ? failing(result) : result;
        };
      },
    });
  return { files: failing(Deno), os: Deno.build.os };
}

/** Node A of two, in this process; `sent` gets the types of the datagrams that leave. */
async function serveA(
  sent: string[],
  options: { machine?: Machine; nodeClass?: typeof PlainNode } = {},
): Promise<{ server: Server; propose(value: string): Promise<void> }> {
  const [a = 0, b = 0] = freePorts(2);
  const configuration: ClusterConfiguration = {
    source: "test",
    nodes: new Map([["A", { host: "127.0.0.1", port: a }], ["B", { host: "127.0.0.1", port: b }]]),
    settings: DEFAULT_SETTINGS,
  };
  const log: NodeLog = {
    showsDatagrams: true,
    sent: (_to, bytes) => sent.push(new TextDecoder().decode(bytes).split(" ")[0] ?? ""),
    received: () => {},
    event: () => {},
  };
  const stateDir = await Deno.makeTempDir();
  const { nodeClass = PlainNode, ...rest } = options;
  const server = await Server.start({ uid: "A", configuration, stateDir, insecure: false, nodeClass, log, ...rest });
  server.finished.then(() => Deno.remove(stateDir, { recursive: true }));
  return {
    server,
    async propose(value) {
      const socket = openSocket({ hostname: "127.0.0.1", port: 0 });
      const to: Deno.NetAddr = { transport: "udp", hostname: "127.0.0.1", port: a };
      await socket.send(new TextEncoder().encode(`propose ${value}`), to);
      socket.close();
    },
  };
}

machineTest("a save that fails ends the node, and nothing of what was to be saved gets out", async () => {
  let full = false;
  const sent: string[] = [];
  const { server, propose } = await serveA(sent, { machine: fillingMachine(() => full) });
  full = true;
  await propose("x");
  const error = await server.finished;
  assert(error instanceof StateError, String(error));
  assertStringIncludes(error.message, "ENOSPC, No space left on device. Free space on that disk");
  assertEquals(new Set(sent), new Set(["hello", "sync_request"]));
});

machineTest("a disk that is full at the start is an error at the start", async () => {
  const machine = fillingMachine(() => true);
  await assertRejects(() => serveA([], { machine }), StateError, "Free space on that disk");
});

machineTest("a node that fails in the middle of a step ends, and says nothing more", async () => {
  class Broken extends PlainNode {
    override step(input: Input): void {
      super.step(input);
      if (input.kind === "propose") throw new Error("an invariant does not hold");
    }
  }
  const sent: string[] = [];
  const { server, propose } = await serveA(sent, { nodeClass: Broken });
  await propose("x");
  assertEquals((await server.finished)?.message, "an invariant does not hold");
  assertEquals(new Set(sent), new Set(["hello", "sync_request"]));
});

machineTest("stop ends a node without an error, once", async () => {
  const { server } = await serveA([]);
  server.stop();
  server.stop();
  assertEquals(await server.finished, null);
});
