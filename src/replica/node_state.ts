// What a node must find again after a crash, and its text: the file is JSON, has the five names of the ancestor's, and ends
// with a checksum over all that stands before it.
import type { AcceptorState } from "../paxos/acceptor.ts";
import { compareProposalIds, MAX_PROPOSAL_NUMBER, type ProposalId, sameProposalId } from "../paxos/proposal_id.ts";
import { checksum } from "./checksum.ts";
import { isRecord, isTextOrNull, isWholeNumber, proposalIdFromJson, proposalIdToJson } from "./json.ts";
import { EMPTY_REGISTER, isBefore, type RegisterState } from "./register.ts";
import { registerFromJson, sessionsText } from "./register_json.ts";

/** The version of the state file. */
export const STATE_FORMAT = 1;

/** All that is durable. */
export interface NodeState {
  /** The instance that is being decided. */
  readonly instanceNumber: number;
  /** What the links before it amount to. */
  readonly register: RegisterState;
  /** What the acceptor has promised and accepted. */
  readonly acceptor: AcceptorState;
  /** The longest window of a lease that this node may have learned of, in milliseconds; `null` where there are none. */
  readonly leaseWindowMs: number | null;
  /** The last link for which the node votes for nothing, where it has lost an earlier state. */
  readonly abstainsThrough?: number;
}

/** The state of a node that has never lived. */
export const BLANK_STATE: NodeState = {
  instanceNumber: 0,
  register: EMPTY_REGISTER,
  acceptor: { promisedId: null, acceptedId: null, acceptedValue: null },
  leaseWindowMs: null,
};

/** Of a node that has lost its state and does not know yet how far it must abstain. */
export const ALL_LINKS: number = MAX_PROPOSAL_NUMBER;

/** The state of a node that has lived, and has lost its state. */
export const LOST_STATE: NodeState = { ...BLANK_STATE, abstainsThrough: ALL_LINKS };

/** Whose state it is: a state is never taken over by another node or another cluster. */
export interface Owner {
  /** The node. */
  readonly uid: string;
  /** All nodes of its cluster. */
  readonly nodes: readonly string[];
}

/** A state that cannot be used. To start without it would be to forget promises. */
export class StateDamage extends Error {
  /** `kind` tells damage from a state that is whole but belongs elsewhere or is newer than this program. */
  constructor(readonly kind: "damaged" | "newer" | "foreign", message: string) {
    super(message);
    this.name = "StateDamage";
  }
}

/** Whether both are the same state. */
export function sameState(a: NodeState, b: NodeState): boolean {
  return a.instanceNumber === b.instanceNumber && a.register === b.register &&
    a.leaseWindowMs === b.leaseWindowMs &&
    sameProposalId(a.acceptor.promisedId, b.acceptor.promisedId) &&
    sameProposalId(a.acceptor.acceptedId, b.acceptor.acceptedId) &&
    a.acceptor.acceptedValue === b.acceptor.acceptedValue && a.abstainsThrough === b.abstainsThrough;
}

/** The text of the state file. Throws where the state breaks an invariant: such a state must never become durable. */
export function encodeState(state: NodeState, owner: Owner): string {
  checkInvariants(state);
  const { value, valueInstanceNumber, sessions, watermark } = state.register;
  const body = JSON.stringify({
    format: STATE_FORMAT,
    uid: owner.uid,
    nodes: [...owner.nodes].sort(),
    instance_number: state.instanceNumber,
    current_value: value,
    promised_id: proposalIdToJson(state.acceptor.promisedId),
    accepted_id: proposalIdToJson(state.acceptor.acceptedId),
    accepted_value: state.acceptor.acceptedValue,
    value_instance: valueInstanceNumber,
    watermark,
    ...(state.leaseWindowMs !== null && { lease_window_ms: state.leaseWindowMs }),
    ...(state.abstainsThrough !== undefined && { abstains_through: state.abstainsThrough }),
  });
  const sealed = `${body.slice(0, -1)},"sessions":${sessionsText(sessions)}`;
  return `${sealed},"checksum":"${checksum(sealed)}"}\n`;
}

/** Reads the text of a state file, the ancestor's too. Throws `StateDamage` for any text that is not a whole state of this owner. */
export function decodeState(text: string, owner: Owner): NodeState {
  const json = parse(text);
  if (isRecord(json, ANCESTOR_KEYS)) return fromAncestor(json, owner.uid);
  const sealed = checkSeal(text);
  if (typeof json === "object" && json !== null && "format" in json && json.format !== STATE_FORMAT) {
    const format = JSON.stringify(json.format);
    throw new StateDamage(
      "newer",
      `it has format ${format}, and this program reads ${STATE_FORMAT}: use the one that wrote it`,
    );
  }
  if (!sealed) throw damaged("it does not end with a checksum");
  if (!isRecord(json, [...ANCESTOR_KEYS, ...OWN_KEYS], ["lease_window_ms", "abstains_through"])) {
    throw damaged("its keys are not those of a state file");
  }
  checkOwner(json, owner);
  const register = registerFromJson({
    value: json.current_value,
    value_instance: json.value_instance,
    sessions: json.sessions,
    watermark: json.watermark,
  });
  if (register === null) throw damaged("its value or its sessions have the wrong types");
  const { lease_window_ms: leaseWindowMs = null } = json;
  if (leaseWindowMs !== null && !isWholeNumber(leaseWindowMs)) throw damaged("its lease window is not a whole number");
  const { abstains_through: abstainsThrough } = json;
  const abstains = isWholeNumber(abstainsThrough) ? { abstainsThrough } : {};
  if (abstainsThrough !== abstains.abstainsThrough) throw damaged("the link through which it abstains is none");
  const state = { ...acceptorAndInstance(json), register, leaseWindowMs, ...abstains };
  checkInvariants(state);
  return state;
}

const ANCESTOR_KEYS = ["instance_number", "current_value", "promised_id", "accepted_id", "accepted_value"];
const OWN_KEYS = ["format", "uid", "nodes", "value_instance", "sessions", "watermark", "checksum"];

function damaged(what: string): StateDamage {
  return new StateDamage("damaged", what);
}

function parse(text: string): unknown {
  if (text === "") throw damaged("it is empty");
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(text.trimEnd().endsWith("}") ? "it is not JSON" : `it is cut off at byte ${text.length}`);
  }
}

/** Whether the text bears a checksum, which must then be the right one. */
function checkSeal(text: string): boolean {
  const seal = /,"checksum":"([0-9a-f]{8})"\}\n$/.exec(text);
  if (seal === null) return false;
  const expected = checksum(text.slice(0, seal.index));
  if (seal[1] !== expected) throw damaged(`its checksum is ${seal[1]}, but its content gives ${expected}`);
  return true;
}

function checkOwner(json: Record<string, unknown>, owner: Owner): void {
  const nodes = JSON.stringify([...owner.nodes].sort());
  if (json.uid !== owner.uid) {
    throw new StateDamage(
      "foreign",
      `it belongs to node ${JSON.stringify(json.uid)}: a state is never used by another node`,
    );
  }
  if (JSON.stringify(json.nodes) !== nodes) {
    throw new StateDamage(
      "foreign",
      `it belongs to a cluster of ${JSON.stringify(json.nodes)}, and the configuration says ${nodes}: ` +
        "the list of nodes is fixed; src/docs/operations.md says how to change it with all nodes down",
    );
  }
}

function acceptorAndInstance(json: Record<string, unknown>): Pick<NodeState, "instanceNumber" | "acceptor"> {
  const promisedId = proposalIdFromJson(json.promised_id);
  const acceptedId = proposalIdFromJson(json.accepted_id);
  const { instance_number: instanceNumber, accepted_value: acceptedValue } = json;
  if (!isWholeNumber(instanceNumber)) throw damaged("its instance number is not a whole number");
  if (promisedId === undefined || acceptedId === undefined) throw damaged("a proposal ID in it is not one");
  if (!isTextOrNull(acceptedValue)) throw damaged("its accepted value is not a text");
  return { instanceNumber, acceptor: { promisedId, acceptedId, acceptedValue } };
}

/** The ancestor loses a promise now and then, so the first proposal after its file starts far above all that is in it. */
function fromAncestor(json: Record<string, unknown>, uid: string): NodeState {
  const { instanceNumber, acceptor } = acceptorAndInstance(json);
  const { current_value: value } = json;
  if (!isTextOrNull(value)) throw damaged("its value is not a text");
  const highest = Math.max(acceptor.promisedId?.number ?? 0, acceptor.acceptedId?.number ?? 0);
  const promisedId: ProposalId = { number: Math.min(highest + 1_000_000, MAX_PROPOSAL_NUMBER), uid };
  const state = {
    instanceNumber,
    // Each of its links carries a value, so the last one decided the value that stands.
    register: { ...EMPTY_REGISTER, value, valueInstanceNumber: value === null ? null : instanceNumber - 1 },
    acceptor: { ...acceptor, promisedId },
    leaseWindowMs: null,
  };
  checkInvariants(state);
  return state;
}

function checkInvariants({ instanceNumber, register, acceptor, abstainsThrough }: NodeState): void {
  const { promisedId, acceptedId, acceptedValue } = acceptor;
  if (compareProposalIds(promisedId, acceptedId) < 0) throw damaged("its promise is below what it has accepted");
  if ((acceptedId === null) !== (acceptedValue === null)) throw damaged("its accepted ID and value do not go together");
  if (abstainsThrough !== undefined && acceptedId !== null) throw damaged("it abstains, and has accepted something");
  if (instanceNumber === 0 && register.value !== null) throw damaged("it has a value, but no link was ever chosen");
  if (!isBefore(register, instanceNumber)) {
    throw damaged("a link that is not chosen yet has decided its value or a session");
  }
}
