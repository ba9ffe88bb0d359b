// How a node touches the world: what comes in, what goes out, and the little that it may ask for. The node itself waits for
// nothing and does nothing; see `effect_loop.ts`.
import type { PeerMessage } from "./messages.ts";
import type { ClientRequest, ClientResponse } from "./requests.ts";
import type { NodeState } from "./node_state.ts";
import type { UpdateResult } from "./register.ts";

/** Time and chance: injected, so that a run is a function of its seed and its inputs. */
export interface Env {
  /** Milliseconds on a clock that never jumps; only differences mean anything. */
  now(): number;
  /**
   * The latest that it may be on that clock: ahead of `now` by as much as the wall clock has jumped, as it does where a machine was
   * suspended. Absent where none is.
   */
  nowAtLatest?(): number;
  /** Uniform in [0, 1). */
  random(): number;
}

/** The constants of the strategies, in milliseconds. */
export interface Settings {
  /** How often a node tells a random peer where it stands. */
  readonly syncIntervalMs: number;
  /** The first wait before a message is sent again; it doubles up to `retransmitMaxMs`. */
  readonly retransmitMinMs: number;
  /** The longest wait before a message is sent again. */
  readonly retransmitMaxMs: number;
  /** The first window out of which a refused proposer draws its wait; it doubles up to `backoffMaxMs`. */
  readonly backoffMinMs: number;
  /** The widest window of that kind. */
  readonly backoffMaxMs: number;
  /** The silence after an accept, until another node takes over. */
  readonly takeoverMs: number;
  /** How often a node introduces itself to a peer that does not answer. */
  readonly helloIntervalMs: number;
  /** How long a lease lasts, for nodes that have a master: the same at all of them. */
  readonly leaseWindowMs: number;
}

/** Settings that suit a local network. */
export const DEFAULT_SETTINGS: Settings = {
  syncIntervalMs: 1000,
  retransmitMinMs: 50,
  retransmitMaxMs: 1000,
  backoffMinMs: 5,
  backoffMaxMs: 2000,
  takeoverMs: 3000,
  helloIntervalMs: 100,
  leaseWindowMs: 2000,
};

/** What a node is made with. */
export interface NodeOptions {
  /** Its name. */
  readonly uid: string;
  /** All nodes of the cluster, itself included. */
  readonly nodes: readonly string[];
  /** Time and chance. */
  readonly env: Env;
  /** The constants of its strategies. */
  readonly settings: Settings;
  /** Of its process, for `status`. */
  readonly pid: number;
  /** How many sessions are kept, the same at all nodes; fewer than usual only in simulations. */
  readonly maxSessions?: number;
}

/** Where a response goes: opaque to the node. */
export type ClientAddress = string;

/** What happens to a node. */
export type Input =
  /** Its life begins. */
  | { readonly kind: "start" }
  | { readonly kind: "message"; readonly fromUid: string; readonly message: PeerMessage }
  | { readonly kind: "timer"; readonly name: string }
  | ClientInput;

/** What clients want of a node. */
export type ClientInput =
  | { readonly kind: "request"; readonly from: ClientAddress; readonly request: ClientRequest }
  /** The ancestor's fire-and-forget proposal; `isForwarded`: a peer has passed it on. */
  | { readonly kind: "propose"; readonly value: string; readonly isForwarded?: boolean };

/** What a node wants done. Nothing may be said before the state behind it is on stable storage. */
export type Effect =
  /** `beforeSave`: it reveals nothing that this node could forget, so it need not wait for the save of the same step. */
  | { readonly kind: "send"; readonly toUid: string; readonly message: PeerMessage; readonly beforeSave?: boolean }
  | {
    readonly kind: "respond";
    readonly to: ClientAddress;
    readonly response: ClientResponse;
    readonly beforeSave?: boolean;
  }
  /** A timer of a name that is set already is replaced. */
  | { readonly kind: "set_timer"; readonly name: string; readonly delayMs: number }
  | { readonly kind: "cancel_timer"; readonly name: string }
  /** This node has learned the link, and its updates were applied with these results. */
  | {
    readonly kind: "chosen";
    readonly instanceNumber: number;
    readonly link: string;
    readonly results: readonly UpdateResult[];
  }
  /** This node was carried over links by a peer. */
  | { readonly kind: "caught_up"; readonly instanceNumber: number; readonly fromUid: string }
  /** What this node knows of the lease has changed. */
  | LeaseEvent
  /** A sentence for people. */
  | { readonly kind: "trouble"; readonly text: string }
  /** A valid message that had to be ignored; counted by reason. */
  | { readonly kind: "dropped"; readonly reason: string };

/** What a node tells people of the lease. */
export interface LeaseEvent {
  /** Tells the effects apart. */
  readonly kind: "lease";
  /**
   * `granted`, `renewed`: by a link, to this node or another. `lost`: this node is not master any more. `expired`: that of another
   * node was not renewed. `waits`: this node votes for nobody, since a lease may stand of which it was not told.
   */
  readonly change: "granted" | "renewed" | "lost" | "expired" | "waits";
  /** Whose lease it is; `null` where that is not known. */
  readonly holderUid: string | null;
  /** For how long from now, in milliseconds. */
  readonly forMs: number;
}

/** What is told to people. */
export type Announcement = Extract<Effect, { kind: "chosen" | "caught_up" | "lease" | "trouble" | "dropped" }>;

/** Stable storage for one node's state. */
export interface Store {
  /** Calls `done` once the state is durable, or with the error that kept it from becoming so. */
  save(state: NodeState, done: (error: Error | null) => void): void;
}

/** The outside of a node: performs what the effects say. */
export interface Outside {
  /** Sends a datagram to a peer. It may be lost. */
  send(toUid: string, message: PeerMessage): void;
  /** Answers a client. It may be lost. */
  respond(to: ClientAddress, response: ClientResponse): void;
  /** Calls `fire` after the delay, unless the timer of that name is set again or cancelled before. */
  setTimer(name: string, delayMs: number, fire: () => void): void;
  /** Forgets the timer. */
  cancelTimer(name: string): void;
  /** Tells people. */
  announce(event: Announcement): void;
  /** The state could not be saved: the node has stopped, for it can answer for nothing any more. */
  stopped(error: Error): void;
}
