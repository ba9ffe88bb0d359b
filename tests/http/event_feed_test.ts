import { EventFeed } from "../../src/http/event_feed.ts";
import { BLANK_STATE } from "../../src/replica/node_state.ts";
import { assert, assertEquals } from "../assert.ts";

/** The objects of the messages that have come. */
async function take(reader: ReadableStreamDefaultReader<string>, count: number): Promise<Record<string, unknown>[]> {
  const objects: Record<string, unknown>[] = [];
  while (objects.length < count) {
    const { value } = await reader.read();
    assert(value !== undefined, "the stream has ended");
    if (value.startsWith("data: ")) objects.push(JSON.parse(value.slice("data: ".length)));
  }
  return objects;
}

Deno.test("a stream begins with the state, then tells what happens, and ends with the feed", async () => {
  const feed = new EventFeed("A");
  feed.surroundings = () => ({ master: "B" });
  assertEquals(feed.showsDatagrams, false);
  feed.event({ kind: "trouble", text: "before anybody reads" });
  const reader = feed.open({ instance_number: 3 })!.getReader();
  assertEquals(feed.showsDatagrams, true);
  feed.sent("B", new TextEncoder().encode("hello {}"));
  feed.event({ kind: "saved", state: { ...BLANK_STATE, instanceNumber: 4 }, saveMs: 0.25 });
  feed.event({ kind: "chosen", instanceNumber: 4, link: "x", results: [] });
  const [first, sent, saved, chosen] = await take(reader, 4);
  assertEquals({ ...first, time: "" }, {
    time: "",
    node: "A",
    event: "state",
    master: "B",
    instance_number: 3,
    save_ms: null,
  });
  assertEquals({ ...sent, time: "" }, { time: "", node: "A", event: "sent", to: "B", datagram: "hello {}" });
  assertEquals([saved?.event, saved?.instance_number, saved?.save_ms, saved?.master], ["state", 4, 0.25, "B"]);
  assertEquals([chosen?.event, chosen?.value], ["chosen", "x"]);
  feed.close();
  assertEquals((await reader.read()).done, true);
  assertEquals(feed.showsDatagrams, false);
});

Deno.test("a reader that is too slow misses events and is told how many, and the others miss none", async () => {
  const feed = new EventFeed("A");
  const slow = feed.open({})!.getReader();
  const fast = feed.open({})!.getReader();
  await take(fast, 1);
  const events = 5000;
  for (let number = 0; number < events; number++) {
    feed.event({ kind: "trouble", text: String(number) });
    assertEquals((await take(fast, 1))[0]?.text, String(number));
  }
  await take(slow, 10);
  feed.event({ kind: "trouble", text: "last" });
  const told: Record<string, unknown>[] = [];
  while (told.at(-1)?.text !== "last") told.push(...await take(slow, 1));
  const missed = told.at(-2);
  assertEquals(missed?.event, "missed");
  const seen = told.filter(({ event }) => event === "trouble").length - 1 + 9;
  assertEquals(Number(missed?.count) + seen, events);
  feed.close();
});

Deno.test("sixteen may read, and one more when one has gone", async () => {
  const feed = new EventFeed("A");
  const readers = Array.from({ length: 16 }, () => feed.open({}));
  assertEquals(readers.includes(null), false);
  assertEquals(feed.open({}), null);
  await readers[0]!.cancel();
  assert(feed.open({}) !== null);
  feed.close();
});
