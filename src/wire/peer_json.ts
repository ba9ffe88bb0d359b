// The messages between nodes as JSON: the ancestor's keys for the ancestor's messages, exactly these and no others.
import type { ProposalId } from "../paxos/proposal_id.ts";
import { isRecord, isTextOrNull, isUid, isWholeNumber, proposalIdFromJson, proposalIdToJson } from "../replica/json.ts";
import type { LeaseView } from "../replica/lease.ts";
import type { PeerMessage } from "../replica/messages.ts";
import { isBefore } from "../replica/register.ts";
import { registerFromJson, registerToJson } from "../replica/register_json.ts";

type Json = Record<string, unknown>;

/** The messages whose type is followed by an object. */
export type JsonMessage = Exclude<PeerMessage, { type: "propose" }>;

/** The object that follows the type. */
export function peerMessageToJson(message: JsonMessage): unknown {
  switch (message.type) {
    case "prepare":
      return { instance_number: message.instanceNumber, proposal_id: proposalIdToJson(message.proposalId) };
    case "promise":
      return {
        instance_number: message.instanceNumber,
        proposal_id: proposalIdToJson(message.proposalId),
        last_accepted_id: proposalIdToJson(message.lastAcceptedId),
        last_accepted_value: message.lastAcceptedValue,
      };
    case "nack":
      return {
        instance_number: message.instanceNumber,
        proposal_id: proposalIdToJson(message.proposalId),
        promised_proposal_id: proposalIdToJson(message.promisedId),
      };
    case "accept":
    case "accepted":
      return {
        instance_number: message.instanceNumber,
        proposal_id: proposalIdToJson(message.proposalId),
        ...(message.value !== null && { proposal_value: message.value }),
      };
    case "sync_request":
      return { instance_number: message.instanceNumber };
    case "catchup":
      return { instance_number: message.instanceNumber, current_value: message.currentValue };
    case "snapshot": {
      const { value, ...register } = registerToJson(message.register);
      return {
        instance_number: message.instanceNumber,
        current_value: value,
        ...register,
        lease: leaseViewToJson(message.lease),
        configuration_digest: message.configurationDigest,
      };
    }
    case "hello":
      return {
        format: message.format,
        nodes: message.nodes,
        mode: message.mode,
        ...(message.leaseWindowMs !== null && { lease_window_ms: message.leaseWindowMs }),
        answer: message.answer,
        life: message.life,
        fresh: message.fresh,
      };
    case "read_request":
      return { read_number: message.readNumber };
    case "read_answer":
      return {
        read_number: message.readNumber,
        instance_number: message.instanceNumber,
        accepted: message.accepted,
      };
    case "ping":
    case "pong":
      return { number: message.number };
    case "rejoin_request":
      return { nonce: message.nonce };
    case "rejoin_answer":
      return {
        nonce: message.nonce,
        instance_number: message.instanceNumber,
        promised_id: proposalIdToJson(message.promisedId),
      };
  }
}

/** Reads the object that follows the type; `null` if it is not what the type says. */
export function peerMessageFromJson(type: JsonMessage["type"], json: unknown): PeerMessage | null {
  switch (type) {
    case "prepare":
      return withProposal(json, [], (base) => ({ type, ...base }));
    case "promise":
      return withProposal(json, ["last_accepted_id", "last_accepted_value"], (base, rest) => {
        const lastAcceptedId = proposalIdFromJson(rest.last_accepted_id);
        const lastAcceptedValue = rest.last_accepted_value;
        if (lastAcceptedId === undefined || !isTextOrNull(lastAcceptedValue)) return null;
        if ((lastAcceptedId === null) !== (lastAcceptedValue === null)) return null;
        return { type, ...base, lastAcceptedId, lastAcceptedValue };
      });
    case "nack":
      return withProposal(json, ["promised_proposal_id"], (base, rest) => {
        const promisedId = proposalIdFromJson(rest.promised_proposal_id);
        return promisedId === undefined ? null : { type, ...base, promisedId };
      });
    case "accepted":
      // A node of ours leaves out the value, which the accept has carried.
      if (!Object.hasOwn(Object(json), "proposal_value")) {
        return withProposal(json, [], (base) => ({ type, ...base, value: null }));
      }
      return withProposed(json, (proposed) => ({ type, ...proposed }));
    case "accept":
      return withProposed(json, (proposed) => ({ type, ...proposed }));
    case "sync_request":
      return withInstance(json, [], (base) => ({ type, ...base }));
    case "catchup":
      return withInstance(json, ["current_value"], (base, { current_value: currentValue }) => {
        return isTextOrNull(currentValue) ? { type, ...base, currentValue } : null;
      });
    case "snapshot":
      return snapshotFromJson(json);
    case "hello":
      return helloFromJson(json);
    case "read_request":
      return isRecord(json, ["read_number"]) && isWholeNumber(json.read_number)
        ? { type, readNumber: json.read_number }
        : null;
    case "read_answer":
      return withInstance(json, ["read_number", "accepted"], (base, { read_number: readNumber, accepted }) => {
        return isWholeNumber(readNumber) && typeof accepted === "boolean"
          ? { type, readNumber, ...base, accepted }
          : null;
      });
    case "ping":
    case "pong":
      return isRecord(json, ["number"]) && isWholeNumber(json.number) ? { type, number: json.number } : null;
    case "rejoin_request":
      return isRecord(json, ["nonce"]) && isWholeNumber(json.nonce) ? { type, nonce: json.nonce } : null;
    case "rejoin_answer":
      return withInstance(json, ["nonce", "promised_id"], (base, { nonce, promised_id }) => {
        const promisedId = proposalIdFromJson(promised_id);
        return isWholeNumber(nonce) && promisedId !== undefined ? { type, nonce, ...base, promisedId } : null;
      });
  }
}

interface InInstance {
  readonly instanceNumber: number;
}

interface InProposal extends InInstance {
  readonly proposalId: ProposalId;
}

function withInstance<T>(json: unknown, keys: string[], make: (base: InInstance, rest: Json) => T | null): T | null {
  if (!isRecord(json, ["instance_number", ...keys]) || !isWholeNumber(json.instance_number)) return null;
  return make({ instanceNumber: json.instance_number }, json);
}

function withProposal<T>(json: unknown, keys: string[], make: (base: InProposal, rest: Json) => T | null): T | null {
  return withInstance(json, ["proposal_id", ...keys], (base, rest) => {
    const proposalId = proposalIdFromJson(rest.proposal_id) ?? null;
    return proposalId === null ? null : make({ ...base, proposalId }, rest);
  });
}

function withProposed<T>(json: unknown, make: (proposed: InProposal & { readonly value: string }) => T): T | null {
  return withProposal(json, ["proposal_value"], (base, { proposal_value: value }) => {
    return typeof value === "string" ? make({ ...base, value }) : null;
  });
}

function snapshotFromJson(json: unknown): PeerMessage | null {
  const keys = ["current_value", "value_instance", "sessions", "watermark", "lease", "configuration_digest"];
  return withInstance(json, keys, ({ instanceNumber }, rest) => {
    const { current_value: value, value_instance, sessions, watermark, lease, configuration_digest } = rest;
    const register = registerFromJson({ value, value_instance, sessions, watermark });
    const view = leaseViewFromJson(lease);
    if (register === null || view === undefined || typeof configuration_digest !== "string") return null;
    // A node that lacks the sessions sends no snapshot.
    if (register.sessions === null || !isBefore(register, instanceNumber)) return null;
    return { type: "snapshot", instanceNumber, register, lease: view, configurationDigest: configuration_digest };
  });
}

/** A later format may say more. Its hello must be understood all the same, or its sender would pass for one of the ancestor's. */
function helloFromJson(json: unknown): PeerMessage | null {
  const { format, nodes, mode, lease_window_ms: leaseWindowMs = null, answer, life, fresh } = Object(json) as Json;
  if (!isWholeNumber(format) || typeof answer !== "boolean" || (mode !== "plain" && mode !== "master")) return null;
  if (!Array.isArray(nodes) || nodes.length > 64 || !nodes.every(isUid)) return null;
  if (mode === "master" ? !isWholeNumber(leaseWindowMs) : leaseWindowMs !== null) return null;
  if (!isUid(life) || typeof fresh !== "boolean") return null;
  return { type: "hello", format, nodes, mode, leaseWindowMs: leaseWindowMs as number | null, answer, life, fresh };
}

/** `"none"`, `"unknown"` or `{"master": "A"}`; `null` where there are no leases. */
function leaseViewToJson(view: LeaseView | null): unknown {
  return view?.kind === "master" ? { master: view.uid } : view?.kind ?? null;
}

function leaseViewFromJson(json: unknown): LeaseView | null | undefined {
  if (json === null) return null;
  if (json === "none" || json === "unknown") return { kind: json };
  return isRecord(json, ["master"]) && isUid(json.master) ? { kind: "master", uid: json.master } : undefined;
}
