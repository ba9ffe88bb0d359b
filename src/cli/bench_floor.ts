// What the machine allows, measured in the same run as the cluster: nothing that is replicated can be faster.
import { openSocket, receiveAll } from "../runtime/datagram_socket.ts";
import { StateStore } from "../runtime/state_store.ts";
import type { Command } from "./command.ts";
import { EXIT } from "./command.ts";
import { selfCommand } from "./self.ts";

/** Medians, in milliseconds. */
export interface Floor {
  /** From a process to another one and back, over UDP. */
  readonly roundTripMs: number;
  /** One save of a state file. */
  readonly saveMs: number;
}

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
const TIMES = 400;
const WARM_UP = 100;
/** What a node saves for one client's update of 200 bytes, about. */
const STATE_BYTES = 1000;

/** `paxos bench-echo`: sends back whatever it gets, and ends with its standard input. */
export const benchEcho: Command = {
  name: "bench-echo",
  summary: "answer datagrams with themselves",
  usage: "",
  help: [],
  examples: [],
  async run(_args, terminal) {
    const socket = openSocket(LOOPBACK);
    receiveAll(socket, (bytes, from) => void socket.send(bytes, from).catch(() => {})).catch(() => {});
    terminal.print(String((socket.addr as Deno.NetAddr).port));
    await terminal.readInput(0);
    socket.close();
    return EXIT.done;
  },
};

/** Measures a round trip, and a save in this directory. */
export async function measureFloor(directory: string): Promise<Floor> {
  const saveMs = measureSave(directory);
  return { roundTripMs: await measureRoundTrip(), saveMs };
}

/** No commit can be faster: from the client to a node and back, from it to another one and back, which both save at once. */
export function commitFloorMs({ roundTripMs, saveMs }: Floor): number {
  return 2 * roundTripMs + saveMs;
}

function measureSave(directory: string): number {
  const store = StateStore.open(directory, "bench-floor");
  const texts = ["a", "b"].map((letter) => `${letter.repeat(STATE_BYTES)}\n`);
  const times: number[] = [];
  for (let i = -WARM_UP; i < TIMES; i++) {
    const beganMs = performance.now();
    store.save(texts[Math.abs(i) % 2]!);
    if (i >= 0) times.push(performance.now() - beganMs);
  }
  store.close();
  return median(times);
}

async function measureRoundTrip(): Promise<number> {
  const { command, args } = selfCommand(["bench-echo"]);
  const echo = new Deno.Command(command, { args: [...args], stdin: "piped", stdout: "piped", stderr: "null" }).spawn();
  const socket = openSocket(LOOPBACK);
  try {
    const reader = echo.stdout.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    const port = Number(new TextDecoder().decode(value));
    const [bytes, buffer] = [new Uint8Array(300), new Uint8Array(1000)];
    const times: number[] = [];
    for (let i = -WARM_UP; i < TIMES; i++) {
      const beganMs = performance.now();
      await socket.send(bytes, { transport: "udp", ...LOOPBACK, port });
      await socket.receive(buffer);
      if (i >= 0) times.push(performance.now() - beganMs);
    }
    return median(times);
  } finally {
    socket.close();
    await echo.stdin.close();
    await echo.stdout.cancel();
    await echo.status;
  }
}

/** The middle one; the numbers are put in order. */
function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1] ?? NaN;
}
