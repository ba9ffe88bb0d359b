// A node with a rule taken away, so that torture is seen to find it: reads ask nobody.
import { PlainNode } from "../../src/node.ts";
import type { Asker } from "../../src/replica/proposals.ts";

/** Answers reads with what it has. */
export default class StaleNode extends PlainNode {
  override readLinearizable(asker: Asker, _deadlineMs: number): void {
    this.respond(asker, this.value("linearizable"));
  }
}
