import { nodeLog } from "../../src/cli/node_log.ts";
import { assert, assertEquals } from "../assert.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function tell(format: "text" | "json", quiet: boolean): string[] {
  const lines: string[] = [];
  const log = nodeLog({ uid: "A", format, quiet, print: (line) => lines.push(line) });
  log.event({ kind: "listening", uid: "A", address: "127.0.0.1:1", statePath: "/s/A.json", instanceNumber: 3 });
  if (log.showsDatagrams) {
    log.sent("B", bytes('sync_request {"instance_number":3}'));
    log.received("127.0.0.1:9", bytes("propose a\n\x1b[31mb"));
  }
  log.event({ kind: "chosen", instanceNumber: 3, link: "a\nb", results: [] });
  log.event({ kind: "caught_up", instanceNumber: 9, fromUid: "B" });
  log.event({ kind: "trouble", text: "the moon is full" });
  log.event({ kind: "dropped", counts: new Map([["not UTF-8", 2], ["unknown type", 1]]) });
  log.event({ kind: "stopped", uid: "A", chosenLinks: 1 });
  return lines;
}

Deno.test("as text, each event is one line that cannot steer the terminal", () => {
  assertEquals(tell("text", false), [
    "node A listens on 127.0.0.1:1, keeps its state in /s/A.json and decides link 3",
    '-> B sync_request {"instance_number":3}',
    "<- 127.0.0.1:9 propose a\\n\\u001b[31mb",
    "chosen 3 a\\nb",
    "caught up to link 9, brought up to date by B",
    "trouble: the moon is full",
    "dropped: 2 not UTF-8, 1 unknown type",
    "node A stopped after 1 chosen links",
  ]);
});

Deno.test("quiet, only start, stop and trouble are printed", () => {
  const [start, ...rest] = tell("text", true);
  assert(start?.startsWith("node A listens"));
  assertEquals(rest, [
    "trouble: the moon is full",
    "dropped: 2 not UTF-8, 1 unknown type",
    "node A stopped after 1 chosen links",
  ]);
});

Deno.test("as JSON, each line is one object that bears its time", () => {
  const objects = tell("json", false).map((line) => JSON.parse(line));
  for (const { time } of objects) assertEquals(new Date(time).toISOString(), time);
  assertEquals(objects.map(({ time: _time, ...rest }) => rest), [
    { event: "listening", node: "A", address: "127.0.0.1:1", state_path: "/s/A.json", instance_number: 3 },
    { event: "sent", node: "A", to: "B", datagram: 'sync_request {"instance_number":3}' },
    { event: "received", node: "A", from: "127.0.0.1:9", datagram: "propose a\n\x1b[31mb" },
    { event: "chosen", node: "A", instance_number: 3, value: "a\nb", link: "a\nb" },
    { event: "caught_up", node: "A", instance_number: 9, from: "B" },
    { event: "trouble", node: "A", text: "the moon is full" },
    { event: "dropped", node: "A", counts: { "not UTF-8": 2, "unknown type": 1 } },
    { event: "stopped", node: "A", chosen_links: 1 },
  ]);
});
