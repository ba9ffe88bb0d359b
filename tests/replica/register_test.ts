import type { Condition, Update } from "../../src/replica/link.ts";
import { EMPTY_REGISTER, Register } from "../../src/replica/register.ts";
import { registerFromJson, registerToJson } from "../../src/replica/register_json.ts";
import { assert, assertEquals } from "../assert.ts";
import { copy } from "../paxos/ids.ts";

/** Applies one update as a link of its own; answers with its outcome and instance. */
function apply(register: Register, instanceNumber: number, update: Update): string {
  const [result] = register.apply({ grantedTo: null, updates: [update] }, instanceNumber);
  return `${result!.outcome} ${result!.instanceNumber}`;
}

function tagged(value: string, sequence: number, openedAt = 0, id = "s"): Update {
  return { value, session: { openedAt, id, sequence } };
}

function ifValue(value: string | null): Condition {
  return { kind: "value", value };
}

Deno.test("a plain update sets the value, and the instance that decided it", () => {
  const register = new Register();
  assertEquals([register.value, register.valueInstanceNumber], [null, null]);
  assertEquals(apply(register, 4, { value: "x" }), "applied 4");
  assertEquals([register.value, register.valueInstanceNumber], ["x", 4]);
});

Deno.test("the updates of one link are applied in order, each seeing the one before", () => {
  const register = new Register();
  const updates = [{ value: "a" }, { value: "b", condition: ifValue("a") }, { value: "c", condition: ifValue("a") }];
  const results = register.apply({ grantedTo: null, updates }, 0);
  assertEquals(results.map((result) => result.outcome), ["applied", "applied", "condition_failed"]);
  assertEquals(register.value, "b");
});

Deno.test("a link that grants a lease leaves the value", () => {
  const register = new Register();
  apply(register, 0, { value: "x" });
  assertEquals(register.apply({ grantedTo: "A", updates: [] }, 1), []);
  assertEquals([register.value, register.valueInstanceNumber], ["x", 0]);
});

Deno.test("a condition on the value holds for that value alone, and `null` for none at all", () => {
  const register = new Register();
  assertEquals(apply(register, 0, { value: "x", condition: ifValue("x") }), "condition_failed 0");
  assertEquals(apply(register, 1, { value: "", condition: ifValue(null) }), "applied 1");
  assertEquals(apply(register, 2, { value: "y", condition: ifValue(null) }), "condition_failed 2");
  assertEquals(apply(register, 3, { value: "y", condition: ifValue("") }), "applied 3");
});

Deno.test("a condition on the instance holds while the value that it decided stands", () => {
  const register = new Register();
  apply(register, 0, { value: "x" });
  assertEquals(apply(register, 5, { value: "y", condition: { kind: "instance", instanceNumber: 0 } }), "applied 5");
  assertEquals(
    apply(register, 6, { value: "z", condition: { kind: "instance", instanceNumber: 0 } }),
    "condition_failed 6",
  );
  assertEquals(register.value, "y");
});

Deno.test("an update of a session is applied once, however often it reaches the chain", () => {
  const register = new Register();
  assertEquals(apply(register, 1, tagged("x", 1)), "applied 1");
  apply(register, 2, { value: "other" });
  assertEquals(apply(register, 3, tagged("x", 1)), "applied 1", "the stored result, with its instance");
  assertEquals(register.value, "other");
});

Deno.test("a failed condition is the update's result for ever, even if it would hold now", () => {
  const register = new Register();
  const update = { ...tagged("x", 1), condition: ifValue("right") };
  assertEquals(apply(register, 1, update), "condition_failed 1");
  apply(register, 2, { value: "right" });
  assertEquals(apply(register, 3, update), "condition_failed 1");
  assertEquals(register.value, "right");
});

Deno.test("a session's sequence may have gaps, and an update below its last is not applied", () => {
  const register = new Register();
  assertEquals(apply(register, 1, tagged("x", 5)), "applied 1");
  assertEquals(apply(register, 2, tagged("y", 9)), "applied 2");
  assertEquals(apply(register, 3, tagged("z", 7)), "expired 3");
  assertEquals(register.value, "y");
});

Deno.test("two sessions with one random part, opened at different instances, are two", () => {
  const register = new Register();
  apply(register, 5, tagged("x", 3, 1));
  assertEquals(apply(register, 6, tagged("y", 1, 2)), "applied 6");
});

Deno.test("a session that claims to have been opened later than its link is not new but expired", () => {
  const register = new Register();
  assertEquals(apply(register, 3, tagged("x", 1, 4)), "expired 3");
  assertEquals(apply(register, 3, tagged("x", 1, 3)), "applied 3");
  assertEquals(register.save().sessions?.length, 1);
});

Deno.test("512 sessions are kept; the one idle longest is dropped, and nothing at or below the watermark is new any more", () => {
  const register = new Register();
  for (let i = 0; i < 512; i++) apply(register, i, tagged(`v${i}`, 1, 0, `s${i}`));
  assertEquals([register.save().sessions?.length, register.save().watermark], [512, -1]);
  assertEquals(apply(register, 512, tagged("again", 2, 0, "s0")), "applied 512");
  apply(register, 513, tagged("one more", 1, 0, "s512"));
  const { sessions, watermark } = register.save();
  assert(sessions !== null);
  assertEquals([sessions.length, sessions[0]?.id, sessions.at(-1)?.id, watermark], [512, "s2", "s512", 1]);
  assertEquals(
    apply(register, 514, tagged("retry", 1, 0, "s1")),
    "expired 514",
    "it was applied before it was dropped",
  );
  assertEquals(apply(register, 515, tagged("late", 1, 1, "new")), "expired 515");
  assertEquals(apply(register, 516, tagged("new", 1, 2, "new")), "applied 516");
  assertEquals(register.value, "new");
});

Deno.test("the session table stays within its 20,000 bytes as it is encoded", () => {
  const register = new Register();
  for (let i = 0; i < 600; i++) {
    apply(register, 2 ** 51 + i, tagged("v", 2 ** 52, 2 ** 51, `${"\u0001".repeat(12)}${i}`));
  }
  const { sessions } = registerToJson(register.save());
  assert(sessions !== null);
  const bytes = JSON.stringify(sessions).length;
  assert(bytes <= 20_000 && bytes > 19_800, `${sessions.length} sessions in ${bytes} bytes`);
});

Deno.test("a register that is restored from its JSON goes on as before, and drops the same sessions", () => {
  const before = new Register();
  for (let i = 0; i < 512; i++) apply(before, i, tagged(`v${i}`, 1, 0, `s${i}`));
  const state = registerFromJson(copy(registerToJson(before.save())));
  assert(state !== null);
  assertEquals(state, before.save());
  const after = new Register();
  after.restore(state);
  for (const register of [before, after]) apply(register, 512, tagged("more", 1, 0, "more"));
  assertEquals(after.save(), before.save());
});

Deno.test("the state of a register is never changed in place, so that an older save stays what it was", () => {
  const register = new Register();
  apply(register, 0, tagged("x", 1));
  const state = register.save();
  const content = copy(state);
  apply(register, 1, tagged("y", 2));
  assertEquals(state, content);
  assert(new Register().save() === EMPTY_REGISTER && EMPTY_REGISTER.sessions?.length === 0);
});

Deno.test("a session that is not in the table is new if and only if watermark < opened-at <= this link's instance", () => {
  for (let openedAt = 0; openedAt <= 8; openedAt++) {
    const register = new Register();
    register.restore({ ...EMPTY_REGISTER, watermark: 3 });
    const isNew = 3 < openedAt && openedAt <= 6;
    assertEquals(
      apply(register, 6, tagged("x", 1, openedAt)),
      isNew ? "applied 6" : "expired 6",
      `opened at ${openedAt}`,
    );
    assertEquals(register.value, isNew ? "x" : null);
  }
});

Deno.test("what is known of an update before its link: the stored result for an equal number, nothing for a higher one, unknown below", () => {
  const register = new Register();
  apply(register, 4, tagged("x", 5));
  apply(register, 5, { ...tagged("y", 7, 0, "t"), condition: ifValue("no") });
  const known = (update: Update): string => {
    const result = register.resultOf(update, 6);
    return result === null ? "open" : `${result.outcome} ${result.instanceNumber}`;
  };
  assertEquals([4, 5, 6].map((sequence) => known(tagged("x", sequence))), ["expired 6", "applied 4", "open"]);
  assertEquals(known(tagged("y", 7, 0, "t")), "condition_failed 5");
  assertEquals(
    [known(tagged("z", 1, 0, "u")), known(tagged("z", 1, 9, "u")), known({ value: "z" })],
    Array(3).fill("open"),
  );
});

Deno.test("idle sessions leave in the order of their last use, ties by their place in the link; the watermark is where they were last used", () => {
  const register = new Register(3);
  const both = [tagged("a", 1, 0, "second"), tagged("b", 1, 0, "first")];
  apply(register, 1, tagged("c", 1, 0, "used again"));
  register.apply({ grantedTo: null, updates: both }, 4);
  apply(register, 6, tagged("d", 2, 0, "used again"));
  const dropped = (instanceNumber: number): [(string | undefined)[], number] => {
    apply(register, instanceNumber, tagged("e", 1, 5, `new ${instanceNumber}`));
    const { sessions, watermark } = register.save();
    return [(sessions ?? []).map((session) => session.id), watermark];
  };
  assertEquals(dropped(7), [["first", "used again", "new 7"], 4]);
  assertEquals(dropped(8), [["used again", "new 7", "new 8"], 4]);
  assertEquals(dropped(9), [["new 7", "new 8", "new 9"], 6]);
  assertEquals(apply(register, 10, tagged("f", 9, 0, "first")), "expired 10");
});

Deno.test("a table that is too large in bytes drops sessions as well, and raises the watermark", () => {
  const register = new Register();
  const id = "\u0001".repeat(12);
  for (let i = 0; i < 400; i++) apply(register, i, tagged("v", 1, i, `${id}${i}`));
  const { sessions, watermark } = register.save();
  assert(sessions !== null && sessions.length < 250);
  assertEquals(watermark, 399 - sessions.length);
});

Deno.test("a register that lacks the sessions applies no update of a session and knows no result, but it applies plain ones", () => {
  const register = new Register();
  register.restore({ value: "x", valueInstanceNumber: 3, sessions: null, watermark: -1 });
  assert(!register.isComplete);
  assertEquals(apply(register, 4, tagged("y", 1)), "expired 4");
  assertEquals([register.value, register.resultOf(tagged("y", 1), 5), register.save().sessions], ["x", null, null]);
  assertEquals(apply(register, 5, { value: "z" }), "applied 5");
});

Deno.test("a condition is judged when its link is applied, and a condition that failed changes no value", () => {
  const register = new Register();
  const update = { ...tagged("x", 1), condition: ifValue("a") };
  assertEquals(register.resultOf(update, 0), null, "it does not hold now, which says nothing");
  apply(register, 0, { value: "a" });
  assertEquals(apply(register, 1, update), "applied 1");
  assertEquals(apply(register, 2, { ...tagged("y", 2), condition: ifValue("a") }), "condition_failed 2");
  assertEquals([register.value, register.save().sessions?.[0]?.applied], ["x", false]);
});
