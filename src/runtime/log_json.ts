// What a node has to tell, as JSON: one object a line of `serve --log json`, and one a message of `/events`.
import { describeLink } from "../replica/link.ts";
import { proposalIdToJson } from "../replica/json.ts";
import type { NodeState } from "../replica/node_state.ts";
import type { NodeEvent } from "./log.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The line for something that happened to a node; `time` is the wall clock's, in UTC with milliseconds. */
export function logLine(uid: string, event: string, fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ time: new Date().toISOString(), node: uid, event, ...fields });
}

/** The bytes of a datagram as text; what is not UTF-8 shows as replacement characters. */
export function datagramText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The fields of an event, but for its kind. */
export function eventFields(event: NodeEvent): Record<string, unknown> {
  switch (event.kind) {
    case "listening":
      return { address: event.address, state_path: event.statePath, instance_number: event.instanceNumber };
    case "chosen":
      return { instance_number: event.instanceNumber, value: describeLink(event.link), link: event.link };
    case "caught_up":
      return { instance_number: event.instanceNumber, from: event.fromUid };
    case "lease":
      return { change: event.change, master_uid: event.holderUid, for_ms: round(event.forMs) };
    case "trouble":
      return { text: event.text };
    case "dropped":
      return { counts: Object.fromEntries(event.counts) };
    case "saved":
      return { ...stateFields(event.state), save_ms: round(event.saveMs) };
    case "stopped":
      return { chosen_links: event.chosenLinks };
  }
}

/** What is durable, by the names of a trace of the simulator. */
export function stateFields({ instanceNumber, register, acceptor }: NodeState): Record<string, unknown> {
  return {
    instance_number: instanceNumber,
    value: register.value,
    promised_id: proposalIdToJson(acceptor.promisedId),
    accepted_id: proposalIdToJson(acceptor.acceptedId),
    accepted_value: acceptor.acceptedValue,
  };
}

/** To microseconds: more is noise. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
