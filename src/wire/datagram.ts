// A datagram: a type, one space, and for all types but the ancestor's `propose` one JSON object. Decoding never throws and never
// lets a text from the network pick anything but one of the cases below.
import type { PeerMessage } from "../replica/messages.ts";
import type { ClientRequest, ClientResponse } from "../replica/requests.ts";
import { peerMessageFromJson, peerMessageToJson } from "./peer_json.ts";
import { requestFromJson, requestToJson, responseFromJson, responseToJson } from "./client_json.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

/** What a datagram turned out to be. */
export type Decoded =
  | { readonly kind: "peer"; readonly message: PeerMessage }
  | { readonly kind: "propose"; readonly value: string }
  | { readonly kind: "request"; readonly request: ClientRequest }
  | { readonly kind: "response"; readonly response: ClientResponse }
  /** Not a datagram that this program understands; nothing else may come of it. */
  | { readonly kind: "bad"; readonly reason: string };

/** The datagram of a message to a peer. */
export function encodePeerMessage(message: PeerMessage): Uint8Array<ArrayBuffer> {
  return encode(message.type, peerMessageToJson(message));
}

/** The datagram of a request to a node. */
export function encodeRequest(request: ClientRequest): Uint8Array<ArrayBuffer> {
  return encode("request", requestToJson(request));
}

/** The datagram of a response to a client. */
export function encodeResponse(response: ClientResponse): Uint8Array<ArrayBuffer> {
  return encode("response", responseToJson(response));
}

/** The ancestor's proposal, to which there is no answer. */
export function encodePropose(value: string): Uint8Array<ArrayBuffer> {
  return encodeUtf8(`propose ${value}`);
}

/** Reads a datagram. */
export function decodeDatagram(bytes: Uint8Array): Decoded {
  const text = decodeUtf8(bytes);
  if (text === null) return bad("not UTF-8");
  const space = text.indexOf(" ");
  if (space < 0) return bad("no space after the type");
  const type = text.slice(0, space);
  const rest = text.slice(space + 1);
  switch (type) {
    case "propose":
      return { kind: "propose", value: rest };
    case "request":
      return wrap(requestFromJson(parse(rest)), (request) => ({ kind: "request", request }));
    case "response":
      return wrap(responseFromJson(parse(rest)), (response) => ({ kind: "response", response }));
    case "prepare":
    case "promise":
    case "nack":
    case "accept":
    case "accepted":
    case "sync_request":
    case "catchup":
    case "snapshot":
    case "hello":
    case "read_request":
    case "read_answer":
    case "ping":
    case "pong":
      return wrap(peerMessageFromJson(type, parse(rest)), (message) => ({ kind: "peer", message }));
    case "sealed":
      return bad("a tag of a secret, which is not configured here");
    default:
      return bad("unknown type");
  }
}

function encode(type: string, json: unknown): Uint8Array<ArrayBuffer> {
  return encodeUtf8(`${type} ${JSON.stringify(json)}`);
}

function wrap<T>(content: T | null, found: (content: T) => Decoded): Decoded {
  return content === null ? bad("wrong keys or values") : found(content);
}

function bad(reason: string): Decoded {
  return { kind: "bad", reason };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
