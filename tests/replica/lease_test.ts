import { Lease, LEASE_MARGIN, type LeaseView } from "../../src/replica/lease.ts";
import { assert, assertEquals } from "../assert.ts";

const WINDOW_MS = 1000;

const UNKNOWN: LeaseView = { kind: "unknown" };
const NONE: LeaseView = { kind: "none" };
const masterIs = (uid: string): LeaseView => ({ kind: "master", uid });

/** Node A in a life that begins at 0 without anything to wait for. */
function fresh(windowMs = WINDOW_MS): Lease {
  const lease = new Lease("A", windowMs);
  lease.begin(0, true, 0);
  return lease;
}

/** Node A, master by a grant that left at 100 and was learned at 150, in instance 3. */
function master(): Lease {
  const lease = fresh();
  lease.originate(3, 100);
  lease.learn("A", 3, 150);
  return lease;
}

/** Node A, which may vote at no time before this one. */
function votesFrom(lease: Lease, atMs: number): void {
  for (const uid of ["A", "B", "C"]) assert(!lease.mayVoteFor(uid, atMs - 1), `${uid} at ${atMs - 1}`);
  for (const uid of ["A", "B", "C"]) assert(lease.mayVoteFor(uid, atMs), `${uid} at ${atMs}`);
}

Deno.test("its master counts from when the grant first left, all others from when they learned it (L1)", () => {
  const [own, other] = [master(), new Lease("B", WINDOW_MS)];
  other.begin(0, true, 0);
  other.learn("A", 3, 150);
  assert(own.isMaster(100 + 949) && !own.isMaster(100 + 950));
  assertEquals([other.holder(150 + 999), other.holder(150 + 1000)], ["A", null]);
  assert(!other.isMaster(150), "nobody but the one that it is granted to");
});

Deno.test("a grant that is sent again, or under a higher ID, still counts from when it first left (L1)", () => {
  const lease = fresh();
  lease.originate(3, 100);
  lease.originate(3, 900);
  lease.learn("A", 3, 950);
  assert(lease.isMaster(1049) && !lease.isMaster(1050));
});

Deno.test("a grant that was learned when its window was over makes no master (L1)", () => {
  const lease = fresh();
  lease.originate(3, 100);
  lease.learn("A", 3, 2000);
  assert(!lease.isMaster(2000));
  assertEquals(lease.holder(2000), "A", "but it is the known holder, and the others know it as well");
});

Deno.test("a renewal counts from when it left in its own turn (L1)", () => {
  const lease = master();
  lease.originate(4, 600);
  lease.learn("A", 4, 650);
  assert(lease.isMaster(1549) && !lease.isMaster(1550));
});

Deno.test("a master that learns another node's grant steps down at once (L1)", () => {
  const lease = master();
  lease.learn("B", 4, 200);
  assert(!lease.isMaster(200));
  assertEquals([lease.holder(200), lease.holder(1199), lease.holder(1200)], ["B", "B", null]);
});

Deno.test("while a lease is known a node votes for its holder and for nobody else (L2)", () => {
  const lease = fresh();
  assert(lease.mayVoteFor("B", 0) && lease.mayVoteFor("C", 0));
  lease.learn("B", 0, 10);
  for (const nowMs of [10, 1009]) {
    assertEquals(["A", "B", "C"].map((uid) => lease.mayVoteFor(uid, nowMs)), [false, true, false]);
  }
  assert(lease.mayVoteFor("A", 1010) && lease.mayVoteFor("C", 1010));
});

Deno.test("a master whose own time is over still votes for nobody else until its full window is (L2, L4)", () => {
  const lease = master();
  assert(!lease.isMaster(1060) && !lease.mayVoteFor("B", 1060) && lease.mayVoteFor("A", 1060));
  assert(lease.mayVoteFor("B", 1150));
});

Deno.test("a node that has never lived may vote at once; one that has, waits a full window (L3)", () => {
  const lease = new Lease("A", WINDOW_MS);
  lease.begin(50, true, 0);
  assertEquals([lease.waitMs(50), lease.view(50)], [0, NONE]);
  lease.begin(50, false, 0);
  assertEquals([lease.waitMs(50), lease.view(1049)], [1000, UNKNOWN]);
  votesFrom(lease, 1050);
  assertEquals(lease.view(1050), NONE);
});

Deno.test("the window that is waited for is the longer of the saved and the configured one (L3)", () => {
  for (const [savedMs, waitMs] of [[10_000, 10_000], [500, 1000]] as const) {
    const lease = new Lease("A", WINDOW_MS);
    lease.begin(0, false, savedMs);
    votesFrom(lease, waitMs);
  }
});

Deno.test("a node that begins a life knows nothing of the lease that it had (L3, L8)", () => {
  const lease = master();
  lease.begin(200, false, WINDOW_MS);
  assert(!lease.isMaster(200) && lease.holder(200) === null);
  lease.learn("A", 3, 250);
  assert(!lease.isMaster(250), "what it proposed in an earlier life makes it no master");
});

Deno.test("a node that is carried takes over the view of the sender: a full window for a master, none, or a wait (L3)", () => {
  const told = fresh();
  told.carried(masterIs("B"), 100);
  assertEquals([told.holder(1099), told.holder(1100), told.waitMs(100)], ["B", null, 0]);
  const free = fresh();
  free.learn("C", 0, 50);
  free.carried(NONE, 100);
  assert(free.mayVoteFor("A", 100) && free.holder(100) === null, "the lease of C is of an older link");
  const waits = fresh();
  waits.carried(UNKNOWN, 100);
  votesFrom(waits, 1100);
});

Deno.test("a node that waits learns from a peer at the same instance, and ends its wait (L3)", () => {
  for (const view of [masterIs("B"), NONE, UNKNOWN]) {
    const lease = new Lease("A", WINDOW_MS);
    lease.begin(0, false, 0);
    lease.hear(view, 100);
    assertEquals(lease.view(100), view);
  }
});

Deno.test("a node that knows by itself learns nothing from what a peer at the same instance says (L3)", () => {
  const lease = fresh();
  lease.hear(masterIs("B"), 100);
  assertEquals(lease.holder(100), null);
  lease.learn("B", 0, 100);
  lease.hear(NONE, 200);
  lease.hear(masterIs("C"), 200);
  assertEquals([lease.holder(200), lease.remainingMs(200)], ["B", 900], "nor does it restart what it knows");
});

Deno.test("no snapshot makes a master, even one that names the node (L8)", () => {
  const carried = fresh();
  carried.originate(3, 90);
  carried.carried(masterIs("A"), 100);
  assert(!carried.isMaster(100));
  assertEquals(carried.holder(100), "A", "it has to get a further grant, and may vote for that");
  assert(carried.mayVoteFor("A", 100) && !carried.mayVoteFor("B", 100));
  const waiting = new Lease("A", WINDOW_MS);
  waiting.begin(0, false, 0);
  waiting.hear(masterIs("A"), 100);
  assert(!waiting.isMaster(100));
});

Deno.test("a master that was carried past a link of its own stays one for as long as it was; any other view ends it (L3, L8)", () => {
  const lease = master();
  lease.carried(masterIs("A"), 500);
  assert(lease.isMaster(1049) && !lease.isMaster(1050), "its time is not begun anew");
  for (const view of [masterIs("B"), NONE, UNKNOWN]) {
    const other = master();
    other.carried(view, 500);
    assert(!other.isMaster(500), view.kind);
  }
});

Deno.test("a grant that was not originated at that instance in this life, but adopted, makes no master (L8)", () => {
  const adopted = fresh();
  adopted.learn("A", 3, 150);
  assert(!adopted.isMaster(150));
  assertEquals(adopted.holder(150), "A");
  const elsewhere = fresh();
  elsewhere.originate(2, 100);
  elsewhere.learn("A", 3, 150);
  assert(!elsewhere.isMaster(150), "one that it originated for another instance is no reason");
});

Deno.test("the margin of 5 % covers clocks that are each off by 2.5 %, and not by 3 % (L4)", () => {
  assertEquals(LEASE_MARGIN, 0.05);
  /** How long before the first voter the master stops, in true time, if all began at one moment. */
  const leadMs = (drift: number): number => {
    const [slow, fast] = [1 - drift, 1 + drift];
    return WINDOW_MS / fast - master().masterWindowMs / slow;
  };
  assert(leadMs(0) > 0 && leadMs(0.025) > 0);
  assert(leadMs(0.03) < 0, "beyond what it promises it does not");
});

Deno.test("renewal begins after a third of the window, so that it can be sent several times (L5)", () => {
  const lease = master();
  assert(!lease.isRenewalDue(433) && lease.isRenewalDue(434));
  lease.originate(4, 440);
  lease.learn("A", 4, 450);
  assert(!lease.isRenewalDue(773) && lease.isRenewalDue(774));
});

Deno.test("what is left of a lease is, for its master, the time until it stops being one", () => {
  const lease = master();
  assertEquals([lease.remainingMs(150), lease.remainingMs(1049)], [900, 1]);
  assertEquals(lease.remainingMs(1100), 50, "then the time for which it votes for nobody else");
  assertEquals(lease.remainingMs(1200), 0);
  assertEquals(fresh().remainingMs(10), 0);
});

Deno.test("the next moment at which something changes by itself: renewal, the master's end, the end of the window, the end of a wait", () => {
  const lease = master();
  const moments: number[] = [];
  for (let nowMs: number | null = 150; nowMs !== null; nowMs = lease.nextChangeMs(nowMs)) {
    moments.push(Math.round(nowMs));
  }
  assertEquals(moments, [150, 433, 1050, 1150]);
  const waits = new Lease("A", WINDOW_MS);
  waits.begin(0, false, 0);
  assertEquals([waits.nextChangeMs(0), waits.nextChangeMs(1000)], [1000, null]);
  assertEquals(fresh().nextChangeMs(0), null);
});

Deno.test("all that a node knows of the lease is saved and restored", () => {
  const [lease, copy] = [master(), new Lease("A", WINDOW_MS)];
  copy.restore(lease.save());
  assertEquals(copy.save(), lease.save());
  assert(copy.isMaster(1049) && !copy.isMaster(1050));
});

Deno.test("the lease of every node is of one window, from 150 ms on as well as of 10 s", () => {
  for (const windowMs of [150, 10_000]) {
    const lease = fresh(windowMs);
    lease.originate(0, 0);
    lease.learn("A", 0, 1);
    assert(lease.isMaster(0.95 * windowMs - 1) && !lease.isMaster(0.95 * windowMs));
    assertEquals([lease.holder(windowMs), lease.holder(windowMs + 1)], ["A", null]);
  }
});
