// What can happen in a simulated world. A run is a list of these: the storms draw it, the shrinker cuts it, a page plays it.

/** What a simulated client asks of a node. */
export type ClientOperation =
  | { readonly type: "write"; readonly value: string }
  | { readonly type: "compareAndSet"; readonly expected: string | null; readonly value: string }
  | { readonly type: "read" };

/** One thing that happens; everything that happens by itself is the doing of the code under test. */
export type WorldEvent =
  /** A datagram arrives; it is lost if its link is cut or its receiver is down. */
  | { readonly kind: "deliver"; readonly datagram: number }
  /** The network makes a copy of a datagram; both arrive when they are delivered. */
  | { readonly kind: "duplicate"; readonly datagram: number }
  /** A datagram is lost. */
  | { readonly kind: "drop"; readonly datagram: number }
  /** A timer of a node goes off. */
  | { readonly kind: "timer"; readonly uid: string; readonly name: string }
  /** The save that a node waits for becomes durable. */
  | { readonly kind: "saved"; readonly uid: string }
  /** A node stops at once and loses what is not durable; `saved` says whether a save under way is, else chance does. */
  | { readonly kind: "crash"; readonly uid: string; readonly saved?: boolean }
  /** A node that is down starts again from its disk. */
  | { readonly kind: "restart"; readonly uid: string }
  /** A node stops for a while, with all that it has in memory; what arrives waits. */
  | { readonly kind: "pause"; readonly uid: string }
  /** A paused node goes on. */
  | { readonly kind: "resume"; readonly uid: string }
  /** What one node sends to another is lost from now on. */
  | { readonly kind: "cut"; readonly from: string; readonly to: string }
  /** It arrives again. */
  | { readonly kind: "mend"; readonly from: string; readonly to: string }
  /** Saves of a node never end from now on. */
  | { readonly kind: "hang_disk"; readonly uid: string }
  /** They end again. */
  | { readonly kind: "mend_disk"; readonly uid: string }
  /** A node stops and loses its disk; it does not simply start again. */
  | { readonly kind: "lose_disk"; readonly uid: string }
  /** A node that has lost its disk comes back. */
  | { readonly kind: "rejoin"; readonly uid: string }
  /** One bit of a node's state file turns around. */
  | { readonly kind: "rot"; readonly uid: string }
  /** A node stops at once and its disk is lost: when it starts again it knows nothing. */
  | { readonly kind: "wipe"; readonly uid: string }
  /** A node's clock counts so many milliseconds in a true one from now on. */
  | { readonly kind: "skew"; readonly uid: string; readonly rate: number }
  /** A client that is free asks a node. */
  | { readonly kind: "call"; readonly client: number; readonly operation: ClientOperation; readonly uid: string }
  /** A client sends its request once more, to this node. */
  | { readonly kind: "retry"; readonly client: number; readonly uid: string }
  /** A client waits no longer: it will never know the outcome. */
  | { readonly kind: "give_up"; readonly client: number };

/** What a checker has against a run. */
export interface Violation {
  /** The checker that saw it. */
  readonly kind:
    | "agreement"
    | "validity"
    | "promises"
    | "proposals"
    | "chain"
    | "exactly-once"
    | "mastership"
    | "linearizability"
    | "liveness"
    | "error";
  /** A sentence for people. */
  readonly message: string;
}
