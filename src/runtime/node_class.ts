// Which composition a server runs: the usual one, or a user's own from a file.
import type { Steppable } from "../replica/effect_loop.ts";
import type { NodeState } from "../replica/node_state.ts";
import type { NodeOptions } from "../replica/ports.ts";
import type { StatusResult } from "../replica/requests.ts";
import { ConfigurationError } from "./errors.ts";
import { toFileUrl } from "./paths.ts";

/** A node that a server can run. */
export interface RunnableNode extends Steppable {
  /** Takes over what `save` gave, in an earlier life. */
  restore(state: NodeState): void;
  /** How it is; a composition without `Clients` does not say. */
  status?(): StatusResult;
}

/** A composition, such as `PlainNode`. */
export type NodeClass = new (options: NodeOptions) => RunnableNode;

const methods: readonly (keyof RunnableNode)[] = ["step", "takeEffects", "save", "restore"];

/** The default export of a file of the user's. A `ConfigurationError` where that cannot be loaded or is no composition. */
export async function loadNodeClass(path: string): Promise<NodeClass> {
  let module: { readonly default?: unknown };
  try {
    module = await import(toFileUrl(path));
  } catch (error) {
    throw new ConfigurationError(
      `Cannot load the node class of ${path}: ${error instanceof Error ? error.message : error}. ` +
        `Name a TypeScript file whose default export is a composition.`,
      { cause: error },
    );
  }
  if (isNodeClass(module.default)) return module.default;
  throw new ConfigurationError(
    `The default export of ${path} is no node class: it must be a class with the methods ${methods.join(", ")}, ` +
      `as in: export default class MyNode extends Resolution(...) {}`,
  );
}

function isNodeClass(value: unknown): value is NodeClass {
  if (typeof value !== "function" || typeof value.prototype !== "object" || value.prototype === null) return false;
  return methods.every((name) => typeof value.prototype[name] === "function");
}
