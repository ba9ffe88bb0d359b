// Nodes of ours and of the ancestor in one cluster, all with `--master`: either kind may be master.
import { MasterNode } from "../../src/node.ts";
import { compareProposalIds, formatProposalId } from "../../src/paxos/proposal_id.ts";
import { decodeLink } from "../../src/replica/link.ts";
import { BLANK_STATE, encodeState } from "../../src/replica/node_state.ts";
import { assert, assertEquals } from "../assert.ts";
import { AncestorMasterDouble } from "../support/ancestor_master_double.ts";
import { elect, masterNode, mastersOf, oneWay } from "../support/masters.ts";
import { type Mixed, mixedOf } from "../support/mixed.ts";
import { outcome } from "../support/scenes.ts";
import { applied } from "../support/sessions.ts";
import type { VirtualCluster } from "../support/virtual_cluster.ts";

/** The only window that the ancestor knows, in milliseconds. */
const WINDOW_MS = 10_000;

/** C is of the ancestor in the one cluster, B and C are in the other. */
const OLD = [["C"], ["B", "C"]] as const;

function cluster(oldUids: readonly string[], settings = {}, seed = 1): Mixed<AncestorMasterDouble> {
  const options = { nodeClass: MasterNode, seed, settings: { leaseWindowMs: WINDOW_MS, ...settings } };
  return mixedOf(AncestorMasterDouble, options, oldUids);
}

/** One of ours is master: it stands for election at once, the ancestor's only after 10 s. */
function ours(oldUids: readonly string[], seed = 1): Mixed<AncestorMasterDouble> & { master: string } {
  const made = cluster(oldUids, {}, seed);
  const master = elect(made.cluster, 5000);
  made.cluster.run(200);
  return { ...made, master };
}

/** One of the ancestor's is master: ours hear nothing until it is. */
function theirs(oldUids: readonly string[], seed = 1): Mixed<AncestorMasterDouble> & { master: string } {
  const made = cluster(oldUids, {}, seed);
  const { nodes } = made.cluster;
  const before = made.cluster.onSend;
  // Of ours no prepare leaves.
  made.cluster.onSend = (from, _to, message) => message?.type === "prepare" && !oldUids.includes(from) ? [] : [1];
  const isMaster = (): boolean => oldUids.some((uid) => made.double(uid).master === uid);
  assert(made.cluster.runUntil(isMaster, 30_000), "one of the ancestor's is master");
  made.cluster.onSend = before;
  const master = oldUids.find((uid) => made.double(uid).master === uid)!;
  // Who was quiet for long has to be found out again as one of the ancestor's: by then its next grant is on its way.
  const knows = (uid: string): boolean =>
    !made.cluster.isOurs(uid) || masterNode(made.cluster, uid).otherMaster === master;
  assert(made.cluster.runUntil(() => nodes.every(knows), 1.1 * WINDOW_MS), "ours know it");
  made.cluster.run(200);
  return { ...made, master };
}

/** The holders of the lease by its links, one after the other, each as often as it was granted. */
function grants({ chain }: VirtualCluster): string[] {
  return [...chain].sort(([a], [b]) => a - b).flatMap(([, link]) => decodeLink(link).grantedTo ?? []);
}

Deno.test("the ancestor's nodes elect a master among themselves, renew its lease and choose values (the double is sound)", () => {
  const { cluster: made, double } = mixedOf(AncestorMasterDouble, {}, ["A", "B", "C"]);
  made.run(12_000);
  const [master] = ["A", "B", "C"].filter((uid) => double(uid).master === uid);
  assert(master !== undefined);
  for (const value of ["x", "h\u00e9"]) {
    made.proposeRaw(master, value);
    made.run(50);
  }
  assertEquals([..."ABC"].map((uid) => double(uid).currentValue), Array(3).fill("h\u00e9"));
  assertEquals([...made.chain.values()].slice(0, 2), [`["${master}", null]`, '[null, "x"]']);
  made.run(60_000);
  assertEquals(new Set(grants(made)), new Set([master]));
  assert(grants(made).length >= 7);
});

for (const oldUids of OLD) {
  const kinds = `${3 - oldUids.length} of ours and ${oldUids.length} of the ancestor's`;

  Deno.test(`${kinds}, ours is master: values are chosen, and all show them`, () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { cluster: made, double, master } = ours(oldUids, seed);
      const answers = ["x", "h\u00e9 \u{1f600}"].map((value) => {
        const answer = made.propose(master, value);
        made.run(100);
        return answer;
      });
      assert(answers.every((answer) => outcome(answer).startsWith("chosen")), `seed ${seed}`);
      assertEquals(applied(made), ["x", "h\u00e9 \u{1f600}"]);
      for (const uid of oldUids) assertEquals(double(uid).currentValue, "h\u00e9 \u{1f600}", `seed ${seed}: ${uid}`);
      for (const uid of made.nodes) {
        if (made.isOurs(uid)) assertEquals(made.node(uid).register.value, "h\u00e9 \u{1f600}");
      }
    }
  });

  Deno.test(`${kinds}, ours is master: it renews its lease, and the ancestor's know it`, () => {
    const { cluster: made, double, master } = ours(oldUids);
    made.run(6 * WINDOW_MS);
    assertEquals([mastersOf(made), new Set(grants(made))], [[master], new Set([master])]);
    for (const uid of oldUids) assertEquals(double(uid).master, master);
  });

  Deno.test(`${kinds}, the ancestor's is master: values are chosen, and all show them`, () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { cluster: made, double, master } = theirs(oldUids, seed);
      for (const value of ["x", "y", "h\u00e9 \u{1f600}"]) {
        made.proposeRaw(master, value);
        made.run(1000);
      }
      assertEquals(applied(made), ["x", "y", "h\u00e9 \u{1f600}"], `seed ${seed}`);
      for (const uid of oldUids) assertEquals(double(uid).currentValue, "h\u00e9 \u{1f600}");
      for (const uid of made.nodes) {
        if (made.isOurs(uid)) assertEquals(made.node(uid).register.value, "h\u00e9 \u{1f600}");
      }
    }
  });

  Deno.test(`${kinds}, the ancestor's is master: it renews its lease, and ours know it`, () => {
    const { cluster: made, master } = theirs(oldUids);
    for (let i = 0; i < 12; i++) {
      made.run(WINDOW_MS / 2);
      for (const uid of made.nodes) {
        if (made.isOurs(uid)) assertEquals(masterNode(made, uid).otherMaster, master, `${uid} at ${made.nowMs}`);
      }
    }
    assertEquals(new Set(grants(made)), new Set([master]));
    assert(grants(made).length >= 6);
  });

  Deno.test(`${kinds}, the ancestor's is master: a value that ours is given without a wish for an answer is passed on to it, and chosen; another one is refused`, () => {
    const { cluster: made, master } = theirs(oldUids);
    made.proposeRaw("A", "x");
    made.run(1000);
    const answers = made.propose("A", "y");
    made.run(1000);
    assertEquals([applied(made), outcome(answers)], [["x"], "not_chosen"]);
    const [answer] = answers;
    assert(answer?.result === "proposed");
    assert(answer.reason?.includes(`node ${master} is master, of the ancestor`), answer.reason ?? "");
  });

  Deno.test(`${kinds}: when ours that is master dies, another node is, of whatever kind, and when it is back all agree`, () => {
    const { cluster: made, double, master } = ours(oldUids);
    made.propose(master, "x");
    made.run(100);
    made.crash(master);
    const isNext = (): boolean => oldUids.some((uid) => double(uid).master === uid) || mastersOf(made).length > 0;
    assert(made.runUntil(isNext, 4 * WINDOW_MS));
    made.restart(master);
    made.run(4 * WINDOW_MS);
    assert(isNext());
    const next = mastersOf(made)[0] ?? oldUids.find((uid) => double(uid).master === uid)!;
    made.proposeRaw(next, "y");
    made.run(2 * WINDOW_MS);
    assertEquals(applied(made), ["x", "y"]);
    assertEquals(made.node(master).register.value, "y");
  });

  Deno.test(`${kinds}: when the ancestor's that is master dies, another node is, of whatever kind`, () => {
    const { cluster: made, double, master } = theirs(oldUids);
    made.proposeRaw(master, "x");
    made.run(1000);
    made.crash(master);
    const next = (): string | undefined =>
      mastersOf(made)[0] ?? oldUids.find((uid) => made.isUp(uid) && double(uid).master === uid);
    assert(made.runUntil(() => next() !== undefined, 4 * WINDOW_MS));
    made.proposeRaw(next()!, "y");
    made.run(1000);
    assertEquals(applied(made), ["x", "y"]);
  });
}

Deno.test("a value that is given to an ancestor's node that is not master is lost: that is its own fault", () => {
  const { cluster: made } = ours(["B", "C"]);
  made.proposeRaw("B", "x");
  made.run(2 * WINDOW_MS);
  assertEquals(applied(made), []);
});

Deno.test("with an ancestor's promise in its quorum our master prepares for every link (S4)", () => {
  const { cluster: made, master } = ours(["B", "C"]);
  const before = made.trace.length;
  for (const value of ["x", "y", "z"]) {
    made.propose(master, value);
    made.run(100);
  }
  const prepared = made.trace.slice(before).filter((line) => line.includes(`${master} -> B prepare`)).length;
  assertEquals([applied(made), prepared], [["x", "y", "z"], 3]);
});

Deno.test("our node never takes back a promise, though the ancestor's master makes up promises in its name (S2, S4)", () => {
  const { cluster: made, master } = theirs(["B", "C"]);
  let highest = made.node("A").paxos.acceptor.promisedId;
  const breaches: string[] = [];
  made.watchers.push(() => {
    const { promisedId } = made.node("A").paxos.acceptor;
    if (compareProposalIds(promisedId, highest) < 0) breaches.push(`${formatProposalId(promisedId)} at ${made.nowMs}`);
    highest = promisedId;
  });
  const before = made.trace.length;
  for (const value of ["x", "y"]) {
    made.proposeRaw(master, value);
    made.run(1000);
  }
  assert(made.trace.slice(before).some((line) => line.includes(`A -> ${master} nack 1.${master}`)), "it was refused");
  assertEquals([applied(made), breaches], [["x", "y"], []]);
});

Deno.test("where nodes of the ancestor may be, ours never prepare under number 1, for which its master makes up promises", () => {
  const { cluster: made } = cluster(["B", "C"]);
  const numbers: number[] = [];
  made.watchers.push((fromUid, message) => {
    if (fromUid === "A" && message?.type === "prepare") numbers.push(message.proposalId.number);
  });
  // In the midst of the chain, and it has promised nothing yet.
  made.crash("A");
  made.disk.set("A", encodeState({ ...BLANK_STATE, instanceNumber: 5 }, { uid: "A", nodes: made.nodes }));
  for (const uid of ["B", "C"]) made.cut("A", uid);
  made.restart("A");
  made.run(1.5 * WINDOW_MS);
  assertEquals(Math.min(...numbers), 2);
});

Deno.test("with another window our nodes say so, count no vote of the ancestor's, and elect nobody with it alone", () => {
  for (const oldUids of OLD) {
    const { cluster: made } = cluster(oldUids, { leaseWindowMs: 2000 });
    made.run(9000);
    for (const uid of made.nodes.filter((uid) => made.isOurs(uid))) {
      const { troubles } = masterNode(made, uid).status();
      const about = troubles.filter(({ kind }) => kind === "configuration_drift").map(({ text }) => text);
      assertEquals(about.length, oldUids.length, `${uid}: ${about.join("; ")}`);
      for (const text of about) {
        assert(text.includes("10000 ms") && text.includes("leaseWindowMs, which is 2000"), text);
      }
      assert(made.trace.some((line) => line.includes(`${uid} reports: node C is of the ancestor`)));
    }
    // Two of ours are a quorum without it; one of ours is none.
    assertEquals(mastersOf(made).length, oldUids.length === 1 ? 1 : 0);
  }
});

Deno.test("with another window two of ours do not count the vote of the ancestor's when one of them is cut off", () => {
  const { cluster: made } = cluster(["C"], { leaseWindowMs: 2000 });
  const master = elect(made, 5000);
  made.run(1000);
  const other = master === "A" ? "B" : "A";
  made.cut(master, other);
  made.run(8000);
  assertEquals(
    mastersOf(made).filter((uid) => uid === master),
    [],
    "it has lost the lease, and C's vote gives it none",
  );
});

Deno.test("one of ours that hears the ancestor's master and is not heard still follows it", () => {
  const { cluster: made, master } = theirs(["B", "C"]);
  oneWay(made, ["A B", "A C"]);
  made.proposeRaw(master, "x");
  made.run(2000);
  assertEquals([applied(made), made.node("A").register.value], [["x"], "x"]);
});
