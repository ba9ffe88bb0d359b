import type { Effect, Input, Outside, Store } from "./ports.ts";
import { type NodeState, sameState } from "./node_state.ts";

/** A node, as the loop sees it. */
export interface Steppable {
  /** Takes one input. */
  step(input: Input): void;
  /** What it wants done since the last call. */
  takeEffects(): Effect[];
  /** All that must be durable. */
  save(): NodeState;
}

/**
 * Runs a node: step all inputs at hand, save once if what must be durable changed and something is to be said, and only then
 * speak.
 *
 * This is the one place that makes a node persist before it speaks. While a save is under way inputs wait, so a hundred
 * datagrams share one save. A save that fails ends the node: nothing of what it decided in that burst gets out.
 */
export class EffectLoop {
  #inbox: Input[] = [];
  #timers = new Map<string, number>();
  #timerCount = 0;
  #lastSaved: NodeState;
  #saving = false;
  #stopped = false;

  /** The node must have been restored before; its state is what the store holds. */
  constructor(readonly node: Steppable, readonly store: Store, readonly outside: Outside) {
    this.#lastSaved = node.save();
  }

  /** Whether the node has ended, by `stop` or by a failed save. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Takes an input, and runs all that are at hand unless a save is under way. */
  push(...inputs: Input[]): void {
    this.#inbox.push(...inputs);
    this.#run();
  }

  /** Ends the node; nothing happens any more. */
  stop(): void {
    this.#stopped = true;
    for (const name of this.#timers.keys()) this.outside.cancelTimer(name);
    this.#timers.clear();
  }

  #run(): void {
    while (this.#inbox.length > 0 && !this.#saving && !this.#stopped) {
      const burst = this.#inbox;
      this.#inbox = [];
      for (const input of burst) this.node.step(input);
      this.#settle();
    }
  }

  #settle(): void {
    const effects = this.node.takeEffects();
    const state = this.node.save();
    // What nobody was told may be forgotten: it is saved with the next thing that is.
    if (sameState(state, this.#lastSaved) || !effects.some(speaks)) return this.#perform(effects);
    for (const effect of effects) if (isSafeBefore(effect)) this.#performOne(effect);
    this.#saving = true;
    this.store.save(state, (error) => {
      this.#saving = false;
      if (this.#stopped) return;
      if (error !== null) {
        this.stop();
        return this.outside.stopped(error);
      }
      this.#lastSaved = state;
      this.#perform(effects, isSafeBefore);
      this.#run();
    });
  }

  #perform(effects: readonly Effect[], isDone?: (effect: Effect) => boolean): void {
    for (const effect of effects) {
      if (this.#stopped) return;
      if (!isDone?.(effect)) this.#performOne(effect);
    }
  }

  #performOne(effect: Effect): void {
    switch (effect.kind) {
      case "send":
        return this.outside.send(effect.toUid, effect.message);
      case "respond":
        return this.outside.respond(effect.to, effect.response);
      case "set_timer":
        return this.#setTimer(effect.name, effect.delayMs);
      case "cancel_timer":
        this.#forgetTimer(effect.name);
        return this.outside.cancelTimer(effect.name);
      default:
        return this.outside.announce(effect);
    }
  }

  #setTimer(name: string, delayMs: number): void {
    this.#forgetTimer(name);
    const ticket = ++this.#timerCount;
    this.#timers.set(name, ticket);
    this.outside.setTimer(name, delayMs, () => {
      if (this.#timers.get(name) !== ticket) return;
      this.#timers.delete(name);
      this.push({ kind: "timer", name });
    });
  }

  /** A timer that went off while a save was under way is void if what was saved has set it anew or cancelled it. */
  #forgetTimer(name: string): void {
    this.#timers.delete(name);
    if (this.#inbox.length > 0) {
      this.#inbox = this.#inbox.filter((input) => input.kind !== "timer" || input.name !== name);
    }
  }
}

/** Whether it says what the node must not forget. */
function speaks(effect: Effect): boolean {
  return (effect.kind === "send" || effect.kind === "respond") && effect.beforeSave !== true;
}

function isSafeBefore(effect: Effect): boolean {
  return (effect.kind === "send" || effect.kind === "respond") && effect.beforeSave === true;
}
