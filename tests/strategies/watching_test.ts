// A watch is a long poll: answered as soon as there is anything at or after the instance that is asked for.
import type { WatchRequest } from "../../src/replica/requests.ts";
import { MAX_RECENT_LINKS, MAX_RECENT_UNITS, MAX_WATCHERS } from "../../src/strategies/watching.ts";
import { encodeResponse } from "../../src/wire/datagram.ts";
import { assert, assertEquals } from "../assert.ts";
import { openSession, propose, tagged } from "../support/sessions.ts";
import { plainNode, settled } from "../support/scenes.ts";
import type { Answers, VirtualCluster } from "../support/virtual_cluster.ts";

function watch(cluster: VirtualCluster, from: number | null, timeoutMs = 60_000): WatchRequest {
  return { operation: "watch", requestId: cluster.newRequestId(), from, timeoutMs };
}

/** `3..5: 3 x, 4 y` */
function told(answers: Answers): string[] {
  return answers.map((answer) => {
    assert(answer.result === "updates");
    return `${answer.from}..${answer.next}: ${answer.updates.map((update) => update.join(" ")).join(", ")}`;
  });
}

/** These values, each in a link of its own. */
function choose(cluster: VirtualCluster, ...values: readonly string[]): void {
  for (const value of values) {
    cluster.proposeRaw("A", value);
    cluster.run(10);
  }
}

Deno.test("an update is told to who waits for it in the moment in which its node learns it", () => {
  const cluster = settled();
  const waiting = cluster.nodes.map((uid) => cluster.request(uid, watch(cluster, 0)));
  const later = cluster.request("A", watch(cluster, 1));
  cluster.run(1000);
  assertEquals([...waiting, later], [[], [], [], []]);
  cluster.proposeRaw("A", "x");
  assert(cluster.runUntil(() => cluster.node("B").instanceNumber === 1, 100));
  assertEquals(told(waiting[1]!), ["0..1: 0 x"]);
  cluster.run(10);
  assertEquals(waiting.map(told), Array(3).fill(["0..1: 0 x"]));
  assertEquals([later.length, plainNode(cluster, "A").watchers], [0, 1]);
});

Deno.test("what lies behind is told at once and in order, and the next question goes on where the answer ends", () => {
  const cluster = settled();
  choose(cluster, "x", "y", "z");
  assertEquals(told(cluster.request("B", watch(cluster, 0))), ["0..3: 0 x, 1 y, 2 z"]);
  assertEquals(told(cluster.request("B", watch(cluster, 2))), ["2..3: 2 z"]);
  const answers = cluster.request("B", watch(cluster, 3));
  choose(cluster, "w");
  assertEquals(told(answers), ["3..4: 3 w"]);
});

Deno.test("who does not know where to begin is told at once, so that no update is lost with an answer", () => {
  const cluster = settled();
  choose(cluster, "x", "y");
  const request = watch(cluster, null);
  assertEquals(told(cluster.request("A", request)), ["2..2: "]);
  const answers = cluster.request("A", watch(cluster, 2));
  choose(cluster, "z");
  assertEquals(told(answers), ["2..3: 2 z"]);
});

Deno.test("a question that is sent again under its ID is one question while it waits, and gets the same again once it is answered", () => {
  const cluster = settled();
  const request = watch(cluster, 0);
  const answers = cluster.request("A", request);
  for (let i = 0; i < 5; i++) cluster.request("A", request);
  assertEquals(plainNode(cluster, "A").watchers, 1);
  choose(cluster, "x");
  assertEquals(told(answers), ["0..1: 0 x"]);
  cluster.request("A", request);
  assertEquals(told(answers), ["0..1: 0 x", "0..1: 0 x"]);
});

Deno.test("an update that is not applied is not told: a condition that failed, and the second link of one update", () => {
  const cluster = settled();
  const session = openSession(cluster, "A");
  const update = tagged(session, 1, "x");
  for (const uid of ["A", "B"]) propose(cluster, uid, update);
  cluster.run(500);
  propose(cluster, "A", tagged(session, 2, "no", { kind: "value", value: "other" }));
  cluster.run(100);
  const { instanceNumber } = cluster.node("A");
  assert(instanceNumber >= 2);
  assertEquals(told(cluster.request("A", watch(cluster, 0))), [`0..${instanceNumber}: 0 x`]);
});

Deno.test("a node keeps the last 1024 links: who asks for earlier ones sees by the beginning that there is a gap", () => {
  const cluster = settled();
  for (let i = 0; i < MAX_RECENT_LINKS + 10; i++) choose(cluster, `v${i}`);
  const [answer] = cluster.request("A", watch(cluster, 3));
  assert(answer?.result === "updates");
  assertEquals([answer.from, answer.updates[0]], [10, [10, "v10"]]);
  assertEquals(answer.updates.at(-1), [answer.next - 1, `v${answer.next - 1}`]);
});

Deno.test("it keeps fewer links where their values are long, but always the last", () => {
  const cluster = settled();
  const long = "x".repeat(MAX_RECENT_UNITS / 100);
  for (let i = 0; i < 105; i++) choose(cluster, `${i}${long}`.slice(0, long.length));
  const first = () => {
    const [answer] = cluster.request("A", watch(cluster, 0));
    assert(answer?.result === "updates");
    return answer.from;
  };
  assertEquals(first(), 5);
  choose(cluster, "short");
  assertEquals(first(), 6);
});

Deno.test("a node that was carried over links does not know them: a gap, told at once to those who wait", () => {
  const cluster = settled();
  choose(cluster, "x");
  cluster.cut("A", "C");
  cluster.cut("B", "C");
  const waiting = cluster.request("C", watch(cluster, 1));
  choose(cluster, "y", "z");
  assertEquals(waiting, []);
  cluster.heal();
  cluster.onSend = (_from, to, message) => to === "C" && message?.type === "accepted" ? [] : [1];
  cluster.proposeRaw("A", "w");
  assert(cluster.runUntil(() => cluster.node("C").instanceNumber > 1, 1000));
  cluster.onSend = () => [1];
  const { instanceNumber } = cluster.node("C");
  assertEquals(told(waiting), [`${instanceNumber}..${instanceNumber}: `]);
  assertEquals(told(cluster.request("C", watch(cluster, 0))), [`${instanceNumber}..${instanceNumber}: `]);
  choose(cluster, "v");
  cluster.run(1000);
  assertEquals(cluster.node("C").instanceNumber, cluster.node("A").instanceNumber);
  const next = cluster.request("C", watch(cluster, cluster.node("C").instanceNumber));
  choose(cluster, "more");
  assertEquals(told(next)[0]?.split(" ").slice(1).join(" "), `${cluster.node("C").instanceNumber - 1} more`);
});

Deno.test("who asks a node that is behind for a later instance waits until it gets there", () => {
  const cluster = settled();
  cluster.cut("A", "C");
  cluster.cut("B", "C");
  choose(cluster, "x", "y");
  const answers = cluster.request("C", watch(cluster, 2));
  cluster.heal();
  choose(cluster, "z");
  cluster.run(500);
  choose(cluster, "w");
  assertEquals(answers.length, 1);
  assert(answers[0]?.result === "updates" && answers[0].next > 2);
});

Deno.test("those who wait are bounded: the one that has waited longest is forgotten, and may ask again", () => {
  const cluster = settled();
  const first = watch(cluster, 0);
  const forgotten = cluster.request("A", first);
  const second = watch(cluster, 0);
  const kept = cluster.request("A", second);
  for (let i = 2; i < MAX_WATCHERS; i++) cluster.request("A", watch(cluster, 0));
  cluster.request("A", second);
  assertEquals(plainNode(cluster, "A").watchers, MAX_WATCHERS);
  cluster.request("A", watch(cluster, 0));
  assertEquals(plainNode(cluster, "A").watchers, MAX_WATCHERS);
  choose(cluster, "x");
  assertEquals([forgotten.length, kept.length, plainNode(cluster, "A").watchers], [0, 1, 0]);
  cluster.request("A", first);
  assertEquals(told(forgotten), ["0..1: 0 x"]);
});

Deno.test("who waits no longer is sent nothing: its question has a deadline, which the same question puts off", () => {
  const cluster = settled();
  const [gone, there] = [watch(cluster, 0, 500), watch(cluster, 0, 500)];
  const [nothing, answers] = [cluster.request("A", gone), cluster.request("A", there)];
  cluster.run(400);
  cluster.request("A", there);
  cluster.run(200);
  choose(cluster, "x");
  assertEquals([nothing, told(answers)], [[], ["0..1: 0 x"]]);
});

Deno.test("an answer fits its datagram, however many and however large the updates are; the rest is asked for next", () => {
  for (const sizes of [Array(900).fill(8), [...Array(1000).fill(17), 38_900], Array(8).fill(9000)]) {
    const cluster = settled();
    const values = sizes.map((size: number, i: number) => `${i}`.padEnd(size, "x"));
    choose(cluster, ...values);
    const seen: string[] = [];
    for (let from = 0; from < values.length;) {
      const [answer] = cluster.request("A", watch(cluster, from));
      assert(answer?.result === "updates" && answer.next > from && answer.from === from);
      const { length } = encodeResponse(answer);
      assert(length <= 60_000, `${length} bytes`);
      seen.push(...answer.updates.map(([, value]) => value));
      from = answer.next;
    }
    assertEquals(seen, values);
  }
});
