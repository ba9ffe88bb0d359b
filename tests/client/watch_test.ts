import { type PaxosClient, type WatchEvent, WatchRefusedError } from "../../src/client/client.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { clientOf, clientThatPrefers, FakeNode, REFUSED, updates } from "./fake_node.ts";

const update = (instanceNumber: number, value: string): WatchEvent => ({ kind: "update", instanceNumber, value });

/** The first events of a watcher. */
async function take(watched: ReturnType<PaxosClient["watch"]>, count: number): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const event of watched) if (events.push(event) === count) break;
  return events;
}

/** What a node that has these values from the first one on answers to a watcher. */
function chain(first: number, ...values: string[]) {
  return ({ operation, ...rest }: FakeNode["asked"][number]) => {
    if (operation !== "watch" || !("from" in rest)) return [];
    const from = Math.max(rest.from ?? first + values.length, first);
    return rest.from !== null && from >= first + values.length ? [] : [updates(from, ...values.slice(from - first))];
  };
}

machineTest("a watcher is told each update once and in order, and asks on where it stands", async () => {
  using node = new FakeNode(chain(3, "a", "b"));
  const client = await clientOf(node);
  const watched = client.watch("A", { from: 3 });
  assertEquals(await take(watched, 2), [update(3, "a"), update(4, "b")]);
  const more = client.watch("A", { from: 4 });
  assertEquals((await more.next()).value, update(4, "b"));
  const next = more.next();
  node.answer = chain(3, "a", "b", "c");
  assertEquals((await next).value, update(5, "c"));
  client.close();
});

machineTest(
  "a watcher without a beginning begins where the node stands, and misses nothing from there on",
  async () => {
    using node = new FakeNode(chain(0, "old", "older"));
    const client = await clientOf(node);
    const next = client.watch("A").next();
    // Two links more before the answer to the second question.
    while (node.asked.length < 2) await client.status("A", { timeoutMs: 10 });
    node.answer = chain(0, "old", "older", "new", "newer");
    assertEquals((await next).value, update(2, "new"));
    client.close();
  },
);

machineTest("what the node has no more is a gap, before what it has", async () => {
  using node = new FakeNode(chain(7, "h"));
  const client = await clientOf(node);
  assertEquals(await take(client.watch("A", { from: 2 }), 2), [{ kind: "gap", from: 2, to: 6 }, update(7, "h")]);
  client.close();
});

machineTest("what one node has no more another may have; if none has, the gap is told", async () => {
  using forgetful = new FakeNode(chain(7, "h"));
  using other = new FakeNode(chain(5, "f", "g", "h"), "B");
  const client = await clientThatPrefers(forgetful, other);
  assertEquals(await take(client.watch(null, { from: 5 }), 3), [update(5, "f"), update(6, "g"), update(7, "h")]);
  assertEquals((await take(client.watch(null, { from: 3 }), 2))[0]?.kind, "gap");
  client.close();
});

machineTest("where no node is named any may tell, though the first be dead", async () => {
  using dead = new FakeNode(() => []);
  using alive = new FakeNode(chain(0, "a"), "B");
  const client = await clientThatPrefers(dead, alive);
  assertEquals(await take(client.watch(null, { from: 0 }), 1), [update(0, "a")]);
  client.close();
});

machineTest("a watcher ends by its signal, by close, and where no node lets itself be watched", async () => {
  using node = new FakeNode(() => []);
  const client = await clientOf(node);
  const end = new AbortController();
  const aborted = client.watch("A", { from: 0, signal: end.signal }).next();
  end.abort();
  assertEquals(await aborted, { done: true, value: undefined });
  node.answer = () => [REFUSED];
  await assertRejects(() => client.watch("A").next(), WatchRefusedError, "The value cannot be watched: busy.");
  assert(node.asked.length < 10, "it does not ask on");
  node.answer = () => [];
  const closed = client.watch(null).next();
  client.close();
  assertEquals(await closed, { done: true, value: undefined });
  assertEquals(await client.watch("A").next(), { done: true, value: undefined });
});
