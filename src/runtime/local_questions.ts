import type { ClientAddress, ClientInput } from "../replica/ports.ts";
import type { ClientResponse, StatusResult } from "../replica/requests.ts";

/** No address of a datagram reads like this. */
const PREFIX = "this process ";

/** Questions that the process itself asks its node, answered as those of clients are: after the save, in their turn. */
export class LocalQuestions {
  #count = 0;
  #open = new Map<ClientAddress, (response: ClientResponse) => void>();

  /** Asks how the node is; `null` if it does not say within the time, as where it is composed without `Clients`. */
  status(push: (input: ClientInput) => void, timeoutMs: number): Promise<StatusResult | null> {
    const from = `${PREFIX}${++this.#count}`;
    const { promise, resolve } = Promise.withResolvers<StatusResult | null>();
    const timer = setTimeout(() => resolve(null), timeoutMs);
    this.#open.set(from, (response) => resolve(response.result === "status" ? response : null));
    push({ kind: "request", from, request: { operation: "status", requestId: from, reach: true } });
    return promise.finally(() => {
      clearTimeout(timer);
      this.#open.delete(from);
    });
  }

  /** Whether the response is for this process; then it has arrived. */
  take(to: ClientAddress, response: ClientResponse): boolean {
    this.#open.get(to)?.(response);
    return to.startsWith(PREFIX);
  }
}
