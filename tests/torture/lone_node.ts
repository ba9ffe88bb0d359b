// A node with a rule taken away, so that torture is seen to find it: one node is enough for a quorum.
import { PlainNode } from "../../src/node.ts";

/** Decides alone. */
export default class LoneNode extends PlainNode {
  override readonly quorumSize: number = 1;
}
