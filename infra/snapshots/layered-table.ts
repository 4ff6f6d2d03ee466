/** Several tables as one: the newest that knows a key says what it is, and an empty value says that it is gone. */
import type { SnapshotTable } from './snapshot-store.ts';
import { type Entry, mergeSorted, type SortedTable } from './sorted-table.ts';

export class LayeredTable implements SnapshotTable {
  readonly #newestFirst: readonly SortedTable[];

  readonly #closed: () => void;

  /** @param closed called once the tables are closed */
  constructor(newestFirst: readonly SortedTable[], closed: () => void = () => {}) {
    this.#newestFirst = newestFirst;
    this.#closed = closed;
  }

  get entries(): number {
    return this.#newestFirst.reduce((sum, table) => sum + table.entries, 0);
  }

  async get(key: string): Promise<Uint8Array | null> {
    for (const table of this.#newestFirst) {
      const value = await table.get(key);
      if (value !== null) return value.length === 0 ? null : value;
    }
    return null;
  }

  async getMany(keys: readonly string[]): Promise<(Uint8Array | null)[]> {
    const found: (Uint8Array | null)[] = new Array(keys.length).fill(null);
    let open = keys.map((_, position) => position);
    for (const table of this.#newestFirst) {
      if (open.length === 0) break;
      const values = await table.getMany(open.map((position) => keys[position]!));
      const still: number[] = [];
      for (const [at, value] of values.entries()) {
        const position = open[at]!;
        if (value === null) still.push(position);
        else found[position] = value.length === 0 ? null : value;
      }
      open = still;
    }
    return found;
  }

  scan(): AsyncIterable<Entry> {
    const scans = this.#newestFirst.map((table) => table.scan());
    return mergeSorted(scans, (_, value) => value.length > 0);
  }

  async close(): Promise<void> {
    for (const table of this.#newestFirst) await table.close();
    this.#closed();
  }
}
