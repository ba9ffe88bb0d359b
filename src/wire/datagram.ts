// A datagram: a type, one space, and for all types but the ancestor's `propose` one JSON object. Decoding never throws and never
// lets a text from the network pick anything but one of the cases below.
import type { PeerMessage } from "../replica/messages.ts";
import type { ClientRequest, ClientResponse } from "../replica/requests.ts";
import { peerMessageFromJson, peerMessageToJson } from "./peer_json.ts";
import { requestFromJson, requestToJson, responseFromJson, responseToJson } from "./client_json.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

/** How many units of UTF-16 of requests, or of responses, go into one datagram, unless it is one that is longer. */
export const MAX_PACKED_UNITS = 16_000;

/** What a datagram turned out to be. */
export type Decoded =
  | { readonly kind: "peer"; readonly message: PeerMessage }
  | { readonly kind: "propose"; readonly value: string }
  | { readonly kind: "requests"; readonly requests: readonly ClientRequest[] }
  | { readonly kind: "responses"; readonly responses: readonly ClientResponse[] }
  /** Not a datagram that this program understands; nothing else may come of it. */
  | { readonly kind: "bad"; readonly reason: string };

/** The datagram of a message to a peer. */
export function encodePeerMessage(message: PeerMessage): Uint8Array<ArrayBuffer> {
  if (message.type === "propose") return encodePropose(message.value);
  return encode(message.type, peerMessageToJson(message));
}

/** The datagram of a request to a node. */
export function encodeRequest(request: ClientRequest): Uint8Array<ArrayBuffer> {
  return encode("request", requestToJson(request));
}

/** The datagrams of several requests to one node, in their order, as few as may be. */
export function encodeRequests(requests: readonly ClientRequest[]): Uint8Array<ArrayBuffer>[] {
  return pack("request", requests.map((request) => JSON.stringify(requestToJson(request))));
}

/** The datagram of a response to a client. */
export function encodeResponse(response: ClientResponse): Uint8Array<ArrayBuffer> {
  return encode("response", responseToJson(response));
}

/** The datagrams of several responses to one client, in their order, as few as may be. */
export function encodeResponses(responses: readonly ClientResponse[]): Uint8Array<ArrayBuffer>[] {
  return pack("response", responses.map((response) => JSON.stringify(responseToJson(response))));
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
      return wrap(requestFromJson(parse(rest)), (request) => ({ kind: "requests", requests: [request] }));
    case "requests":
      return wrap(eachFromJson(parse(rest), requestFromJson), (requests) => ({ kind: "requests", requests }));
    case "response":
      return wrap(responseFromJson(parse(rest)), (response) => ({ kind: "responses", responses: [response] }));
    case "responses":
      return wrap(eachFromJson(parse(rest), responseFromJson), (responses) => ({ kind: "responses", responses }));
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
    case "rejoin_request":
    case "rejoin_answer":
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

/**
 * One text goes alone under its type, several as an array under the plural. So many units of UTF-16 have at most three times as
 * many bytes, which leaves the limit of a datagram far away; a text that is longer goes alone.
 */
function pack(type: string, texts: readonly string[]): Uint8Array<ArrayBuffer>[] {
  const datagrams: Uint8Array<ArrayBuffer>[] = [];
  for (let first = 0; first < texts.length;) {
    let end = first;
    for (let units = 0; end < texts.length; end++) {
      units += texts[end]!.length + 1;
      if (end > first && units > MAX_PACKED_UNITS) break;
    }
    const isOne = end === first + 1;
    datagrams.push(encodeUtf8(isOne ? `${type} ${texts[first]}` : `${type}s [${texts.slice(first, end).join(",")}]`));
    first = end;
  }
  return datagrams;
}

function eachFromJson<T>(json: unknown, read: (json: unknown) => T | null): T[] | null {
  if (!Array.isArray(json) || json.length === 0) return null;
  const all: T[] = [];
  for (const each of json) {
    const one = read(each);
    if (one === null) return null;
    all.push(one);
  }
  return all;
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
