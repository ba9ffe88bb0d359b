// A network that does what the test wants: UDP sockets between real programs, which lose, copy, delay and reorder datagrams, and
// cut one way or both. A node knows its peers by the addresses that their datagrams come from, so each way has a socket of its own:
// what A sends to B goes to the socket that A takes for B, and reaches B from the socket that B takes for A.
import type { NodeAddress } from "../../src/runtime/addresses.ts";
import { type DatagramSocket, openSocket, receiveAll } from "../../src/runtime/datagram_socket.ts";
import type { Random } from "../../src/sim/random.ts";

/** Where each node is. */
export type Nodes = Readonly<Record<string, NodeAddress>>;

/** How datagrams fare on the ways that are open. */
export interface Weather {
  /** The part of them that is lost. */
  readonly loss: number;
  /** The part of them that arrives twice. */
  readonly duplication: number;
  /** They are under way for up to so long, each for a time of its own, so that they overtake each other; in milliseconds. */
  readonly delayMs: number;
}

/** Nothing happens to a datagram. */
export const FINE: Weather = { loss: 0, duplication: 0, delayMs: 0 };

/** What became of the datagrams. */
export interface Fates {
  passed: number;
  lost: number;
  copied: number;
  delayed: number;
  cut: number;
}

/** The network. */
export class FaultProxy implements Disposable {
  /** How datagrams fare now. */
  weather: Weather = FINE;
  /** Which datagrams are lost besides: a test that wants one certain loss sets it. */
  loses: (from: string, to: string, text: string) => boolean = () => false;
  /** What became of those so far. */
  readonly fates: Fates = { passed: 0, lost: 0, copied: 0, delayed: 0, cut: 0 };
  readonly #cuts = new Set<string>();
  readonly #sockets: DatagramSocket[] = [];
  readonly #underWay = new Set<ReturnType<typeof setTimeout>>();

  /** Chance decides about each datagram. */
  constructor(readonly nodes: Nodes, readonly random: Random) {}

  /** Where each node has to think that its peers are. */
  views(): Record<string, Nodes> {
    const uids = Object.keys(this.nodes);
    const views: Record<string, Record<string, NodeAddress>> = {};
    for (const uid of uids) views[uid] = { [uid]: this.nodes[uid]! };
    for (const [index, a] of uids.entries()) {
      for (const b of uids.slice(index + 1)) {
        const [asB, asA] = [this.#open(), this.#open()];
        views[a]![b] = addressOf(asB);
        views[b]![a] = addressOf(asA);
        this.#forward(asB, () => ({ socket: asA, from: a, to: b, address: this.#real(b) }));
        this.#forward(asA, () => ({ socket: asB, from: b, to: a, address: this.#real(a) }));
      }
    }
    return views;
  }

  /** Where a client has to think that the nodes are; `name` is what it is called in cuts. */
  clientView(name: string): Nodes {
    return Object.fromEntries(
      Object.keys(this.nodes).map((uid) => {
        const [front, back] = [this.#open(), this.#open()];
        let client: Deno.NetAddr | null = null;
        this.#forward(front, (sender) => {
          client = sender;
          return { socket: back, from: name, to: uid, address: this.#real(uid) };
        });
        this.#forward(back, () => client && { socket: front, from: uid, to: name, address: client });
        return [uid, addressOf(front)];
      }),
    );
  }

  /** Nothing that the one sends reaches the other any more. */
  cut(from: string, to: string): void {
    this.#cuts.add(`${from} ${to}`);
  }

  /** All ways are open again. */
  open(): void {
    this.#cuts.clear();
  }

  /** All ways are open, and the weather is fine. */
  heal(): void {
    this.open();
    this.weather = FINE;
  }

  /** Ends the network. */
  [Symbol.dispose](): void {
    for (const timer of this.#underWay) clearTimeout(timer);
    for (const socket of this.#sockets) socket.close();
  }

  #real(uid: string): Deno.NetAddr {
    const { host, port } = this.nodes[uid]!;
    return { transport: "udp", hostname: host, port };
  }

  #open(): DatagramSocket {
    const socket = openSocket({ hostname: "127.0.0.1", port: 0 });
    this.#sockets.push(socket);
    return socket;
  }

  #forward(socket: DatagramSocket, wayOf: (sender: Deno.NetAddr) => Way | null): void {
    // A socket that is closed ends the loop; what else goes wrong shows in the nodes.
    receiveAll(socket, (bytes, sender) => {
      const way = wayOf(sender);
      if (way !== null) this.#pass(bytes, way);
    }).catch(() => {});
  }

  #pass(bytes: Uint8Array, { socket, from, to, address }: Way): void {
    const { loss, duplication, delayMs } = this.weather;
    if (this.#cuts.has(`${from} ${to}`)) return void this.fates.cut++;
    if (this.random.chance(loss) || this.loses(from, to, new TextDecoder().decode(bytes))) {
      return void this.fates.lost++;
    }
    const copies = this.random.chance(duplication) ? 2 : 1;
    this.fates.copied += copies - 1;
    this.fates.passed++;
    if (delayMs > 0) this.fates.delayed++;
    const datagram = bytes.slice();
    const send = () => void socket.send(datagram, address).catch(() => {});
    for (let copy = 0; copy < copies; copy++) {
      if (delayMs === 0) {
        send();
        continue;
      }
      const timer = setTimeout(() => {
        this.#underWay.delete(timer);
        send();
      }, this.random.unit() * delayMs);
      this.#underWay.add(timer);
    }
  }
}

/** From whom to whom, and from which socket to which address. */
interface Way {
  readonly socket: DatagramSocket;
  readonly from: string;
  readonly to: string;
  readonly address: Deno.NetAddr;
}

function addressOf(socket: DatagramSocket): NodeAddress {
  const { hostname, port } = socket.addr as Deno.NetAddr;
  return { host: hostname, port };
}
