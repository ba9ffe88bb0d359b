// What is due, in order of time: a binary heap.
interface Entry<T> {
  readonly atMs: number;
  readonly order: number;
  readonly item: T;
}

/** Items by the time at which they are due; items of one moment come out in the order in which they went in. */
export class Agenda<T> {
  #heap: Entry<T>[] = [];
  #count = 0;

  /** When the next item is due; `null` if there is none. */
  get nextMs(): number | null {
    return this.#heap[0]?.atMs ?? null;
  }

  /** Puts an item in. */
  add(atMs: number, item: T): void {
    const heap = this.#heap;
    const entry = { atMs, order: this.#count++, item };
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(entry, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  /** Strikes out all items but these. */
  keep(isKept: (item: T) => boolean): void {
    // A sorted list is a heap.
    this.#heap = this.#heap.filter(({ item }) => isKept(item)).sort((a, b) => before(a, b) ? -1 : 1);
  }

  /** Takes the next item out; `undefined` if there is none. */
  take(): T | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first?.item;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return first.item;
  }
}

function before<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
