// One node of ours, A, in a cluster with two of the ancestor's, B and C.
import { assert, assertEquals } from "../assert.ts";
import { mixed, settledMixed as settled } from "../support/mixed.ts";
import { outcome } from "../support/scenes.ts";

Deno.test("the ancestor's nodes choose values among themselves (the double is sound)", () => {
  const { cluster } = mixed({}, ["A", "B", "C"]);
  for (const [i, uid] of ["A", "B", "C", "A"].entries()) {
    cluster.proposeRaw(uid, `v${i}`);
    cluster.run(100);
  }
  assertEquals([...cluster.chain.values()], ["v0", "v1", "v2", "v3"]);
});

Deno.test("the ancestor's nodes ignore all that we have added, and understand all the rest", () => {
  const { cluster, double } = settled();
  cluster.propose("A", "x");
  cluster.get("A");
  cluster.run(3000);
  assertEquals(new Set([...double("B").ignored, ...double("C").ignored]), new Set(["hello", "read_request"]));
});

Deno.test("our node decides a link with two of the ancestor's", () => {
  const { cluster, double } = settled();
  const answers = cluster.propose("A", "h\u00e9 \u{1f600}");
  cluster.run(20);
  assertEquals(outcome(answers), "chosen 0");
  assertEquals([double("B").currentValue, double("C").currentValue], Array(2).fill("h\u00e9 \u{1f600}"));
});

Deno.test("our node decides a link with one of the ancestor's, when the other is down", () => {
  const { cluster, double } = settled();
  cluster.crash("C");
  const answers = cluster.propose("A", "x");
  cluster.run(20);
  assertEquals([outcome(answers), double("B").currentValue], ["chosen 0", "x"]);
});

Deno.test("values proposed to the ancestor's nodes are seen by ours, link by link", () => {
  const { cluster } = settled();
  for (const [i, uid] of ["B", "C", "B"].entries()) {
    cluster.proposeRaw(uid, `h\u00e9${i}`);
    cluster.run(200);
  }
  assertEquals([...cluster.chosen("A").values()], ["h\u00e90", "h\u00e91", "h\u00e92"]);
  assertEquals(cluster.node("A").register.value, "h\u00e92");
});

Deno.test("values of all three at once: ours ends in the chain, and the nodes agree", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { cluster, double } = settled({ seed });
    const answers = cluster.propose("A", "ours", 60_000);
    cluster.proposeRaw("B", "of B");
    cluster.proposeRaw("C", "of C");
    assert(cluster.runUntil(() => answers.length > 0, 60_000), `seed ${seed}`);
    assert(outcome(answers).startsWith("chosen"));
    cluster.run(25_000);
    assertEquals(
      [double("B").instanceNumber, double("C").instanceNumber],
      Array(2).fill(cluster.chain.size),
      `seed ${seed}`,
    );
    assertEquals(cluster.node("A").instanceNumber, cluster.chain.size, `seed ${seed}`);
  }
});

Deno.test("our node takes over when an ancestor's dies after its accept has reached ours alone", () => {
  const { cluster, double } = settled();
  cluster.onSend = (from, to, message) => message?.type === "accept" && from === "B" && to !== "A" ? [] : [1];
  cluster.proposeRaw("B", "x");
  cluster.run(2.5);
  cluster.crash("B");
  cluster.onSend = () => [1];
  cluster.run(4000);
  assertEquals([[...cluster.chain.values()], double("C").currentValue], [["x"], "x"]);
});

Deno.test("an ancestor's node takes over when ours dies after its accept has reached that one alone", () => {
  const { cluster } = settled();
  cluster.onSend = (_from, to, message) => message?.type === "accept" && to === "C" ? [] : [1];
  cluster.proposeRaw("A", "x");
  cluster.run(2.5);
  cluster.crash("A");
  cluster.onSend = () => [1];
  cluster.run(4000);
  assertEquals([...cluster.chain.values()], ["x"]);
});

Deno.test("our node, having been down, catches up from the ancestor's nodes as soon as it knows them as such, and goes on", () => {
  const { cluster } = settled();
  cluster.crash("A");
  for (const value of ["x", "y"]) {
    cluster.proposeRaw("B", value);
    cluster.run(200);
  }
  cluster.restart("A");
  cluster.run(1090);
  assertEquals(cluster.node("A").instanceNumber, 0, "they might be of our kind, and lack the sessions");
  cluster.run(120);
  const { value, valueInstanceNumber } = cluster.node("A").register;
  assertEquals([cluster.node("A").instanceNumber, value, valueInstanceNumber], [2, "y", 1]);
  const answers = cluster.propose("A", "z");
  cluster.run(2000);
  assertEquals(outcome(answers), "chosen 2");
});

Deno.test("our node, having been cut off, sees a newer link, and catches up when it is sure that no node of ours tells it so", () => {
  const { cluster } = settled({ settings: { syncIntervalMs: 600_000 } });
  cluster.cut("A", "B");
  cluster.cut("A", "C");
  cluster.proposeRaw("B", "x");
  cluster.run(200);
  cluster.heal();
  cluster.proposeRaw("C", "y");
  cluster.run(400);
  assertEquals(cluster.node("A").instanceNumber, 0);
  cluster.run(300);
  assert(cluster.node("A").instanceNumber >= 1);
});

Deno.test("an ancestor's node that was down is brought up to date by its question to ours", () => {
  const { cluster, double } = settled();
  cluster.crash("C");
  cluster.propose("A", "x");
  cluster.run(100);
  cluster.crash("B");
  cluster.restart("C");
  assert(cluster.runUntil(() => double("C").instanceNumber > 0, 100_000), "every 10 s it asks one of the two");
  assertEquals([double("C").instanceNumber, double("C").currentValue], [1, "x"]);
});

Deno.test("an ancestor's node that proposes in an old link is brought up to date, by ours", () => {
  const { cluster, double } = settled();
  cluster.crash("C");
  cluster.propose("A", "x");
  cluster.run(100);
  cluster.onSend = (_from, _to, message) => message?.type === "sync_request" ? [] : [1];
  cluster.restart("C");
  cluster.run(100);
  assertEquals(double("C").instanceNumber, 0);
  cluster.proposeRaw("C", "y");
  cluster.run(10);
  assertEquals([double("C").instanceNumber, double("C").currentValue], [1, "x"]);
});

Deno.test("a linearizable read at our node sees what the ancestor's nodes have chosen without it", () => {
  const { cluster } = settled();
  cluster.proposeRaw("A", "x");
  cluster.run(100);
  cluster.cut("A", "B");
  cluster.cut("A", "C");
  cluster.proposeRaw("B", "y");
  cluster.run(200);
  cluster.heal();
  const before = cluster.chain.size;
  const [answers, local] = [cluster.get("A"), cluster.get("A", true)];
  // It prepares in an old link, which the ancestor's nodes pass over in silence: only its periodic question tells.
  cluster.run(3000);
  assert(answers[0]?.result === "value" && local[0]?.result === "value");
  assertEquals([answers[0].value, answers[0].read, local[0].value], ["y", "linearizable", "x"]);
  assertEquals(cluster.chain.size, before, "and it has proposed nothing");
});

Deno.test("a linearizable read at our node takes one round trip of promises, since the ancestor's nodes answer no reads", () => {
  const { cluster } = settled({ latencyMs: 10 });
  cluster.propose("A", "x");
  cluster.run(100);
  const answers = cluster.get("A");
  cluster.run(20);
  assert(answers[0]?.result === "value");
  assertEquals([answers[0].value, answers[0].read, cluster.chain.size], ["x", "linearizable", 1]);
});

Deno.test("a linearizable read at our node decides what an ancestor's node has accepted", () => {
  const { cluster } = settled();
  cluster.onSend = (_from, to, message) =>
    message?.type === "accepted" || (message?.type === "accept" && to !== "C") ? [] : [1];
  cluster.proposeRaw("B", "x");
  cluster.run(20);
  cluster.crash("B");
  cluster.onSend = () => [1];
  const answers = cluster.get("A");
  cluster.run(500);
  assert(answers[0]?.result === "value");
  assertEquals([answers[0].value, cluster.chain.get(0)], ["x", "x"]);
});

Deno.test("with two nodes of ours and one of the ancestor's, values and reads go through, also when one of ours is down", () => {
  const { cluster, double } = mixed({}, ["C"]);
  cluster.run(1000);
  const first = cluster.propose("A", "x");
  cluster.run(50);
  const read = cluster.get("B");
  cluster.run(50);
  assert(read[0]?.result === "value");
  assertEquals([outcome(first), read[0].value, double("C").currentValue], ["chosen 0", "x", "x"]);
  cluster.crash("A");
  const second = cluster.propose("B", "y");
  cluster.run(2000);
  assertEquals([outcome(second), double("C").currentValue], ["chosen 1", "y"]);
});

Deno.test("our node starts on a file of the ancestor's, and its first number is a million above", () => {
  const { cluster } = mixed();
  cluster.crash("A");
  cluster.disk.set(
    "A",
    '{"current_value": "v1", "instance_number": 2, "promised_id": [3, "B"], "accepted_id": null, "accepted_value": null}',
  );
  cluster.restart("A");
  cluster.run(1000);
  cluster.trace.length = 0;
  cluster.proposeRaw("A", "x");
  cluster.run(50);
  assert(cluster.trace.some((line) => line.endsWith("A -> B prepare 1000004.A @2")), cluster.trace.join("\n"));
});
