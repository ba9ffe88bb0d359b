/** A datagram on its way. */
export interface Datagram {
  /** Its number in this world. */
  readonly id: number;
  /** The sender: a node's uid or a client's address. */
  readonly from: string;
  /** The receiver. */
  readonly to: string;
  /** What is on the wire. */
  readonly bytes: Uint8Array;
}

/** What is to happen later, for whoever decides when: see `storm.ts`. */
export interface Scheduler {
  /** A datagram was sent. */
  datagram(datagram: Datagram): void;
  /** A timer was set; it is void if its ticket is not the current one when it is due. */
  timer(uid: string, name: string, dueMs: number, ticket: number): void;
  /** A node waits for a save. */
  saving(uid: string): void;
}

/** A timer that has not gone off. */
export interface Timer {
  /** When it is due, in true time. */
  readonly dueMs: number;
  /** Tells it from an earlier timer of that name. */
  readonly ticket: number;
  /** Lets it go off. */
  readonly fire: () => void;
}
