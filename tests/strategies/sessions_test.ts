// An update with a session is applied once, whatever becomes of datagrams and nodes, and all who ask hear the same.
import type { SessionName } from "../../src/replica/register.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { applied, openSession, propose, requestFor, tagged, timesInChain } from "../support/sessions.ts";
import { outcome, settled } from "../support/scenes.ts";
import type { VirtualCluster } from "../support/virtual_cluster.ts";

/** A cluster that knows each other, and a session in it. */
function withSession(options: Parameters<typeof settled>[0] = {}): [VirtualCluster, SessionName] {
  const cluster = settled(options);
  return [cluster, openSession(cluster, "A")];
}

Deno.test("a session bears the instance at which it was opened and a random part, and is another each time", () => {
  const cluster = settled();
  cluster.proposeRaw("A", "x");
  cluster.run(50);
  const sessions = [openSession(cluster, "A"), openSession(cluster, "A"), openSession(cluster, "B")];
  assertEquals(sessions.map(({ openedAt }) => openedAt), [1, 1, 1]);
  assertEquals(new Set(sessions.map(({ id }) => id)).size, 3);
});

Deno.test("an update that is sent again while it waits, at the same node and at another, is applied once; all hear the same", () => {
  const [cluster, session] = withSession();
  const update = tagged(session, 1, "x");
  const request = requestFor(cluster, update);
  const first = cluster.request("A", request);
  for (let i = 0; i < 3; i++) cluster.request("A", request);
  const elsewhere = propose(cluster, "B", update);
  const later = propose(cluster, "C", update);
  cluster.run(1000);
  const again = cluster.nodes.map((uid) => propose(cluster, uid, update));
  assertEquals(applied(cluster), ["x"]);
  const heard = outcome(first);
  assert(heard.startsWith("chosen"));
  assertEquals([elsewhere, later, ...again].map(outcome), Array(5).fill(heard));
});

Deno.test("two nodes propose the same update, which gets into two links: it is applied at the first, and both say so", () => {
  const [cluster, session] = withSession();
  const update = tagged(session, 1, "x");
  const first = propose(cluster, "A", update);
  cluster.run(2.5);
  // B has not learned the link when it is asked, and its own proposal goes into the next one.
  cluster.onSend = (_from, to, message) => to === "B" && message?.type === "accepted" ? [30] : [1];
  cluster.run(2);
  cluster.crash("A");
  cluster.proposeRaw("B", "y");
  const second = propose(cluster, "B", update);
  cluster.run(5000);
  assertEquals(applied(cluster).filter((value) => value === "x"), ["x"]);
  cluster.restart("A");
  cluster.run(500);
  const again = propose(cluster, "A", update);
  assertEquals(outcome(second), outcome(again));
  assert(first.length === 0 || outcome(first) === outcome(again));
});

Deno.test("an update that is in two links counts where it came first", () => {
  const [cluster, session] = withSession();
  const update = tagged(session, 1, "x");
  // The link is decided by B and C, whose votes never come back to A; A is asked again after it gave up.
  cluster.onSend = (_from, to, message) => to === "A" && /accepted|snapshot/.test(message?.type ?? "") ? [] : [1];
  const first = propose(cluster, "A", update, 100);
  cluster.run(150);
  assertEquals([outcome(first), timesInChain(cluster, "x")], ["unknown", 1]);
  cluster.proposeRaw("B", "y");
  cluster.run(100);
  cluster.cut("A", "B");
  cluster.cut("A", "C");
  const second = propose(cluster, "A", update);
  cluster.run(20);
  cluster.onSend = () => [1];
  cluster.heal();
  cluster.run(3000);
  assertEquals([outcome(second), applied(cluster)], ["chosen 0", ["x", "y"]]);
});

Deno.test("a late and doubled datagram of an old update changes nothing, and is unknown where the session has gone on", () => {
  const [cluster, session] = withSession();
  const [one, two] = [tagged(session, 1, "x"), tagged(session, 2, "y")];
  propose(cluster, "A", one);
  cluster.run(50);
  propose(cluster, "A", two);
  cluster.run(50);
  const late = cluster.nodes.map((uid) => propose(cluster, uid, one));
  cluster.run(500);
  assertEquals(late.map(outcome), Array(3).fill("unknown"));
  assert(late[0]![0]?.result === "proposed");
  assertStringIncludes(late[0]![0].reason ?? "", "nobody can tell");
  assertEquals(applied(cluster), ["x", "y"]);
});

Deno.test("an update is known after a restart of its node, from the state file, and after a carry, from the snapshot", () => {
  const [cluster, session] = withSession({ settings: { syncIntervalMs: 300 } });
  cluster.cut("A", "C");
  cluster.cut("B", "C");
  const update = tagged(session, 7, "x");
  const failed = { ...tagged(openSession(cluster, "B"), 1, "no"), condition: { kind: "value", value: null } } as const;
  const first = propose(cluster, "A", update);
  cluster.run(50);
  propose(cluster, "B", failed);
  cluster.run(50);
  assertEquals(outcome(first), "chosen 0");
  cluster.crash("A");
  cluster.restart("A");
  cluster.heal();
  cluster.run(1000);
  assertEquals(cluster.chosen("C").size, 0, "C was carried");
  for (const uid of cluster.nodes) {
    assertEquals(outcome(propose(cluster, uid, update)), "chosen 0", uid);
    assertEquals(outcome(propose(cluster, uid, failed)), "not_chosen 1", uid);
  }
  assertEquals(cluster.chain.size, 2, "and nothing was proposed");
  assertEquals(cluster.node("C").register.save(), cluster.node("A").register.save());
});

Deno.test("a node that is carried past the link of its own client's update tells that it was chosen, though nobody shows the link", () => {
  const [cluster, session] = withSession();
  const answers = propose(cluster, "A", tagged(session, 1, "x"));
  cluster.run(2.5);
  cluster.cut("A", "B");
  cluster.cut("A", "C");
  cluster.run(5);
  cluster.proposeRaw("B", "y");
  cluster.run(20);
  cluster.heal();
  cluster.run(500);
  assertEquals([outcome(answers), applied(cluster)], ["chosen 0", ["x", "y"]]);
});

Deno.test("a node dies with an update of a client, which asks another node: applied once", () => {
  for (let afterMs = 0.5; afterMs < 6; afterMs += 0.5) {
    const [cluster, session] = withSession();
    const update = tagged(session, 1, "x");
    propose(cluster, "A", update);
    cluster.run(afterMs);
    cluster.crash("A");
    const answers = propose(cluster, "B", update, 10_000);
    cluster.run(8000);
    assertEquals([applied(cluster), outcome(answers)], [["x"], "chosen 0"], `${afterMs} ms`);
    cluster.restart("A");
    cluster.run(2000);
    assertEquals(outcome(propose(cluster, "A", update)), "chosen 0", `${afterMs} ms`);
  }
});

Deno.test("a session that was dropped is unknown at every node, and another one may be opened there", () => {
  const [cluster, session] = withSession();
  propose(cluster, "A", tagged(session, 1, "x"));
  cluster.run(50);
  const others = Array.from({ length: 600 }, () => openSession(cluster, "B"));
  for (const [i, other] of others.entries()) {
    propose(cluster, "B", tagged(other, 1, `${i}`));
    cluster.run(10);
  }
  cluster.run(100);
  const late = cluster.nodes.map((uid) => propose(cluster, uid, tagged(session, 1, "x")));
  const next = cluster.nodes.map((uid) => propose(cluster, uid, tagged(session, 2, "y")));
  cluster.run(100);
  assertEquals([...late, ...next].map(outcome), Array(6).fill("unknown"));
  const fresh = propose(cluster, "A", tagged(openSession(cluster, "A"), 1, "z"));
  cluster.run(100);
  assert(outcome(fresh).startsWith("chosen"));
  assertEquals(applied(cluster).filter((value) => ["x", "y", "z"].includes(value)), ["x", "z"]);
});

Deno.test("a condition is judged when the update is applied: what held when it was asked may hold no more", () => {
  const [cluster, session] = withSession();
  cluster.proposeRaw("B", "other");
  const asked = { ...tagged(session, 1, "x"), condition: { kind: "value", value: null } } as const;
  assertEquals(cluster.node("A").register.value, null);
  const answers = propose(cluster, "A", asked);
  cluster.run(500);
  const heard = outcome(answers);
  assertEquals(heard, applied(cluster)[0] === "x" ? "chosen 0" : "not_chosen 1");
  cluster.proposeRaw("B", "once more");
  cluster.run(50);
  assertEquals(outcome(propose(cluster, "C", asked)), heard, "its result for ever");
});

Deno.test("of three nodes that swap the same value at once one succeeds, and the others hear that theirs failed", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const cluster = settled({ seed });
    cluster.proposeRaw("A", "old");
    cluster.run(100);
    const condition = { kind: "instance", instanceNumber: 0 } as const;
    const told = cluster.nodes.map((uid) =>
      propose(cluster, uid, tagged(openSession(cluster, uid), 1, `of ${uid}`, condition))
    );
    cluster.run(3000);
    const outcomes = told.map((answers) => outcome(answers).split(" ")[0]);
    assertEquals(outcomes.sort(), ["chosen", "not_chosen", "not_chosen"], `seed ${seed}`);
    assertEquals(applied(cluster).length, 2);
  }
});

Deno.test("a deadline that passes is unknown; the same update, asked again, is applied once", () => {
  const [cluster, session] = withSession();
  cluster.crash("B");
  cluster.crash("C");
  const update = tagged(session, 1, "x");
  const request = requestFor(cluster, update, 500);
  const first = cluster.request("A", request);
  for (let i = 0; i < 9; i++) {
    cluster.run(50);
    cluster.request("A", request);
  }
  cluster.run(60);
  assertEquals(outcome(first), "unknown", "the same datagram once more does not put the deadline off");
  const second = propose(cluster, "A", update);
  cluster.restart("B");
  cluster.run(3000);
  assertEquals([outcome(second), applied(cluster)], ["chosen 0", ["x"]]);
});

Deno.test("retries at random nodes through loss, copies, delays, crashes and restarts: each update applied once, with one answer", () => {
  for (let seed = 1; seed <= 15; seed++) {
    const cluster = settled({ seed, settings: { syncIntervalMs: 300 } });
    const session = openSession(cluster, "A");
    cluster.onSend = () =>
      cluster.random() < 0.15
        ? []
        : [20 * cluster.random(), 60 * cluster.random()].slice(0, 1 + +(cluster.random() < 0.3));
    const values: string[] = [];
    for (let sequence = 1; sequence <= 8; sequence++) {
      const update = tagged(session, sequence, `${sequence}`);
      const told: ReturnType<typeof propose>[] = [];
      const heard = (): string[] => told.map(outcome).filter((text) => /^chosen|^not/.test(text));
      for (let attempt = 0; attempt < 60 && heard().length < 2; attempt++) {
        const uid = cluster.nodes[Math.floor(cluster.random() * 3)]!;
        if (cluster.isUp(uid)) told.push(propose(cluster, uid, update, 2000));
        if (cluster.random() < 0.1 && cluster.nodes.every((node) => cluster.isUp(node))) {
          cluster.crash(uid);
          cluster.schedule(400, () => cluster.restart(uid));
        }
        cluster.run(200);
      }
      assert(heard().length >= 2, `seed ${seed}, ${sequence}: ${told.map(outcome)}`);
      assertEquals(new Set(heard()).size, 1, `seed ${seed}, ${sequence}: ${told.map(outcome)}`);
      values.push(update.value);
    }
    assertEquals(applied(cluster), values, `seed ${seed}`);
  }
});
