// What a node has to tell people; how it is shown is up to who runs it.
import type { NodeState } from "../replica/node_state.ts";
import type { Announcement } from "../replica/ports.ts";

/** Something that happened to a node. */
export type NodeEvent =
  /** It takes part from now on. */
  | {
    readonly kind: "listening";
    readonly uid: string;
    readonly address: string;
    readonly statePath: string;
    readonly instanceNumber: number;
  }
  | Exclude<Announcement, { kind: "dropped" }>
  /** What was thrown away of late, by reason. */
  | { readonly kind: "dropped"; readonly counts: ReadonlyMap<string, number> }
  /** A state is durable; `saveMs` is how long that took, in milliseconds. */
  | { readonly kind: "saved"; readonly state: NodeState; readonly saveMs: number }
  /** It has ended; `chosenLinks` is how many links it has learned in this life. */
  | { readonly kind: "stopped"; readonly uid: string; readonly chosenLinks: number };

/** Takes what a node has to tell. */
export interface NodeLog {
  /** Whether each datagram is to be shown. Asked before each, so that otherwise nothing is made up in vain. */
  readonly showsDatagrams: boolean;
  /** A datagram has left, to a peer's uid or a client's address. */
  sent(to: string, bytes: Uint8Array): void;
  /** A datagram that is understood has come, from a peer's uid or a client's address. */
  received(from: string, bytes: Uint8Array): void;
  /** Something happened. */
  event(event: NodeEvent): void;
}

/** One log out of several. */
export function allLogs(logs: readonly NodeLog[]): NodeLog {
  const wanting = () => logs.filter(({ showsDatagrams }) => showsDatagrams);
  return {
    get showsDatagrams() {
      return logs.some(({ showsDatagrams }) => showsDatagrams);
    },
    sent(to, bytes) {
      for (const log of wanting()) log.sent(to, bytes);
    },
    received(from, bytes) {
      for (const log of wanting()) log.received(from, bytes);
    },
    event(event) {
      for (const log of logs) log.event(event);
    },
  };
}
