// What `serve` prints: a line an event, as text or as JSON.
import { describeLink } from "../replica/link.ts";
import type { NodeEvent, NodeLog } from "../runtime/log.ts";
import { escapeForTerminal } from "./escape.ts";

/** How a node's log looks. */
export interface LogStyle {
  /** Text for people or JSON for programs. */
  readonly format: "text" | "json";
  /** Leaves out datagrams and chosen links. */
  readonly quiet: boolean;
  /** Prints one line. */
  readonly print: (line: string) => void;
}

/** A log that prints. */
export function nodeLog({ format, quiet, print }: LogStyle): NodeLog {
  const write = format === "json"
    ? (event: string, fields: Readonly<Record<string, unknown>>) =>
      print(JSON.stringify({ time: new Date().toISOString(), event, ...fields }))
    : (_event: string, _fields: unknown, text: string) => print(escapeForTerminal(text));
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    showsDatagrams: !quiet,
    sent(to, bytes) {
      const datagram = decoder.decode(bytes);
      write("sent", { to, datagram }, `-> ${to} ${datagram}`);
    },
    received(from, bytes) {
      const datagram = decoder.decode(bytes);
      write("received", { from, datagram }, `<- ${from} ${datagram}`);
    },
    event(event) {
      if (quiet && (event.kind === "chosen" || event.kind === "caught_up")) return;
      write(event.kind, fields(event), sentence(event));
    },
  };
}

function sentence(event: NodeEvent): string {
  switch (event.kind) {
    case "listening":
      return `node ${event.uid} listens on ${event.address}, keeps its state in ${event.statePath} ` +
        `and decides link ${event.instanceNumber}`;
    case "chosen":
      return `chosen ${event.instanceNumber} ${describeLink(event.link)}`;
    case "caught_up":
      return `caught up to link ${event.instanceNumber}, brought up to date by ${event.fromUid}`;
    case "trouble":
      return `trouble: ${event.text}`;
    case "dropped":
      return `dropped: ${[...event.counts].map(([reason, count]) => `${count} ${reason}`).join(", ")}`;
    case "stopped":
      return `node ${event.uid} stopped after ${event.chosenLinks} chosen links`;
  }
}

function fields(event: NodeEvent): Record<string, unknown> {
  switch (event.kind) {
    case "listening":
      return {
        node: event.uid,
        address: event.address,
        state_path: event.statePath,
        instance_number: event.instanceNumber,
      };
    case "chosen":
      return { instance_number: event.instanceNumber, value: describeLink(event.link), link: event.link };
    case "caught_up":
      return { instance_number: event.instanceNumber, from: event.fromUid };
    case "trouble":
      return { text: event.text };
    case "dropped":
      return { counts: Object.fromEntries(event.counts) };
    case "stopped":
      return { node: event.uid, chosen_links: event.chosenLinks };
  }
}
