import { ConfigurationError } from "../runtime/errors.ts";
import type { NodeAt } from "./exchange.ts";

/** The nodes of a cluster, in the order in which they are asked. */
export class NodeList {
  /** The node that has answered last, the first to be asked where any will do; each client begins with another one. */
  preferred: string;

  /** `addresses` has the address of each node by its uid. */
  constructor(readonly addresses: ReadonlyMap<string, Deno.NetAddr>) {
    this.preferred = this.uids[0] ?? "";
  }

  /** Their names. */
  get uids(): readonly string[] {
    return [...this.addresses.keys()];
  }

  /** Who is to be asked, one after the other: the named node alone, or all. */
  inTurn(uid: string | null): readonly NodeAt[] {
    if (uid !== null) return [this.at(uid)];
    const nodes = [...this.addresses];
    const first = Math.max(nodes.findIndex(([uid]) => uid === this.preferred), 0);
    return [...nodes.slice(first), ...nodes.slice(0, first)];
  }

  /** The node; `undefined` if there is none of that name. */
  find(uid: string): NodeAt | undefined {
    const address = this.addresses.get(uid);
    return address && [uid, address];
  }

  /** The node; throws a `ConfigurationError` if there is none of that name. */
  at(uid: string): NodeAt {
    const node = this.find(uid);
    if (node !== undefined) return node;
    throw new ConfigurationError(
      `There is no node ${JSON.stringify(uid)}: the nodes are ${this.uids.join(", ")}.`,
    );
  }
}
