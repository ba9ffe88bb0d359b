// What `serve` prints: a line an event, as text or as JSON.
import { describeLink } from "../replica/link.ts";
import type { LeaseEvent } from "../replica/ports.ts";
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
      if (event.kind === "saved") return;
      if (quiet && (event.kind === "chosen" || event.kind === "caught_up" || isRoutine(event))) return;
      write(event.kind, eventFields(event), sentence(event));
    },
  };
}

/** A lease that is renewed, as it is all the time. */
function isRoutine(event: NodeEvent): boolean {
  return event.kind === "lease" && event.change === "renewed";
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
    case "lease":
      return describeLease(event);
    case "trouble":
      return `trouble: ${event.text}`;
    case "dropped":
      return `dropped: ${[...event.counts].map(([reason, count]) => `${count} ${reason}`).join(", ")}`;
    case "stopped":
      return `node ${event.uid} stopped after ${event.chosenLinks} chosen links`;
  }
}

function describeLease({ change, holderUid, forMs }: LeaseEvent): string {
  const seconds = `${(forMs / 1000).toFixed(1)} s`;
  switch (change) {
    case "granted":
      return `lease granted to ${holderUid}, for ${seconds}`;
    case "renewed":
      return `lease of ${holderUid} renewed, for ${seconds}`;
    case "lost":
      return `lease lost: node ${holderUid} is master no more`;
    case "expired":
      return `the lease of ${holderUid} has run out`;
    case "waits":
      return `waits ${seconds}: a lease may still stand, of which this node was not told`;
  }
}
