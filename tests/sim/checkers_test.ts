// Every checker is shown a run that breaks its rule, and one that looks alike and does not.
import { BLANK_STATE, type NodeState } from "../../src/replica/node_state.ts";
import type { ChainMessage } from "../../src/replica/messages.ts";
import type { Effect } from "../../src/replica/ports.ts";
import { EMPTY_REGISTER, type RegisterState } from "../../src/replica/register.ts";
import { AgreementChecker } from "../../src/sim/checkers/agreement.ts";
import { ChainChecker } from "../../src/sim/checkers/chain.ts";
import type { Witness } from "../../src/sim/checkers/checker.ts";
import { ExactlyOnceChecker } from "../../src/sim/checkers/exactly_once.ts";
import { PromiseChecker } from "../../src/sim/checkers/promises.ts";
import { ValidityChecker } from "../../src/sim/checkers/validity.ts";
import type { Violation } from "../../src/sim/events.ts";
import { runStorm } from "../../src/sim/storm.ts";
import { PlainNode } from "../../src/node.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";

const id = (number: number, uid: string) => ({ number, uid });

function accepted(instanceNumber: number, number: number, uid: string, value: string): ChainMessage {
  return { type: "accepted", instanceNumber, proposalId: id(number, uid), value };
}

function promise(number: number, uid: string): ChainMessage {
  const proposalId = id(number, uid);
  return { type: "promise", instanceNumber: 0, proposalId, lastAcceptedId: null, lastAcceptedValue: null };
}

const chosen = (instanceNumber: number, link: string, ...applied: string[]): Effect => ({
  kind: "chosen",
  instanceNumber,
  link,
  results: applied.map((value) => ({ update: { value }, outcome: "applied", instanceNumber, isNew: true })),
});
const caughtUp = (instanceNumber: number): Effect => ({ kind: "caught_up", instanceNumber, fromUid: "B" });

function holding(value: string, valueInstanceNumber: number): RegisterState {
  return { ...EMPTY_REGISTER, value, valueInstanceNumber };
}

function witness(uid: string, instanceNumber: number, register: RegisterState): Witness {
  return { uid, instanceNumber, register };
}

/** Some node that is at instance 1 after link 0 chose the value. */
function after(value: string, uid = "A"): Witness {
  return witness(uid, 1, holding(value, 0));
}

function stateWith(instanceNumber: number, register: RegisterState, accepts?: [number, string, string]): NodeState {
  if (accepts === undefined) return { ...BLANK_STATE, instanceNumber, register };
  const [number, uid, acceptedValue] = accepts;
  const acceptor = { promisedId: id(number, uid), acceptedId: id(number, uid), acceptedValue };
  return { ...BLANK_STATE, instanceNumber, register, acceptor };
}

function assertBlames(violation: Violation | null, kind: Violation["kind"], ...facts: string[]): void {
  assert(violation !== null, `nothing was blamed, though ${kind} is broken`);
  assertEquals(violation.kind, kind);
  for (const fact of facts) assertStringIncludes(violation.message, fact);
}

/** Lets acceptors accept, none of which must be blamed. */
function decide(checker: AgreementChecker, acceptors: string[], message: ChainMessage): void {
  for (const uid of acceptors) assertEquals(checker.sent(uid, message), null);
}

Deno.test("two values decided by two quorums in one instance are seen, with both quorums", () => {
  const checker = new AgreementChecker(2);
  decide(checker, ["A", "B"], accepted(0, 1, "A", "x"));
  assertEquals(checker.sent("C", accepted(0, 2, "C", "y")), null);
  const violation = checker.sent("B", accepted(0, 2, "C", "y"));
  assertBlames(violation, "agreement", `A, B accepted "x" under 1.A`, `B, C accepted "y" under 2.C`);
});

Deno.test("one value decided again under a higher ID, and another value in another instance, agree", () => {
  const checker = new AgreementChecker(2);
  decide(checker, ["A", "B"], accepted(0, 1, "A", "x"));
  decide(checker, ["B", "C"], accepted(0, 2, "C", "x"));
  decide(checker, ["A", "C"], accepted(1, 2, "C", "y"));
  assertEquals(checker.announced(after("x"), chosen(0, "x")), null);
});

Deno.test("one acceptor that says the same twice is no quorum", () => {
  const checker = new AgreementChecker(2);
  decide(checker, ["A", "A"], accepted(0, 1, "A", "x"));
  assertEquals(checker.decisions.size, 0);
});

Deno.test("a node that learns another value than was decided is seen, and one that learns what nobody decided", () => {
  const checker = new AgreementChecker(2);
  decide(checker, ["A", "B"], accepted(0, 1, "A", "x"));
  assertBlames(checker.announced(after("y"), chosen(0, "y")), "agreement", "node A", `chose "y"`, `accepted "x"`);
  assertBlames(checker.announced(after("y"), chosen(1, "y")), "agreement", "nothing is decided there");
});

Deno.test("a vote that was durable when its acceptor crashed counts, though nobody was told", () => {
  const checker = new AgreementChecker(2);
  decide(checker, ["A", "B"], accepted(0, 1, "A", "x"));
  assertEquals(checker.survived("B", stateWith(0, EMPTY_REGISTER, [2, "C", "y"])), null);
  const violation = checker.survived("C", stateWith(0, EMPTY_REGISTER, [2, "C", "y"]));
  assertBlames(violation, "agreement", "decided twice");
});

Deno.test("a chosen value that nobody has proposed is seen", () => {
  const checker = new ValidityChecker();
  checker.proposed("x");
  assertEquals(checker.announced(after("x"), chosen(0, "x")), null);
  assertBlames(checker.announced(after("y"), chosen(0, "y")), "validity", `"y"`);
});

Deno.test("a promise below an earlier one is seen, and an acceptance below a promise, in whatever instance", () => {
  for (const late of [promise(1, "C"), accepted(7, 1, "C", "x")]) {
    const checker = new PromiseChecker();
    assertEquals(checker.sent("B", promise(2, "A")), null);
    assertBlames(checker.sent("B", late), "promises", "acceptor B", "2.A", "1.C");
  }
});

Deno.test("the same promise twice, a higher one, and a lower one of another acceptor are kept promises", () => {
  const checker = new PromiseChecker();
  for (const message of [promise(1, "C"), promise(1, "C"), promise(2, "A"), accepted(0, 2, "A", "x")]) {
    assertEquals(checker.sent("B", message), null);
  }
  assertEquals(checker.sent("A", promise(1, "C")), null);
});

Deno.test("a node that goes back behind what it has said is seen, though what it has is a part of the chain", () => {
  const agreement = new AgreementChecker(2);
  const checker = new ChainChecker(agreement);
  for (const [instance, value] of ["x", "y"].entries()) {
    decide(agreement, ["A", "B"], accepted(instance, 1, "A", value));
    assertEquals(
      checker.announced(witness("A", instance + 1, holding(value, instance)), chosen(instance, value)),
      null,
    );
  }
  assertEquals(checker.announced(after("x", "B"), caughtUp(1)), null);
  assertEquals(checker.announced(after("x"), caughtUp(1)), null, "what it has told nobody it may forget");
  checker.sent("A", { type: "sync_request", instanceNumber: 2 });
  assertBlames(checker.announced(after("x"), caughtUp(1)), "chain", "has spoken of instance 2 and is at 1");
});

Deno.test("a node whose value is not what the chain amounts to is seen", () => {
  const agreement = new AgreementChecker(2);
  const checker = new ChainChecker(agreement);
  decide(agreement, ["A", "B"], accepted(0, 1, "A", "x"));
  assertBlames(checker.announced(after("y"), caughtUp(1)), "chain", `has "y" before instance 1`, `amounts to "x"`);
});

Deno.test("a node beyond what is decided is seen, unless a node crashed that had learned so much in silence", () => {
  const agreement = new AgreementChecker(2);
  const checker = new ChainChecker(agreement);
  assertBlames(checker.announced(after("x"), caughtUp(1)), "chain", "beyond what is decided");
  const forgiving = new ChainChecker(agreement);
  forgiving.survived("B", stateWith(1, holding("x", 0)));
  assertEquals(forgiving.announced(after("x"), caughtUp(1)), null);
  assertBlames(forgiving.announced(after("y"), caughtUp(1)), "chain", `has "y" before instance 1`);
});

Deno.test("a link that was learned in silence only does not hide the next one, which is decided for all to see", () => {
  const agreement = new AgreementChecker(2);
  const checker = new ChainChecker(agreement);
  checker.survived("B", stateWith(1, holding("x", 0)));
  decide(agreement, ["A", "B"], accepted(1, 1, "A", "y"));
  assertEquals(checker.announced(witness("C", 2, holding("y", 1)), chosen(1, "y")), null);
});

Deno.test("one write in two links is seen; the same link learned by two nodes is one", () => {
  const checker = new ExactlyOnceChecker();
  assertEquals(checker.announced(after("y", "A"), chosen(0, "both", "x", "y")), null);
  assertEquals(checker.announced(after("y", "B"), chosen(0, "both", "x", "y")), null);
  const violation = checker.announced(witness("A", 3, holding("z", 2)), chosen(2, "both", "x", "z"));
  assertBlames(violation, "exactly-once", `"x"`, "instances 0 and 2");
});

/** Goes through a few storms, until one is blamed for this. */
function findKind(subject: Parameters<typeof runStorm>[1], kind: Violation["kind"], seeds: number): Violation | null {
  for (let seed = 1; seed <= seeds; seed++) {
    const { violation } = runStorm({ seed, forks: [] }, subject);
    if (violation?.kind === kind) return violation;
  }
  return null;
}

Deno.test("a node that never sends again is blamed in the calm, for liveness", () => {
  class Proud extends PlainNode {
    protected override timerFired(name: string): void {
      if (name !== "retransmit" && name !== "takeover") super.timerFired(name);
    }
  }
  assertBlames(findKind({ nodeClass: Proud }, "liveness", 20), "liveness", "30 s after the last fault");
});

Deno.test("a node that never catches up is blamed in the calm, for liveness", () => {
  class Loner extends PlainNode {
    protected override carry(): void {}
  }
  assertBlames(findKind({ nodeClass: Loner }, "liveness", 20), "liveness", "30 s after the last fault");
});

Deno.test("a node that throws is blamed, and the run goes no further", () => {
  class Clumsy extends PlainNode {
    override takeEffects(): never {
      throw new RangeError("dropped it");
    }
  }
  assertBlames(findKind({ nodeClass: Clumsy }, "error", 1), "error", "dropped it");
});
