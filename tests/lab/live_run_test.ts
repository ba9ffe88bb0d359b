import { readLiveEvent } from "../../src/lab/live/live_event.ts";
import { LiveRun } from "../../src/lab/live/live_run.ts";
import { assert, assertEquals } from "../assert.ts";

/** A run that was told these things, a millisecond apart. */
function told(...events: Readonly<Record<string, unknown>>[]): LiveRun {
  const run = new LiveRun(["A", "B", "C"], 0);
  for (const [index, event] of events.entries()) {
    const time = new Date(index).toISOString();
    const read = readLiveEvent(JSON.stringify({ time, ...event }));
    assert(read !== null, JSON.stringify(event));
    run.take(read);
  }
  return run;
}

function state(node: string, more: Readonly<Record<string, unknown>> = {}) {
  const acceptor = { promised_id: null, accepted_id: null, accepted_value: null };
  return { event: "state", node, nodes: ["A", "B", "C"], instance_number: 0, value: null, ...acceptor, ...more };
}

function accepted(node: string, to: string, value = "x") {
  const body = JSON.stringify({ instance_number: 0, proposal_id: [1, "A"], proposal_value: value });
  return { event: "sent", node, to, datagram: `accepted ${body}` };
}

Deno.test("nodes are seen as soon as they tell where they stand, and go when they are gone", () => {
  const run = told(state("A"), state("B", { promised_id: [2, "B"] }), { event: "gone", node: "A" });
  const [a, b, c] = ["A", "B", "C"].map((uid) => run.last.nodes.get(uid)!);
  assertEquals([a!.up, b!.up, c!.up], [false, true, false]);
  assertEquals(b!.memory?.acceptor.promisedId, { number: 2, uid: "B" });
  run.take(readLiveEvent(JSON.stringify({ time: new Date(9).toISOString(), ...state("A") }))!);
  assertEquals(run.last.act, { kind: "restart", uid: "A" });
});

Deno.test("a decision is seen when a quorum has said that it accepted, before any node says so", () => {
  const run = told(state("A"), accepted("A", "B"), accepted("B", "A"));
  assertEquals(run.decided(run.last.index).map(({ acceptors }) => acceptors), [["A", "B"]]);
  assertEquals(run.last.violation, null);
});

Deno.test("two decisions for one instance are seen for what they are", () => {
  const other = (node: string, to: string) => {
    const body = JSON.stringify({ instance_number: 0, proposal_id: [2, "C"], proposal_value: "y" });
    return { event: "sent", node, to, datagram: `accepted ${body}` };
  };
  const run = told(accepted("A", "B"), accepted("B", "A"), other("B", "C"), other("C", "B"), state("A"));
  assertEquals(run.last.violation?.kind, "agreement");
});

Deno.test("sender and receiver of a datagram are told apart from two datagrams, in whatever order they tell", () => {
  const datagram = 'sync_request {"instance_number":0}';
  const sent = { event: "sent", node: "A", to: "B", datagram };
  const received = { event: "received", node: "B", from: "A", datagram };
  for (const order of [[sent, received], [received, sent]]) {
    assertEquals(told(...order).letters.map(({ fate }) => fate), ["delivered"]);
  }
  assertEquals(told(sent, sent).letters.length, 2);
});

Deno.test("what a node tells that the lab does not know is passed over", () => {
  const time = new Date(0).toISOString();
  for (
    const event of [{}, { event: "trouble", node: "A", text: "x" }, { event: "state", node: "A" }, {
      event: "sent",
      node: "A",
    }]
  ) {
    assertEquals(readLiveEvent(JSON.stringify({ time, ...event })), null);
  }
  assertEquals(readLiveEvent("no json"), null);
});
