import type { PeerMessage } from "../../replica/messages.ts";
import type { NodeState } from "../../replica/node_state.ts";
import type { Effect } from "../../replica/ports.ts";
import type { RegisterState } from "../../replica/register.ts";
import type { ReplicatedValue } from "../../replica/replicated_value.ts";
import type { Violation } from "../events.ts";

/** What a checker may see of a node. */
export interface Witness {
  /** The node's name. */
  readonly uid: string;
  /** The link that it is deciding. */
  readonly instanceNumber: number;
  /** What the links before it amount to, as the node has it. */
  readonly register: RegisterState;
}

/** What a checker may see of a machine. */
export interface Running {
  /** The name of its node. */
  readonly uid: string;
  /** The node, if it is up. */
  readonly node: ReplicatedValue | null;
}

/** Judges a run while it happens; it sees everything and changes nothing. */
export interface Checker {
  /** A node lets a message out, so all that it reveals must be durable by now. */
  sent?(uid: string, message: PeerMessage): Violation | null;
  /** A node tells people what it has learned. */
  announced?(witness: Witness, effect: Effect): Violation | null;
  /** A node has crashed when this state was durable already, but before it could tell anybody. */
  survived?(uid: string, state: NodeState): Violation | null;
  /** Something has happened; the machines are as they are at this moment of true time. */
  moment?(machines: Iterable<Running>): Violation | null;
  /** A node has lost its disk: it begins anew, and is held to what it has promised. */
  lost?(uid: string): void;
  /** A client asks for a value. */
  proposed?(value: string): void;
}
