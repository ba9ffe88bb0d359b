import type { Condition } from "../../src/replica/link.ts";
import { MAX_PROPOSALS, type Proposal, Proposals } from "../../src/replica/proposals.ts";
import { EMPTY_REGISTER, Register } from "../../src/replica/register.ts";
import { assert, assertEquals } from "../assert.ts";

function proposal(value: string, deadlineMs: number | null = null, client = true): Proposal {
  return { update: { value }, asker: client ? { address: "client", requestId: value } : null, deadlineMs };
}

/** The link of the next one alone. */
function offerOne(proposals: Proposals): string | null {
  return proposals.offer(1, () => false);
}

/** Proposals of which the first is offered, and has left in an accept if asked for. */
function waiting(values: readonly string[], left: boolean): Proposals {
  const proposals = new Proposals();
  for (const value of values) proposals.add(proposal(value, 100));
  offerOne(proposals);
  if (left) proposals.acceptLeaves();
  return proposals;
}

function outcomes(settled: ReturnType<Proposals["chosen"]>): string[] {
  return settled.map(({ proposal, result }) => `${proposal.update.value} ${result.outcome} ${result.instanceNumber}`);
}

Deno.test("one proposal at a time is offered, in the order in which they came", () => {
  const proposals = waiting(["x", "y"], true);
  assertEquals(proposals.offeredLink, "x");
  assertEquals(offerOne(proposals), null);
  assertEquals(outcomes(proposals.chosen("x", 3, new Register())), ["x chosen 3"]);
  assertEquals(offerOne(proposals), "y");
});

Deno.test("a proposal that lost its instance is offered to the next one", () => {
  const proposals = waiting(["x", "y"], true);
  assertEquals(proposals.chosen("of another node", 3, new Register()), []);
  assertEquals(offerOne(proposals), "x");
});

Deno.test("the same text, chosen before this node's accept left, is another node's value: its own goes into the next link", () => {
  const proposals = waiting(["x"], false);
  assertEquals(proposals.chosen("x", 3, new Register()), []);
  assertEquals(offerOne(proposals), "x");
});

/** The register of a peer that is deciding the link after this one. */
function after(valueInstanceNumber: number | null, value: string): Register {
  const register = new Register();
  register.restore({ ...EMPTY_REGISTER, value, valueInstanceNumber });
  return register;
}

Deno.test("a node that is carried over one link sees what it chose: its own proposal, or another that leaves it waiting", () => {
  assertEquals(outcomes(waiting(["x", "y"], true).carried(3, 4, after(3, "x"))), ["x chosen 3"]);
  const proposals = waiting(["x"], true);
  assertEquals(proposals.carried(3, 4, after(3, "of another node")), []);
  assertEquals(offerOne(proposals), "x");
  proposals.acceptLeaves();
  assertEquals(proposals.carried(4, 5, after(2, "x")), [], "link 4 has changed nothing, so it held no plain update");
  assertEquals(offerOne(proposals), "x");
});

Deno.test("a proposal that may have been chosen in a link that nobody shows is unknown, and not proposed again", () => {
  for (const [to, register] of [[5, after(4, "x")], [5, after(3, "x")], [4, after(null, "x")]] as const) {
    const proposals = waiting(["x", "y"], true);
    assertEquals(outcomes(proposals.carried(3, to, register)), ["x unknown null"]);
    assertEquals(offerOne(proposals), "y");
  }
});

Deno.test("a proposal that had not left the node when it was carried is proposed again", () => {
  const proposals = waiting(["x"], false);
  assertEquals(proposals.carried(3, 4, after(3, "x")), []);
  assertEquals(offerOne(proposals), "x");
});

Deno.test("a proposal for which nobody waits is proposed again after a carry, so that it is not lost, unless it is seen", () => {
  for (const [to, offered] of [[5, "x"], [4, null]] as const) {
    const proposals = new Proposals();
    proposals.add(proposal("x", null, false));
    offerOne(proposals);
    proposals.acceptLeaves();
    proposals.carried(3, to, after(3, "x"));
    assertEquals(offerOne(proposals), offered);
  }
});

Deno.test("a proposal whose deadline has passed is unknown, and makes room if it can be taken back", () => {
  const proposals = waiting(["x", "y"], false);
  assertEquals(proposals.nextDeadlineMs, 100);
  assertEquals(proposals.expire(99, () => true), []);
  assertEquals(outcomes(proposals.expire(100, () => true)), ["x unknown null", "y unknown null"]);
  assertEquals([proposals.offeredLink, proposals.waiting, proposals.nextDeadlineMs], [null, false, null]);
});

Deno.test("a proposal that an accept carries stays with its instance after its deadline, and is settled only once", () => {
  const proposals = waiting(["x"], true);
  assertEquals(outcomes(proposals.expire(100, () => false)), ["x unknown null"]);
  proposals.add(proposal("y"));
  assertEquals(offerOne(proposals), null);
  assertEquals(proposals.chosen("x", 3, new Register()), []);
  assertEquals(offerOne(proposals), "y");
});

Deno.test("two clients that propose the same text get a link each", () => {
  const proposals = waiting(["x", "x"], true);
  assertEquals(outcomes(proposals.chosen("x", 0, new Register())), ["x chosen 0"]);
  assertEquals(offerOne(proposals), "x");
  proposals.acceptLeaves();
  assertEquals(outcomes(proposals.chosen("x", 1, new Register())), ["x chosen 1"]);
  assert(!proposals.waiting);
});

Deno.test("the queue is bounded", () => {
  const proposals = new Proposals();
  for (let i = 0; i < MAX_PROPOSALS; i++) assert(proposals.add(proposal(`v${i}`)));
  assertEquals(proposals.add(proposal("one too many")), false);
  offerOne(proposals);
  proposals.acceptLeaves();
  proposals.chosen("v0", 0, new Register());
  assert(proposals.add(proposal("there is room again")));
});

/** A proposal with a session. */
function tagged(value: string, sequence: number, openedAt = 0): Proposal {
  return { ...proposal(value), update: { value, session: { openedAt, id: "s", sequence } } };
}

/** The register after a link with this proposal's update. */
function having({ update }: Proposal, instanceNumber: number): Register {
  const register = new Register();
  register.apply({ grantedTo: null, updates: [update] }, instanceNumber);
  return register;
}

Deno.test("a proposal with a session is settled by the register, whoever's link has brought it there and wherever it waits", () => {
  for (const carried of [false, true]) {
    const proposals = new Proposals();
    const second = tagged("y", 4);
    proposals.add(proposal("x"));
    proposals.add(second);
    offerOne(proposals);
    const register = having(second, 3);
    const settled = carried
      ? proposals.carried(1, 9, register)
      : proposals.chosen("a link of another node", 3, register);
    assertEquals(outcomes(settled), ["y chosen 3"]);
    assertEquals([offerOne(proposals), proposals.waiting], ["x", true]);
  }
});

Deno.test("a proposal with a session may be chosen in a link that nobody shows: it waits, and is proposed again", () => {
  const proposals = new Proposals();
  proposals.add(tagged("x", 1));
  const link = offerOne(proposals);
  proposals.acceptLeaves();
  assertEquals(proposals.carried(3, 9, after(8, "y")), []);
  assertEquals(offerOne(proposals), link);
});

Deno.test("a proposal whose session has gone on is unknown; one whose session is of the future is given up, not proposed for ever", () => {
  const proposals = new Proposals();
  proposals.add(tagged("x", 1));
  proposals.add(tagged("y", 1, 99));
  assertEquals(outcomes(proposals.chosen("other", 3, having(tagged("z", 2), 3))), ["x unknown null"]);
  const link = offerOne(proposals)!;
  proposals.acceptLeaves();
  assertEquals(outcomes(proposals.chosen(link, 4, new Register())), ["y unknown null"]);
  assert(!proposals.waiting);
});

Deno.test("a node that has got the sessions that it lacked settles what they tell, and leaves the rest at its instance", () => {
  const proposals = waiting(["x"], true);
  const known = tagged("y", 1);
  proposals.add(known);
  assertEquals(outcomes(proposals.carried(5, 5, having(known, 2))), ["y chosen 2"]);
  assertEquals(offerOne(proposals), null, "x is offered still");
  assertEquals(outcomes(proposals.chosen("x", 5, new Register())), ["x chosen 5"]);
});

Deno.test("a condition that failed is told with the value that it met, as much of it as fits any answer", () => {
  const failed = (condition: Condition, value: string): string | null => {
    const register = new Register();
    register.apply({ grantedTo: null, updates: [{ value }] }, 0);
    const proposals = new Proposals();
    const asked = { ...tagged("x", 1), update: { ...tagged("x", 1).update, condition } };
    proposals.add(asked);
    register.apply({ grantedTo: null, updates: [asked.update] }, 1);
    const [settled] = proposals.chosen("any", 1, register);
    assertEquals(settled?.result.outcome, "not_chosen");
    return settled!.result.reason;
  };
  assertEquals(failed({ kind: "value", value: null }, "a"), 'the value is "a", not none');
  assertEquals(failed({ kind: "instance", instanceNumber: 7 }, "a"), 'the value is "a", not that of instance 7');
  const long = failed({ kind: "value", value: '"'.repeat(14_000) }, "\u0001".repeat(6000))!;
  assert(JSON.stringify(long).length < 2000, `${JSON.stringify(long).length}`);
});
