// UDP as Deno offers it, its peculiarities aside.
import { formatAddress } from "./addresses.ts";
import { ConfigurationError, NetworkError, osReason } from "./errors.ts";

/** What is used of a socket; `Deno.DatagramConn` fits. */
export interface DatagramSocket {
  /** Where it is bound. */
  readonly addr: Deno.Addr;
  /** Sends one datagram. */
  send(bytes: Uint8Array, to: Deno.Addr): Promise<number>;
  /** Waits for a datagram, and puts it into the buffer. */
  receive(buffer?: Uint8Array): Promise<[Uint8Array, Deno.Addr]>;
  /** Ends the wait. */
  close(): void;
}

/** One byte more than the largest datagram of UDP. */
const BUFFER_BYTES = 65_508;

/** Binds a UDP socket; port 0 takes any that is free. A `ReportedError` that says what to do where it cannot be had. */
export function openSocket(address: Pick<Deno.NetAddr, "hostname" | "port">): DatagramSocket {
  // Without the flag the function is missing, whatever its type says.
  if (typeof Deno.listenDatagram !== "function") {
    throw new ConfigurationError(
      "This program needs UDP, which Deno offers only if asked: add --unstable-net to the command that runs it " +
        "(deno run, deno install, deno compile).",
    );
  }
  try {
    return Deno.listenDatagram({ transport: "udp", hostname: address.hostname, port: address.port });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const whatToDo = error instanceof Deno.errors.AddrInUse
      ? "Another process listens there, perhaps this node: stop it, or give the node another port in the configuration"
      : error instanceof Deno.errors.AddrNotAvailable
      ? "This machine has no such address: run the node on the machine that has it, or mend the configuration"
      : "Mend the cause, or give the node another address in the configuration";
    throw new NetworkError(`Cannot listen on ${formatAddress(address)}: ${osReason(error)}. ${whatToDo}.`, {
      cause: error,
    });
  }
}

/** What has arrived already is received within so many turns of the microtask queue; two, in fact. */
const TURNS = 4;

/** So many datagrams are one burst at most, so that nothing else waits for long. */
const MAX_BURST = 128;

/**
 * Hands each datagram over until the socket is closed. The bytes are valid during the call only: the buffer is used again.
 * `drained` is called when no more of them are at hand, so that what a burst has brought can be done at once; or after the first,
 * if `isEnough` says so. What a callback throws ends the loop and rejects.
 */
export async function receiveAll(
  socket: DatagramSocket,
  received: (bytes: Uint8Array, from: Deno.NetAddr) => void,
  drained: () => void = () => {},
  isEnough: () => boolean = () => false,
): Promise<void> {
  const buffer = new Uint8Array(BUFFER_BYTES);
  let burst = 0;
  while (true) {
    let datagram: [Uint8Array, Deno.Addr];
    try {
      const arrival = socket.receive(buffer);
      if (burst > 0 && (burst >= MAX_BURST || !await isAtHand(arrival))) {
        burst = 0;
        drained();
      }
      datagram = await arrival;
    } catch (error) {
      // Windows reports here that nobody listens where an earlier datagram went to.
      if (error instanceof Deno.errors.ConnectionReset) continue;
      if (burst > 0) drained();
      if (error instanceof Deno.errors.Interrupted || error instanceof Deno.errors.BadResource) return;
      throw error;
    }
    received(datagram[0], datagram[1] as Deno.NetAddr);
    if (burst === 0 && isEnough()) drained();
    else burst++;
  }
}

/** Whether it resolves without waiting for anything but the microtask queue. */
async function isAtHand(arrival: Promise<unknown>): Promise<boolean> {
  let arrived = false;
  const arrive = () => {
    arrived = true;
  };
  arrival.then(arrive, arrive);
  for (let turn = 0; turn < TURNS && !arrived; turn++) await null;
  return arrived;
}
