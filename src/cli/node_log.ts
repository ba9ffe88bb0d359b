// What `serve` prints: a line an event, as text or as JSON.
import { describeLink } from "../replica/link.ts";
import type { NodeEvent, NodeLog } from "../runtime/log.ts";
import { datagramText, eventFields, logLine } from "../runtime/log_json.ts";
import { escapeForTerminal } from "./escape.ts";

/** How a node's log looks. */
export interface LogStyle {
  /** The node that tells. */
  readonly uid: string;
  /** Text for people or JSON for programs. */
  readonly format: "text" | "json";
  /** Leaves out datagrams and chosen links. */
  readonly quiet: boolean;
  /** Prints one line. */
  readonly print: (line: string) => void;
}

/** A log that prints. Saves are not printed: what they are for is told by what is said after them. */
export function nodeLog({ uid, format, quiet, print }: LogStyle): NodeLog {
  const write = format === "json"
    ? (event: string, fields: Readonly<Record<string, unknown>>) => print(logLine(uid, event, fields))
    : (_event: string, _fields: unknown, text: string) => print(escapeForTerminal(text));
  return {
    showsDatagrams: !quiet,
    sent(to, bytes) {
      const datagram = datagramText(bytes);
      write("sent", { to, datagram }, `-> ${to} ${datagram}`);
    },
    received(from, bytes) {
      const datagram = datagramText(bytes);
      write("received", { from, datagram }, `<- ${from} ${datagram}`);
    },
    event(event) {
      if (event.kind === "saved" || (quiet && (event.kind === "chosen" || event.kind === "caught_up"))) return;
      write(event.kind, eventFields(event), sentence(event));
    },
  };
}

function sentence(event: Exclude<NodeEvent, { kind: "saved" }>): string {
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
