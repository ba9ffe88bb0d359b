import { EffectLoop, type Steppable } from "../../src/replica/effect_loop.ts";
import { BLANK_STATE, type NodeState } from "../../src/replica/node_state.ts";
import type { Effect, Input } from "../../src/replica/ports.ts";
import { assert, assertEquals } from "../assert.ts";

const READ_REQUEST = { type: "read_request", readNumber: 1 } as const;

/** A node that does what the inputs say: `propose "save, send"` changes the state and sends. */
class Scripted implements Steppable {
  instanceNumber = 0;
  readonly seen: string[] = [];
  effects: Effect[] = [];

  step(input: Input): void {
    this.seen.push(
      input.kind === "propose" ? input.value : input.kind === "timer" ? `timer ${input.name}` : input.kind,
    );
    if (input.kind !== "propose") return;
    for (const word of input.value.split(", ")) {
      const [verb, name] = word.split(" ");
      if (verb === "save") this.instanceNumber++;
      if (verb === "send") this.effects.push({ kind: "send", toUid: "B", message: READ_REQUEST });
      if (verb === "hurry") this.effects.push({ kind: "send", toUid: "C", message: READ_REQUEST, beforeSave: true });
      if (verb === "set") this.effects.push({ kind: "set_timer", name: name!, delayMs: 5 });
      if (verb === "cancel") this.effects.push({ kind: "cancel_timer", name: name! });
      if (verb === "drop") this.effects.push({ kind: "dropped", reason: "scripted" });
    }
  }

  takeEffects(): Effect[] {
    return this.effects.splice(0);
  }

  save(): NodeState {
    return { ...BLANK_STATE, instanceNumber: this.instanceNumber };
  }
}

/** A loop around it, and all that reaches the outside; saves end when the test says so. */
function scripted() {
  const node = new Scripted();
  const log: string[] = [];
  const timers = new Map<string, () => void>();
  const endSave: ((error: Error | null) => void)[] = [];
  const loop = new EffectLoop(node, {
    save: (state, done) => {
      log.push(`save ${state.instanceNumber}`);
      endSave.push((error) => {
        log.push(error === null ? "saved" : "failed");
        done(error);
      });
    },
  }, {
    send: (toUid) => log.push(`send ${toUid}`),
    respond: (to) => log.push(`respond ${to}`),
    setTimer: (name, delayMs, fire) => {
      log.push(`set ${name} ${delayMs}`);
      timers.set(name, fire);
    },
    cancelTimer: (name) => log.push(`cancel ${name}`),
    announce: (event) => log.push(`announce ${event.kind}`),
    stopped: (error) => log.push(`stopped ${error.message}`),
  });
  const push = (...scripts: string[]) => loop.push(...scripts.map((value): Input => ({ kind: "propose", value })));
  const savesEnd = (error: Error | null = null) => endSave.shift()!(error);
  return { node, loop, log, push, savesEnd, fire: (name: string) => timers.get(name)!() };
}

Deno.test("a node saves before it sends, sets timers or announces (S1)", () => {
  const { log, push, savesEnd } = scripted();
  push("send, set t, drop, save");
  assertEquals(log, ["save 1"]);
  savesEnd();
  assertEquals(log, ["save 1", "saved", "send B", "set t 5", "announce dropped"]);
});

Deno.test("a node whose durable state did not change acts without a save", () => {
  const { log, push } = scripted();
  push("send", "set t, cancel t");
  assertEquals(log, ["send B", "set t 5", "cancel t"]);
});

Deno.test("what nobody was told is saved with the next thing that is said", () => {
  const { log, push, savesEnd } = scripted();
  push("save, set t", "save");
  push("save");
  assertEquals(log.splice(0), ["set t 5"]);
  push("send");
  assertEquals(log.splice(0), ["save 3"]);
  savesEnd();
  assertEquals(log, ["saved", "send B"]);
});

Deno.test("what reveals nothing that could be forgotten leaves while its node saves, once; the rest waits", () => {
  const { log, push, savesEnd } = scripted();
  push("send, hurry, set t, save");
  assertEquals(log, ["send C", "save 1"]);
  savesEnd();
  assertEquals(log, ["send C", "save 1", "saved", "send B", "set t 5"]);
});

Deno.test("all that comes in during a save shares the next one", () => {
  const { log, push, savesEnd } = scripted();
  push("save, send");
  for (let i = 0; i < 100; i++) push("save, send");
  assertEquals(log.splice(0), ["save 1"]);
  savesEnd();
  assertEquals(log.splice(0), ["saved", "send B", "save 101"]);
  savesEnd();
  assertEquals(log, ["saved", ...Array(100).fill("send B")]);
});

Deno.test("inputs that are pushed together share one save", () => {
  const { log, push, savesEnd } = scripted();
  push("save, send", "send", "save");
  savesEnd();
  assertEquals(log, ["save 2", "saved", "send B", "send B"]);
});

Deno.test("inputs wait while a save is under way: a step is never taken on a state that is being written", () => {
  const { node, push, savesEnd } = scripted();
  push("save, send");
  push("send");
  assertEquals(node.seen, ["save, send"]);
  savesEnd();
  assertEquals(node.seen, ["save, send", "send"]);
});

Deno.test("a save that fails sends nothing, stops the node, cancels its timers and says why (S1)", () => {
  const { node, loop, log, push, savesEnd } = scripted();
  push("set t");
  push("save, send, drop");
  push("send");
  log.splice(0);
  savesEnd(new Error("the disk is full"));
  assertEquals(log, ["failed", "cancel t", "stopped the disk is full"]);
  assert(loop.stopped);
  push("send, save");
  assertEquals(log.length, 3, "a node that stopped does nothing any more");
  assertEquals(node.seen, ["set t", "save, send, drop"]);
});

Deno.test("a node that is stopped during a save sends nothing when the save ends", () => {
  const { loop, log, push, savesEnd } = scripted();
  push("save, send");
  loop.stop();
  savesEnd();
  assertEquals(log, ["save 1", "saved"]);
});

Deno.test("a timer that went off is stepped, once, by its name", () => {
  const { node, push, fire } = scripted();
  push("set t");
  fire("t");
  fire("t");
  assertEquals(node.seen, ["set t", "timer t"]);
});

Deno.test("a timer that was cancelled or set again does not go off, even where the outside calls it", () => {
  const { node, push, fire } = scripted();
  push("set t, cancel t");
  fire("t");
  push("set t");
  assertEquals(node.seen, ["set t, cancel t", "set t"]);
});

Deno.test("a timer that goes off during a save is void if what was saved cancels it or sets it anew", () => {
  for (const verb of ["cancel t", "set t"]) {
    const { node, push, fire, savesEnd } = scripted();
    push("set t");
    push(`save, send, ${verb}`);
    fire("t");
    savesEnd();
    assertEquals(node.seen, ["set t", `save, send, ${verb}`], verb);
  }
  const { node, push, fire, savesEnd } = scripted();
  push("set t, set other");
  push("save, send, cancel other");
  fire("t");
  savesEnd();
  assertEquals(node.seen.at(-1), "timer t", "and only then");
});
