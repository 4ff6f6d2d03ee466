import type { Timer } from '../../schemas/ports/clock.ts';

interface Entry {
  readonly dueMs: number;
  readonly sequence: number;
  action: (() => void) | null;
}

const before = (a: Entry, b: Entry): boolean =>
  a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.sequence < b.sequence);

/** A binary heap of timers by (due time, order of the calls). Cancelled ones stay until they come to the top. */
export class TimerQueue {
  readonly #heap: Entry[] = [];
  #sequence = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get nextDueMs(): number | null {
    this.#dropCancelled();
    return this.#heap[0]?.dueMs ?? null;
  }

  add(dueMs: number, action: () => void): Timer {
    const entry: Entry = { dueMs, sequence: this.#sequence++, action };
    this.#heap.push(entry);
    this.#size += 1;
    this.#siftUp(this.#heap.length - 1);
    return {
      cancel: () => {
        if (entry.action === null) return;
        entry.action = null;
        this.#size -= 1;
      },
    };
  }

  take(): { dueMs: number; action: () => void } | null {
    this.#dropCancelled();
    const top = this.#heap[0];
    if (top === undefined || top.action === null) return null;
    const taken = { dueMs: top.dueMs, action: top.action };
    top.action = null;
    this.#size -= 1;
    this.#removeTop();
    return taken;
  }

  #dropCancelled(): void {
    while (this.#heap[0] !== undefined && this.#heap[0].action === null) this.#removeTop();
  }

  #removeTop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#siftDown();
  }

  #siftUp(from: number): void {
    const heap = this.#heap;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(heap[at]!, heap[parent]!)) return;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  #siftDown(): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let least = at;
      if (left < heap.length && before(heap[left]!, heap[least]!)) least = left;
      if (right < heap.length && before(heap[right]!, heap[least]!)) least = right;
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
}
