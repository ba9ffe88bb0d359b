/** Timers with names: to set one again is to replace it. */
export class Timers {
  #running = new Map<string, ReturnType<typeof setTimeout>>();

  /** Calls `fire` after the delay, unless the timer of that name is set again or cancelled before. */
  set(name: string, delayMs: number, fire: () => void): void {
    this.cancel(name);
    const id = setTimeout(() => {
      this.#running.delete(name);
      fire();
    }, delayMs);
    this.#running.set(name, id);
  }

  /** Forgets the timer, if there is one. */
  cancel(name: string): void {
    const id = this.#running.get(name);
    if (id === undefined) return;
    clearTimeout(id);
    this.#running.delete(name);
  }

  /** Forgets all of them. */
  clear(): void {
    for (const id of this.#running.values()) clearTimeout(id);
    this.#running.clear();
  }
}
