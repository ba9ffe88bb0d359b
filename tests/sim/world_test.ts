import { formatProposalId } from "../../src/paxos/proposal_id.ts";
import { Calm } from "../../src/sim/calm.ts";
import { SimDisk } from "../../src/sim/disk.ts";
import { Random } from "../../src/sim/random.ts";
import type { World } from "../../src/sim/world.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { ask, deliver, inFlight, quietWorld } from "./worlds.ts";

const AT_ONCE = ["hellos", "clients"] as const;

const promised = (world: World, uid: string) => formatProposalId(world.hosts.get(uid)!.node!.paxos.acceptor.promisedId);

Deno.test("nothing happens in a world but what it is told", () => {
  const world = quietWorld();
  const before = world.inFlight.size;
  world.step({ kind: "cut", from: "A", to: "B" }, 60_000);
  assertEquals(world.inFlight.size, before);
  assertEquals([world.nowMs, world.events], [60_000, 1]);
});

Deno.test("a promise leaves only after it is durable", () => {
  const world = quietWorld({ shortcuts: AT_ONCE });
  ask(world, "A", "x");
  assertEquals(inFlight(world, "A", "B", "prepare"), []);
  world.step({ kind: "saved", uid: "A" });
  deliver(world, "A", "B", "prepare");
  assertEquals(inFlight(world, "B", "A", "promise"), []);
  world.step({ kind: "saved", uid: "B" });
  assertEquals(inFlight(world, "B", "A", "promise").length, 1);
});

Deno.test("a crash loses what is not durable, or keeps it, as the event says", () => {
  for (const [saved, expected] of [[false, "none"], [true, "1.A"]] as const) {
    const world = quietWorld({ shortcuts: AT_ONCE });
    ask(world, "A", "x");
    assertEquals(promised(world, "A"), "1.A");
    world.step({ kind: "crash", uid: "A", saved });
    assertEquals(world.hosts.get("A")!.up, false);
    world.step({ kind: "restart", uid: "A" });
    assertEquals(promised(world, "A"), expected);
  }
});

Deno.test("without such a word chance decides: whole, torn with the old file standing, or lost", () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const disk = new SimDisk();
    disk.durable = "old";
    disk.save("new text", () => {});
    disk.crash(new Random(seed));
    if (disk.torn === null) assertEquals(disk.durable, "new text");
    else assertEquals(disk.durable, "old");
    seen.add(disk.torn === null ? "whole" : disk.torn === "" ? "lost" : "torn");
    assert(disk.torn === null || ("new text".startsWith(disk.torn)));
  }
  assertEquals([...seen].sort(), ["lost", "torn", "whole"]);
});

Deno.test("any one bit that turns around in a state file is noticed, and the node stays down", () => {
  for (let seed = 0; seed < 30; seed++) {
    const world = quietWorld({ shortcuts: [...AT_ONCE, "saves"] });
    ask(world, "A", "x");
    const { disk } = world.hosts.get("A")!;
    world.step({ kind: "crash", uid: "A" });
    const whole = disk.durable!;
    disk.rot(new Random(seed));
    assertEquals([...disk.durable!].filter((character, index) => character !== whole[index]).length, 1);
    world.step({ kind: "restart", uid: "A" });
    assertEquals(world.hosts.get("A")!.up, false, disk.durable!);
    assert(world.hosts.get("A")!.refusal !== null);
    assertEquals(world.step({ kind: "restart", uid: "A" }), false);
  }
});

Deno.test("a node that refuses a file that has not rotted is an error", () => {
  const world = quietWorld({ shortcuts: [...AT_ONCE, "saves"] });
  ask(world, "A", "x");
  world.step({ kind: "crash", uid: "A" });
  world.hosts.get("A")!.disk.durable += " ";
  world.step({ kind: "restart", uid: "A" });
  assertEquals(world.violation?.kind, "error");
});

Deno.test("a node that has rejoined counts as whole once its disk says that it votes, not before", () => {
  const world = quietWorld({ shortcuts: [...AT_ONCE, "saves"] });
  const host = world.hosts.get("A")!;
  ask(world, "A", "x");
  assertEquals(host.isWhole, true);
  world.step({ kind: "lose_disk", uid: "A" });
  assertEquals(host.isWhole, false);
  world.step({ kind: "rejoin", uid: "A" });
  assertEquals([host.up, host.votes, host.isWhole], [true, false, false]);
});

Deno.test("the calm blames no cluster that has no quorum of disks left", () => {
  const blamed = [[], ["A"], ["A", "B"]].map((lost) => {
    // Its datagrams go nowhere, so that it never comes to an end by itself.
    const world = quietWorld();
    for (const uid of lost) world.step({ kind: "lose_disk", uid });
    new Calm(world).run();
    return world.violation?.kind;
  });
  assertEquals(blamed, ["liveness", "liveness", undefined]);
});

Deno.test("a hung disk ends no save until it is mended", () => {
  const world = quietWorld({ shortcuts: AT_ONCE });
  world.step({ kind: "hang_disk", uid: "A" });
  ask(world, "A", "x");
  assertEquals(world.step({ kind: "saved", uid: "A" }), false);
  assertEquals(inFlight(world, "A", "B", "prepare"), []);
  world.step({ kind: "mend_disk", uid: "A" });
  assertEquals(world.step({ kind: "saved", uid: "A" }), true);
  assertEquals(inFlight(world, "A", "B", "prepare").length, 1);
});

Deno.test("a cut loses what arrives one way, and not the other", () => {
  const world = quietWorld({ shortcuts: [...AT_ONCE, "saves"] });
  world.step({ kind: "cut", from: "A", to: "B" });
  ask(world, "A", "x");
  deliver(world, "A", "B", "prepare");
  assertEquals(promised(world, "B"), "none");
  world.step({ kind: "mend", from: "A", to: "B" });
  world.step({ kind: "cut", from: "B", to: "A" });
  world.step({ kind: "timer", uid: "A", name: "retransmit" }, 100);
  deliver(world, "A", "B", "prepare");
  assertEquals(promised(world, "B"), "1.A");
});

Deno.test("a paused node neither hears nor forgets: what arrived meanwhile it takes as one burst", () => {
  const world = quietWorld({ shortcuts: [...AT_ONCE, "saves"] });
  ask(world, "A", "x");
  world.step({ kind: "pause", uid: "B" });
  deliver(world, "A", "B", "prepare");
  assertEquals(world.step({ kind: "timer", uid: "B", name: "sync" }, 5000), false);
  assertEquals([promised(world, "B"), inFlight(world, "B", "A", "promise").length], ["none", 0]);
  world.step({ kind: "resume", uid: "B" });
  assertEquals([promised(world, "B"), inFlight(world, "B", "A", "promise").length], ["1.A", 1]);
});

Deno.test("a clock that runs fast lets timers go off early, and its node sees more time pass", () => {
  const world = quietWorld({ clocks: { A: { rate: 2, offsetMs: 7 } } });
  const due = (uid: string) => world.timers(uid).get("hello")!.dueMs;
  assertEquals([due("A"), due("B")], [50, 100]);
  world.step({ kind: "cut", from: "A", to: "B" }, 1000);
  const now = (uid: string) => world.hosts.get(uid)!.node!.env.now();
  assertEquals([now("A"), now("B")], [2007, 1000]);
});

Deno.test("a duplicate is a datagram of its own", () => {
  const world = quietWorld({ shortcuts: [...AT_ONCE, "saves"] });
  ask(world, "A", "x");
  const [datagram] = inFlight(world, "A", "B", "prepare");
  world.step({ kind: "duplicate", datagram: datagram! });
  for (let copy = 1; copy <= 2; copy++) {
    deliver(world, "A", "B", "prepare");
    assertEquals(inFlight(world, "B", "A", "promise").length, copy);
  }
});

Deno.test("with all shortcuts a decision takes five events and a read three, and the clients are told", () => {
  const world = quietWorld({ shortcuts: [...AT_ONCE, "saves"] });
  ask(world, "A", "x");
  deliver(world, "A", "B", "prepare");
  deliver(world, "B", "A", "promise");
  deliver(world, "A", "B", "accept");
  deliver(world, "B", "A", "accepted");
  assertEquals(world.history.map(({ outcome }) => outcome), [{ type: "chosen", instanceNumber: 0 }]);
  world.step({ kind: "call", client: 1, uid: "A", operation: { type: "read" } });
  deliver(world, "A", "B", "read_request");
  deliver(world, "B", "A", "read_answer");
  assertEquals(world.history[1]!.outcome, { type: "ok", value: "x", instanceNumber: 0 });
  assertEquals(world.events, 8);
});

Deno.test("an impossible event does not happen and changes nothing", () => {
  const world = quietWorld();
  assertEquals(world.step({ kind: "saved", uid: "A" }), false);
  assertEquals(world.step({ kind: "resume", uid: "A" }), false);
  assertEquals(world.step({ kind: "restart", uid: "A" }), false);
  assertEquals(world.step({ kind: "retry", client: 0, uid: "A" }), false);
  assertEquals(world.step({ kind: "timer", uid: "A", name: "no such" }), false);
  assertEquals(world.step({ kind: "deliver", datagram: 1_000_000 }), false);
  assertEquals(world.events, 0);
});

Deno.test("after a violation nothing happens any more", () => {
  const world = quietWorld();
  world.blame({ kind: "error", message: "as a test" });
  assertEquals(world.step({ kind: "crash", uid: "A" }), false);
  world.blame({ kind: "chain", message: "later" });
  assertStringIncludes(world.violation!.message, "as a test");
});
