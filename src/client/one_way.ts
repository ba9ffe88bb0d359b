import type { ClientResponse } from "../replica/requests.ts";
import { NetworkError } from "../runtime/errors.ts";
import { encodePropose } from "../wire/datagram.ts";
import { noAnswer } from "./answers.ts";
import type { Exchange, NodeAt } from "./exchange.ts";

/** A copy of the question leaves at once, and no second one in so few milliseconds. */
const NO_WAIT_MS = 1;

/**
 * Sends a value to a node, once, and waits for no outcome. With a shared secret nodes take values in sessions alone, since whoever
 * has seen another proposal could send it again; so a session is opened before. Rejects with a `NetworkError` where the node opens
 * none in time: then the value was not sent.
 */
export async function sendOneWay(exchange: Exchange, node: NodeAt, value: string, timeoutMs: number): Promise<void> {
  const [, address] = node;
  if (exchange.seal === null) {
    await exchange.socket.send(encodePropose(value), address);
    return;
  }
  const opened = await exchange.ask(node, { operation: "open" }, { timeoutMs });
  if (opened?.result !== "opened" || opened.session === null) {
    throw new NetworkError(`The value was not sent: ${whyNot(opened, node, timeoutMs)}.`);
  }
  const update = { value, session: { ...opened.session, sequence: 1 } };
  await exchange.ask(node, { operation: "propose", life: null, update, timeoutMs }, { timeoutMs: NO_WAIT_MS });
}

function whyNot(answer: ClientResponse | null, node: NodeAt, timeoutMs: number): string {
  if (answer === null) return noAnswer([node], timeoutMs);
  return answer.result === "refused" ? answer.reason : `node ${answer.node} opens no session`;
}
